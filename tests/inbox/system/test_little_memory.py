"""Opening a share needs much memory.

If there is too little memory, the error does not blame the passphrase.
"""

import subprocess
import sys

import pytest

from crypto import passphrase
from inbox.keys import share_file
from tests.support.inbox_builders import PASSPHRASE, Office, World

# The first argument is the additional memory, in MiB, that the process may use. Opening a share needs
# somewhat more than 256 MiB.
CONFINED = """
import resource, sys
from inbox.cli import main
room = int(open("/proc/self/statm").read().split()[0]) * resource.getpagesize() + (int(sys.argv[1]) << 20)
resource.setrlimit(resource.RLIMIT_AS, (room, room))
sys.exit(main.run(sys.argv[2:]))
"""


@pytest.fixture
def office(world: World) -> Office:
    """An inbox with a share that needs as much memory as a real one."""
    (path,) = world.office.root.glob("*.share")
    found = share_file.parse(path.read_bytes())
    words = share_file.unseal(found, PASSPHRASE)
    path.write_bytes(share_file.seal(words, found.officer, found.sharing, PASSPHRASE, share_file.LIMITS))
    return world.office


def run(office: Office, room: int) -> "subprocess.CompletedProcess[str]":
    words = ["--home", office.root, *office.opening(), "case", "list"]
    command = [sys.executable, "-c", CONFINED, str(room), *words]
    return subprocess.run(command, capture_output=True, text=True, check=False)


@pytest.mark.slow
def test_too_little_memory_is_not_reported_as_a_wrong_passphrase(office: Office) -> None:
    assert (256 << 20) == passphrase.MEMLIMIT
    done = run(office, 200)
    assert (1, "error: not enough free memory: a passphrase needs 256 MiB") == (
        done.returncode,
        done.stderr.splitlines()[0],
    )
    assert "end other programs" in done.stderr


@pytest.mark.soak
def test_opening_a_share_succeeds_with_enough_memory(office: Office) -> None:
    """The control for the test above."""
    assert 0 == run(office, 1_000).returncode
