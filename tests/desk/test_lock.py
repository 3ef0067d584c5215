"""A locked desk has no key in memory, but still answers requests."""

import os
import re
import signal
import socket
import struct
import subprocess
import sys
import threading
import urllib.error
import urllib.parse
import urllib.request
from contextlib import suppress
from pathlib import Path

import pytest

from crypto import passphrase
from inbox.desk import headers
from inbox.keys import officers, vault_header
from tests.support.desk_room import HASTILY, Served, serving
from tests.support.inbox_builders import Office, passphrase_of, today
from tests.support.traces import found_in_memory

NAMES = ("alice", "bruno", "chloe")
# The desk with small limits: half a second for a request, and 80 open files.
BUSY = [
    "prlimit",
    "--nofile=80",
    sys.executable,
    "-c",
    "from inbox.cli import main; from inbox.desk import serving; serving._SECONDS = 0.5; main.main()",
]


pytestmark = pytest.mark.copy_of("founded_three")


def asked(address: str) -> tuple[int, str, dict[str, str]]:
    """Return the status, page and headers that a new browser gets from an address."""
    return seen(urllib.request.build_opener(urllib.request.HTTPCookieProcessor()), address)


def seen(browser: urllib.request.OpenerDirector, address: str) -> tuple[int, str, dict[str, str]]:
    """Return the status, page and headers that this browser gets from an address."""
    try:
        with browser.open(address, timeout=30) as answer:
            return answer.status, answer.read().decode(), dict(answer.headers)
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode(), dict(error.headers)


def said_until_locked(served: Served) -> str:
    """Wait until the process prints that it is locked; return that line."""
    return next(line for line in served.printed if "no key is left in memory" in line)


def secrets_of(office: Office) -> list[bytes]:
    found = vault_header.parse((office.root / "vault.json").read_bytes())
    master = officers.open_master(found, office.bring()).master
    return [
        passphrase.vault_key(master),
        passphrase.backup_key(master),
        master,
        *(passphrase_of(name).encode() for name in NAMES[:2]),
    ]


@pytest.mark.slow
@pytest.mark.skipif(os.geteuid() != 0, reason="only root reads the memory of a process that forbids it")
def test_a_desk_that_locks_because_too_few_officers_are_signed_in_leaves_no_key_in_memory(
    office: Office,
) -> None:
    """The control is the same process before it locks.

    Afterwards another program answers on the same port.
    """
    keys = secrets_of(office)
    browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor())
    with serving(office, "--short-minutes", "8", command=HASTILY) as served:
        process = served.process.pid
        assert seen(browser, served.address)[0] == 200
        assert (process, keys[0]) in found_in_memory([process], keys)
        assert said_until_locked(served).startswith(
            "fewer than 2 officers were signed in for 8 minutes: locked"
        )
        status, page, given = asked(served.address)
        assert (status, True) == (503, "The desk is locked" in page)
        assert headers.ALWAYS.items() <= given.items()
        (sheet,) = re.findall('rel="stylesheet" href="([^"]+)"', page)
        styled = asked(urllib.parse.urljoin(served.address, sheet))
        assert (200, True) == (styled[0], "text/css" in styled[2]["Content-Type"])
        assert [] == found_in_memory([process], keys)
        assert b"inbox.desk.locked" in Path(f"/proc/{process}/cmdline").read_bytes()
        assert office.run("case", "list").code == 0
        # The locked process keeps running, because the time limit of the desk no longer applies.
        with pytest.raises(subprocess.TimeoutExpired):
            served.process.wait(1.5)
        os.kill(served.process.pid, signal.SIGINT)
        assert served.process.wait(60) == 0


def test_the_file_with_the_address_is_readable_only_by_its_owner_and_deleted_at_the_end(
    office: Office, tmp_path: Path
) -> None:
    """Another file at this place is replaced."""
    file = tmp_path / "address"
    file.write_text("earlier")
    file.chmod(0o644)
    with serving(office, "--address-file", file) as served:
        assert file.read_text() == f"{served.address}\n"
        assert file.stat().st_mode & 0o777 == 0o600
        os.kill(served.process.pid, signal.SIGINT)
        served.process.wait(60)
        assert not file.exists()


def test_a_second_command_says_who_has_opened_the_inbox_and_since_when(office: Office) -> None:
    with serving(office):
        held = office.run("case", "list")
    assert 1 == held.code
    assert f"the inbox has been open since {today()}" in held.err
    assert "UTC: desk, alice, bruno" in held.err
    assert 0 == office.run("case", "list").code


def test_the_desk_listens_only_on_loopback_and_does_not_name_its_server(office: Office) -> None:
    """The answer to an invalid request does not repeat text of the request."""
    with serving(office) as served:
        port = int(served.root.split(":")[2].partition("/")[0])
        table = Path("/proc/net/tcp").read_text().splitlines()[1:]
        listening = [row.split()[1] for row in table if row.split()[3] == "0A"]
        assert [each for each in listening if each.endswith(f":{port:04X}")] == [f"0100007F:{port:04X}"]
        assert "Server" not in asked(served.root)[2]
        sent = subprocess.run(
            [
                "curl",
                "-s",
                "-i",
                "-X",
                "GET",
                "--http0.9",
                "--path-as-is",
                f"127.0.0.1:{port}/" + "y" * 70_000,
            ],
            capture_output=True,
            text=True,
            check=False,
        ).stdout
        assert sent.startswith("HTTP/1.")
        assert "431" in sent.splitlines()[0]
        assert "yyyy" not in sent


def test_idle_connections_do_not_block_other_requests(office: Office) -> None:
    """Browsers open some connections in advance."""
    with serving(office) as served:
        port = int(served.root.split(":")[2].partition("/")[0])
        with socket.create_connection(("127.0.0.1", port)), socket.create_connection(("127.0.0.1", port)):
            assert asked(served.address)[0] == 200


def test_no_other_program_on_the_machine_can_stop_or_block_the_desk(office: Office) -> None:
    """The programs close a connection early, use up all connections, or send a request letter by letter."""
    with serving(office, command=BUSY) as served:
        here = "127.0.0.1", int(served.root.split(":")[2].partition("/")[0])
        with socket.create_connection(here) as gone:
            assert (
                asked(served.root)[0] == 403
            )  # this answer shows that the desk has accepted the earlier connection
            gone.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        assert asked(served.root)[0] == 403
        held = [socket.create_connection(here) for _ in range(100)]
        answered = threading.Event()
        speaking = threading.Thread(target=spell, args=(here, answered))
        speaking.start()
        assert asked(served.address)[0] == 200
        answered.set()
        speaking.join()
        for each in held:
            each.close()
        served.process.kill()
        assert served.printed.read() == ""  # the desk prints nothing about these programs


def spell(here: tuple[str, int], answered: threading.Event) -> None:
    """Send an endless request letter by letter until the event is set."""
    with suppress(OSError), socket.create_connection(here) as slow:
        slow.sendall(b"GET /")
        while not answered.wait(0.1):
            slow.sendall(b"y")


def test_the_desk_reports_a_port_in_use_before_it_asks_for_passphrases(office: Office) -> None:
    with serving(office) as served:
        port = served.root.split(":")[2].partition("/")[0]
        said = office.run("desk", "--port", port)
    assert (1, True) == (said.code, f"the desk cannot listen on 127.0.0.1:{port}" in said.err)
