"""A process that tries to escape from ``inbox.files.sandbox``.

As a control, the process also runs without the sandbox. The command is ``intruder.py RINGS ATTEMPT WORDS…``.
If RINGS is ``walls``, the process makes the attempt immediately. If RINGS is ``limits`` or ``calls``, the
process first sets one half of the worker's own restrictions. If RINGS is ``all``, the process first sets both
halves. The process prints what it reached.
"""

import mmap
import os
import socket
import sys
import time
from collections.abc import Callable
from pathlib import Path

from inbox.sandboxed import seccomp
from inbox.sandboxed.seccomp import Limits

LIMITS = Limits(memory=256 << 20, seconds=1)
RINGS: dict[str, Callable[[], None]] = {
    "walls": lambda: None,
    "limits": lambda: seccomp.limit(LIMITS),
    "calls": seccomp.filter_calls,
    "all": lambda: seccomp.confine(LIMITS),
}


def network(address: str, port: str) -> str:
    """Reach a server on this machine."""
    with socket.socket() as connection:
        connection.connect((address, int(port)))
        return connection.recv(100).decode()


def listener(name: str) -> str:
    """Reach a socket that is not in the file system."""
    with socket.socket(socket.AF_UNIX) as connection:
        connection.connect(f"\0{name}")
        return connection.recv(100).decode()


def read(path: str) -> str:
    """Read another user's file."""
    return Path(path).read_text("utf-8")


def folders(_: str) -> str:
    """List the entries of the root folder."""
    return " ".join(sorted(path.name for path in Path("/").iterdir()))


def process(number: str) -> str:
    """Find another process by sending it a signal that does nothing."""
    os.kill(int(number), 0)
    return "found"


def write(path: str) -> str:
    """Write a text to a file, to show that this is possible."""
    with Path(path).open("w") as file:
        file.write("here I was")
    return "written"


def overwrite(how: str) -> str:
    """Change the given file, through a shared mapping or by writing, or truncate it."""
    match how:
        case "mapped":
            with mmap.mmap(0, 0, mmap.MAP_SHARED, mmap.PROT_READ | mmap.PROT_WRITE) as mapped:
                mapped[:4] = b"here"
        case "written":
            os.pwrite(0, b"here", 0)
        case _:
            os.ftruncate(0, 4)
    return "changed"


def fork(count: str) -> str:
    """Fork many processes."""
    for _ in range(int(count)):
        if not os.fork():
            time.sleep(1)
            os._exit(0)
    return "many"


def execute(path: str) -> str:
    """Execute another program."""
    os.execv(path, [path, "-E", "-s", "-S", "-c", "print('another')"])  # noqa: S606 - this is the attempt


def memory(size: str) -> str:
    """Use memory."""
    return str(len(bytearray(int(size))))


def compute(seconds: str) -> str:
    """Use processor time."""
    end = time.process_time() + float(seconds)
    while time.process_time() < end:
        pass
    return "computed"


def sleep(seconds: str) -> str:
    """Wait without doing anything."""
    time.sleep(float(seconds))
    return "slept"


def flood(size: str) -> str:
    """Answer with too many bytes."""
    return "x" * int(size)


def inherited(_: str) -> str:
    """List the inherited file descriptors and environment variables."""
    return f"{[number for number in range(1024) if _is_open(number)]} {sorted(os.environ)}"


def _is_open(number: int) -> bool:
    try:
        os.fstat(number)
    except OSError:
        return False
    return True


if __name__ == "__main__":
    rings, deed, *words = sys.argv[1:]
    RINGS[rings]()
    try:
        said = f"reached: {globals()[deed](*words)}"
    except (OSError, MemoryError) as error:
        said = f"refused: {type(error).__name__}"
    sys.stdout.write(said)
    sys.stdout.flush()
    os._exit(0)
