"""The manifest of a release: the digest of each file, as `sha256sum --check` reads it."""

import hashlib
import re
from collections.abc import Collection
from pathlib import Path

from deploy.release.errors import DANGER, Refused
from deploy.release.minisign_files import read

MANIFEST = "SHA256SUMS"
_LINE = re.compile(r"([0-9a-f]{64})  ([A-Za-z0-9][A-Za-z0-9.+~_-]*)")
_PACKAGE = re.compile(r"fanal-(portal|inbox)_(.+)_amd64\.deb")


def write(folder: Path) -> None:
    """Write the manifest of all files in ``folder``."""
    files = sorted(file for file in folder.iterdir() if not file.name.startswith(MANIFEST))
    (folder / MANIFEST).write_text("".join(f"{_digest(file)}  {file.name}\n" for file in files), "ascii")


def check(folder: Path, signatures: Collection[str]) -> str:
    """Compare the files in ``folder`` with its manifest, and return the version of the release.

    ``signatures`` are names that the manifest may omit. Raises Refused, and names the first file that is
    missing, wrong, additional or not a regular file.
    """
    listed = _listed(folder / MANIFEST)
    present = {file.name for file in folder.iterdir()} - {MANIFEST, *signatures}
    if odd := sorted(present ^ listed.keys()):
        raise Refused(f"{odd[0]} is {'not in the manifest' if odd[0] in present else 'missing'}", DANGER)
    for name, digest in listed.items():
        if _digest(folder / name) != digest:
            raise Refused(f"{name} differs from the manifest", DANGER)
    return _version(listed)


def _digest(file: Path) -> str:
    return hashlib.sha256(read(file)).hexdigest()


def _listed(manifest: Path) -> dict[str, str]:
    """Return the digest of each name. Raises Refused if the manifest differs from the format of ``write``."""
    *lines, end = read(manifest).decode("ascii", "replace").split("\n")
    entries = [_LINE.fullmatch(line) for line in lines]
    listed = {entry[2]: entry[1] for entry in entries if entry}
    if end or len(listed) != len(entries) or any(name.startswith(MANIFEST) for name in listed):
        raise Refused("the manifest has a malformed or repeated line", DANGER)
    return listed


def _version(names: Collection[str]) -> str:
    """Return the version of both packages. Raises Refused if one is missing, or if their versions differ."""
    found = [match for match in map(_PACKAGE.fullmatch, names) if match]
    versions = {match[2] for match in found}
    if sorted(match[1] for match in found) != ["inbox", "portal"] or len(versions) != 1:
        raise Refused("the manifest does not name one portal and one inbox of the same version", DANGER)
    return versions.pop()
