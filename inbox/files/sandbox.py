"""Run a process of ours in a sandbox: no network, no user files, no other processes, no keys.

bubblewrap (https://github.com/containers/bubblewrap) builds the sandbox: separate namespaces, and a read-only
file system that contains only the interpreter and the libraries that it needs. The process gets its task as
arguments, and has three descriptors: its input, its answer, and /dev/null.
"""

import importlib.util
import os
import platform
import select
import shutil
import subprocess
import sys
import sysconfig
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from inbox.language import library_errors
from inbox.language.errors import Refused
from inbox.language.messages import sentence

# The paths are absolute, because the officer's PATH could lead to another program.
_PLACES = "/usr/bin:/bin"
_INSIDE = Path("/fanal")
_LIBRARIES = ("PIL", "pypdfium2", "pypdfium2_cfg", "pypdfium2_raw", "puremagic")
_ROOT = Path(__file__).parent.parent.parent
_OURS = (
    *("inbox/__init__.py", "inbox/system/__init__.py", "inbox/system/memory.py", "inbox/sandboxed"),
    *("crypto/__init__.py", "crypto/printable.py", "crypto/unseen.py"),
)
_PIECE = 1 << 16
_GRACE = 5.0  # The seconds from the last byte of the answer to the end of the process.
_PROBING = 60.0
_MACHINE = "x86_64"
_ARCHITECTURE = f"{_MACHINE}-linux-gnu"
# On Debian, programs look for the loader and the libraries in these paths.
_LINKS = ("--symlink", "usr/lib", "/lib", "--symlink", f"usr/lib/{_ARCHITECTURE}", "/lib64")
_WALLS = (
    "--unshare-user",
    "--unshare-pid",
    "--unshare-net",
    "--unshare-ipc",
    "--unshare-uts",
    "--unshare-cgroup-try",
    "--die-with-parent",
    "--new-session",
    *("--cap-drop", "ALL"),
    *("--uid", "65534", "--gid", "65534"),
    *("--hostname", "sandbox"),
)


class NoSandbox(Refused):
    """The sandbox does not work on this machine, so no process looks at a file."""

    def __init__(self, why: str) -> None:
        super().__init__(
            sentence("no file can be previewed, because the sandbox does not work: {why}", why=why),
            sentence(
                "see “The inbox's machine” in /usr/share/doc/fanal-inbox/docs/deploying.md: the machine must"
                " run amd64, have bubblewrap, and let this user create namespaces"
            ),
        )


class Ended(Exception):
    """The sandboxed process ended, or was ended, before its answer was complete."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """How long a process may take, in seconds of real time, and how many bytes its answer may have."""

    seconds: float
    answer: int


def missing() -> NoSandbox | None:
    """Return why the sandbox does not work on this machine, or None if it works.

    The check takes 0.2 seconds.
    """
    try:
        why = _trouble()
    except NoSandbox as refused:
        return refused
    return NoSandbox(why) if why else None


def said() -> list[str]:
    """Return warnings for officers before they open any file, or no warnings if the sandbox works."""
    refused = missing()
    return [f"{refused}.", f"To preview files: {refused.hint}."] if refused else []


def run(script: Path, given: int, arguments: Sequence[str], bounds: Bounds) -> bytes:
    """Return the output of ``script``, run in the sandbox with the descriptor ``given`` as standard input.

    Raises Ended if the script fails or exceeds ``bounds``. Raises NoSandbox if this machine has no working
    sandbox.
    """
    command = _command(script, arguments)
    with _started(command, given) as process:
        try:
            answer = _read(process.stdout, bounds)
            if answer is not None:
                process.wait(_GRACE)
        except subprocess.TimeoutExpired:
            answer = None
        finally:
            process.kill()
    if answer is None or process.returncode:
        raise missing() or Ended
    return answer


def _started(command: Sequence[str], given: int) -> "subprocess.Popen[bytes]":
    return subprocess.Popen(  # noqa: S603 - no part of the command comes from outside
        command, stdin=given, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env={}, cwd="/"
    )


def _read(answers: IO[bytes] | None, bounds: Bounds) -> bytes | None:
    """Return the complete output of a process, or None if the output is too large or takes too long."""
    if answers is None:
        return None
    descriptor = answers.fileno()
    end = time.monotonic() + bounds.seconds
    answer = bytearray()
    while len(answer) <= bounds.answer:
        if not select.select([descriptor], [], [], max(0, end - time.monotonic()))[0]:
            return None
        piece = os.read(descriptor, _PIECE)
        if not piece:
            return bytes(answer)
        answer += piece
    return None


def _trouble() -> str:
    """Return why the sandbox does not work here, or "" if it works.

    The sandbox is tested without hostile data.
    """
    probe = _command(_ROOT / "inbox" / "sandboxed" / "worker.py", ["1", "head"])
    try:
        done = subprocess.run(  # noqa: S603 - no part of the command comes from outside
            probe,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            env={},
            cwd="/",
            check=False,
            timeout=_PROBING,
        )
    except subprocess.TimeoutExpired:
        return sentence("the test program did not end in time")
    except OSError as error:
        return library_errors.of_system(error)
    said = done.stderr.decode(errors="replace").strip().splitlines()
    return (
        (said or [sentence("the test program ended with exit status {code}", code=done.returncode)])[-1]
        if done.returncode
        else ""
    )


def _command(script: Path, arguments: Sequence[str]) -> list[str]:
    if platform.machine() != _MACHINE:
        raise NoSandbox(
            sentence("the sandbox works only on amd64, and this machine is {other}", other=platform.machine())
        )
    walls = shutil.which("bwrap", path=_PLACES)
    if walls is None:
        raise NoSandbox(sentence("bubblewrap (bwrap) is not installed"))
    inside = str(_INSIDE / "worker.py")
    seen = [word for source, place in _seen(script) for word in ("--ro-bind", source, place)]
    return [
        *(walls, *_WALLS, *seen, *_LINKS),
        *("--remount-ro", "/", "--chdir", str(_INSIDE)),
        *(_interpreter(), "-E", "-s", "-S", "-B", inside, *arguments),
    ]


def _seen(script: Path) -> Iterator[tuple[str, str]]:
    """Yield the paths that the sandbox can see, with their paths inside it. No path contains user data."""
    yield from ((path, path) for path in (_interpreter(), sysconfig.get_path("stdlib"), *_shared_libraries()))
    yield from ((str(_ROOT / name), str(_INSIDE / name)) for name in _OURS)
    for name in _LIBRARIES:
        found = importlib.util.find_spec(name)
        if found is None or not found.submodule_search_locations:
            raise NoSandbox(f"the library {name} is not installed")
        folder = Path(found.submodule_search_locations[0])
        yield str(folder), str(_INSIDE / name)
        beside = folder.with_name("pillow.libs")
        if name == "PIL" and beside.is_dir():
            yield str(beside), str(_INSIDE / beside.name)
    yield str(script), str(_INSIDE / "worker.py")


def _interpreter() -> str:
    return str(Path(sys.executable).resolve())


def _shared_libraries() -> list[str]:
    """Return the folders of the system's and the interpreter's libraries, without duplicates."""
    system, own = (f"/usr/lib/{_ARCHITECTURE}", sysconfig.get_config_var("LIBDIR"))
    return [system] if own == system else [system, own]
