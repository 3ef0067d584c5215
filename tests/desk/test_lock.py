"""A desk that is locked: no key in its memory, yet somebody who answers."""

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
# The same program, in which nobody waits longer than half a second for what is asked; few files may be open.
BUSY = [
    "prlimit",
    "--nofile=80",
    sys.executable,
    "-c",
    "from inbox.cli import main; from inbox.desk import serving; serving._SECONDS = 0.5; main.main()",
]


pytestmark = pytest.mark.copy_of("founded_three")


def asked(address: str) -> tuple[int, str, dict[str, str]]:
    """Return status, page and headers of an address, as a browser sees it that was never here."""
    return seen(urllib.request.build_opener(urllib.request.HTTPCookieProcessor()), address)


def seen(browser: urllib.request.OpenerDirector, address: str) -> tuple[int, str, dict[str, str]]:
    """Return what ``asked`` does, as this browser sees it."""
    try:
        with browser.open(address, timeout=30) as answer:
            return answer.status, answer.read().decode(), dict(answer.headers)
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode(), dict(error.headers)


def said_until_locked(served: Served) -> str:
    """Wait until the process says that it is locked; return that line."""
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
def test_no_key_is_left_in_a_desk_at_which_too_few_were_signed_in(office: Office) -> None:
    """The control is the same process before: another program stands in its place, at the same port."""
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
        # What limited the wait ended with it: the process stays.
        with pytest.raises(subprocess.TimeoutExpired):
            served.process.wait(1.5)
        os.kill(served.process.pid, signal.SIGINT)
        assert served.process.wait(60) == 0


def test_a_second_command_is_told_who_holds_the_inbox_and_since_when(office: Office) -> None:
    with serving(office):
        held = office.run("case", "list")
    assert 1 == held.code
    assert f"the inbox has been open since {today()}" in held.err
    assert "UTC: desk, alice, bruno" in held.err
    assert 0 == office.run("case", "list").code


def test_the_desk_listens_on_loopback_alone_and_names_no_server(office: Office) -> None:
    """And what is no request is answered without repeating any of it."""
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


def test_who_keeps_a_connection_open_keeps_nobody_waiting(office: Office) -> None:
    """Browsers open some before they ask."""
    with serving(office) as served:
        port = int(served.root.split(":")[2].partition("/")[0])
        with socket.create_connection(("127.0.0.1", port)), socket.create_connection(("127.0.0.1", port)):
            assert asked(served.address)[0] == 200


def test_no_program_on_this_machine_ends_the_desk_or_stops_it(office: Office) -> None:
    """Who hangs up before the answer, holds as many connections as there may be, or asks letter by letter."""
    with serving(office, command=BUSY) as served:
        here = "127.0.0.1", int(served.root.split(":")[2].partition("/")[0])
        with socket.create_connection(here) as gone:
            assert asked(served.root)[0] == 403  # so the one before it has been accepted
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
        assert served.printed.read() == ""  # nor is anything of it written down


def spell(here: tuple[str, int], answered: threading.Event) -> None:
    """Ask for something that has no end, letter by letter, for as long as somebody listens."""
    with suppress(OSError), socket.create_connection(here) as slow:
        slow.sendall(b"GET /")
        while not answered.wait(0.1):
            slow.sendall(b"y")


def test_a_port_in_use_is_named_before_anybody_types_a_passphrase(office: Office) -> None:
    with serving(office) as served:
        port = served.root.split(":")[2].partition("/")[0]
        said = office.run("desk", "--port", port)
    assert (1, True) == (said.code, f"cannot listen on 127.0.0.1:{port}" in said.err)
