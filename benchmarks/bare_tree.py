"""A folder with a bare Debian, and functions that run programs in it."""

import shutil
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path


def make(tree: Path, *packages: str, suite: str = "trixie") -> None:
    """Make a tree of Debian 13 (or of another suite) with ``packages`` and the packages that Debian needs."""
    more = [f"--include={','.join(packages)}"] if packages else []
    run("debootstrap", "--variant=minbase", *more, suite, str(tree))


def copy(tree: Path, target: Path) -> None:
    """Copy a tree. shutil would read device files like ordinary files."""
    target.parent.mkdir(exist_ok=True)
    run("cp", "--archive", str(tree), str(target))


@contextmanager
def entered(tree: Path) -> Iterator[None]:
    """While the block runs, the tree has the folder /proc and the DNS configuration of this machine."""
    run("mount", "-t", "proc", "proc", str(tree / "proc"))
    try:
        shutil.copy("/etc/resolv.conf", tree / "etc/resolv.conf")
        yield
    finally:
        run("umount", str(tree / "proc"))


def apt(tree: Path, *words: str) -> None:
    """Run apt-get without asking questions and without recommended packages."""
    inside(
        tree,
        "apt-get",
        "--yes",
        "--quiet=2",
        "--no-install-recommends",
        *words,
        env={"DEBIAN_FRONTEND": "noninteractive"},
    )


def inside(tree: Path, *command: str, env: Mapping[str, str] | None = None) -> str:
    """Run a program in a tree, and return what it printed. Raises RuntimeError if the program fails."""
    places = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL": "C.UTF-8"}
    # The program gets none of the builder's variables. With PYTHONDONTWRITEBYTECODE, the test could not
    # notice that a purge leaves bytecode behind.
    return run("chroot", str(tree), *command, env={**places, **(env or {})})


def run(*command: str, env: Mapping[str, str] | None = None) -> str:
    """Run a program, and return what it printed. Raises RuntimeError if the program fails."""
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=env)
    if done.returncode:
        raise RuntimeError(f"{' '.join(command)}\n{done.stdout}{done.stderr}")
    return done.stdout
