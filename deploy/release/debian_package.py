"""A Debian package of one side, made by debhelper from ``deploy/debian``."""

import shutil
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import format_datetime
from pathlib import Path

from deploy.release.commands import run
from deploy.release.source import Source

_MAINTAINERS = "Fanal maintainers <maintainers@fanal.invalid>"
_SHARED = ("rules", "copyright")


def build(tree: Path, source: Source, side: str, out: Path, env: Mapping[str, str]) -> Path:
    """Build the package of a side in ``tree`` and return its path in the folder ``out``.

    ``tree`` contains the exported source, the folder ``environment`` (deploy/release/python_environment.py),
    and ``libraries.txt`` (deploy/release/licences.py).
    """
    debian = tree / "debian"
    shutil.copytree(tree / "deploy/debian" / side, debian)
    for name in _SHARED:
        shutil.copy(tree / "deploy/debian" / name, debian)
    (debian / "rules").chmod(0o755)
    (debian / "changelog").write_text(_changelog(source, side), "utf-8")
    _set_times(tree, source.epoch)
    # Cleaning would delete the bytecode, and in a new tree there is nothing else to clean.
    options = ("--build=binary", "--no-pre-clean", "--no-sign", "--no-check-builddeps")
    run("dpkg-buildpackage", *options, cwd=tree, env=env)
    (made,) = tree.parent.glob(f"fanal-{side}_*.deb")
    return Path(shutil.move(made, out / made.name))


def _changelog(source: Source, side: str) -> str:
    """Return an entry for this version; the changes themselves are in CHANGELOG.md."""
    at = format_datetime(datetime.fromtimestamp(source.epoch, UTC))
    return (
        f"fanal-{side} ({source.debian_version}) trixie; urgency=medium\n\n"
        f"  * Commit {source.commit}.\n  * CHANGELOG.md lists the changes.\n\n"
        f" -- {_MAINTAINERS}  {at}\n"
    )


def _set_times(tree: Path, epoch: int) -> None:
    """Give every file the time of the commit, because debhelper changes only files with later times."""
    run("find", tree, "-exec", "touch", "--no-dereference", f"--date=@{epoch}", "{}", "+", cwd=tree)
