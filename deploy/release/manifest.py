"""The manifest of a release or medium: the digest of each file, as `sha256sum --check` reads it."""

import hashlib
import re
from collections.abc import Collection, Iterator
from pathlib import Path

from deploy.release.errors import DANGER, Refused
from deploy.release.minisign_files import read

MANIFEST = "SHA256SUMS"
_NAME = r"[A-Za-z0-9][A-Za-z0-9.+~_-]*"
_LINE = re.compile(rf"([0-9a-f]{{64}})  ({_NAME}(?:/{_NAME})*)")
PACKAGE = re.compile(r"fanal-(portal|inbox|draws)_(.+)_amd64\.deb")


def write(folder: Path) -> None:
    """Write the manifest of all files in ``folder`` and its subfolders."""
    names = sorted(name for name in _present(folder) if not name.startswith(MANIFEST))
    lines = (f"{_digest(folder, name)}  {name}\n" for name in names)
    (folder / MANIFEST).write_text("".join(lines), "ascii")


def check(folder: Path, signatures: Collection[str]) -> str:
    """Compare the files of a release with its manifest, and return its version.

    Raises the same errors as ``compare``, and Refused if the manifest does not name a complete release.
    """
    return _version(compare(folder, signatures))


def compare(folder: Path, signatures: Collection[str]) -> Collection[str]:
    """Compare the files in ``folder`` with its manifest, and return the names in the manifest.

    ``signatures`` are names that the manifest may omit. Raises Refused with the name of the first file that
    is missing, wrong, additional or not a regular file.
    """
    listed = _listed(folder / MANIFEST)
    present = set(_present(folder)) - {MANIFEST, *signatures}
    if missing := sorted(listed.keys() - present):
        raise Refused(f"{missing[0]} is missing", DANGER)
    if more := sorted(present - listed.keys()):
        raise Refused(f"{more[0]} is not in the manifest", DANGER)
    for name, digest in listed.items():
        if _digest(folder, name) != digest:
            raise Refused(f"{name} differs from the manifest", DANGER)
    return listed


def _present(folder: Path) -> Iterator[str]:
    """Yield the path of each file in ``folder`` and its subfolders, and of each empty folder."""
    for path in folder.rglob("*"):
        if path.is_symlink() or not path.is_dir() or not any(path.iterdir()):
            yield str(path.relative_to(folder))


def _digest(folder: Path, name: str) -> str:
    return hashlib.sha256(read(folder / name, name)).hexdigest()


def _listed(manifest: Path) -> dict[str, str]:
    """Return the digest of each name. Raises Refused if the manifest differs from the format of ``write``."""
    *lines, end = read(manifest).decode("ascii", "replace").split("\n")
    entries = [_LINE.fullmatch(line) for line in lines]
    listed = {entry[2]: entry[1] for entry in entries if entry}
    if end or len(listed) != len(entries) or any(name.startswith(MANIFEST) for name in listed):
        raise Refused("the manifest has a malformed or repeated line", DANGER)
    return listed


def _version(names: Collection[str]) -> str:
    """Return the version of all packages. Raises Refused if a package is missing or the versions differ."""
    found = [match for match in map(PACKAGE.fullmatch, names) if match]
    versions = {match[2] for match in found}
    if sorted(match[1] for match in found) != ["draws", "inbox", "portal"] or len(versions) != 1:
        raise Refused(
            "the manifest does not name portal, inbox and draws, each once, of the same version", DANGER
        )
    return versions.pop()
