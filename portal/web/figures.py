"""Published editions of the annual figures: files that the inbox made and signed, served as they are.

All files or none: a folder is refused if a file of an edition is missing or was changed, if another key
signed it, or if there is any other file, such as one with exact figures. The portal does not check the
figures themselves: for that, `inbox statistics check` needs the program of the inbox.

The configuration names the key by its fingerprint (``figures_key``). No other key that the portal knows would
do: the root key does not sign editions, because the inbox of an outside body does not have it; the keyring
does not list the card key, which signs them; and whoever can change a file in the folder can also change the
key in it. The officers have the fingerprint on paper, so it reaches the administrator by another route.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from crypto import minisign, signing
from crypto.minisign import SUFFIX, BadSignature, Unsigned
from portal import files
from portal.errors import BadConfiguration, why
from templates.catalogues import LANGUAGES

FOLDER = "/figures/"
_EDITION = "edition-"
_KEY = "figures.pub"
_NAME = re.compile(r"([a-z]+)-(\d{4})\.(.+)", re.ASCII)
_READABLE = ("json", *(f"{language}.{kind}" for language in LANGUAGES for kind in ("html", "pdf", "csv")))
_ENDS = {"plan": ("toml",), "figures": ("json",), "certificate": ("json",), "edition": _READABLE}
# How many years a plan of publication covers.
_COVERED = 3
_TYPES = {
    ".csv": "text/csv",
    ".html": "text/html",
    ".json": "application/json",
    ".minisig": "text/plain",
    ".pdf": "application/pdf",
    ".pub": "text/plain",
    ".toml": "text/plain",
}
# The largest file, in bytes. A PDF of twenty years has about 100,000.
_MOST = 8 << 20
_HINT = "copy all files from the folder `public` of each edition, and no others"
_STOLEN = "do not publish these files; get the folder `public` from the officers again"


@dataclass(frozen=True, slots=True)
class Figures:
    """The files by name, and the editions: for each year, the latest first, the names of its files.

    ``others`` are the names of the files with which anybody can check the editions.
    """

    files: Mapping[str, bytes]
    editions: Mapping[str, list[str]]
    others: list[str]

    @property
    def served(self) -> Mapping[str, tuple[str, bytes]]:
        """The media type and the content of each file, by its path on the site."""
        return {
            f"{FOLDER}{name}": (_TYPES[Path(name).suffix], content) for name, content in self.files.items()
        }


def load(folder: Path | None, fingerprint: str) -> Figures:
    """Return the published editions in a folder. No folder, or an empty one, means no editions.

    ``fingerprint`` is that of the only key whose signatures count. Raises BadConfiguration, which names the
    file, if the folder cannot be read, if a file is missing or is not part of an edition, or if the key did
    not sign it.
    """
    try:
        paths = sorted(folder.iterdir()) if folder else []
        found = {path.name: files.read(path, _MOST) for path in paths}
    except OSError as error:
        raise BadConfiguration(f"the figures in {folder} were not read: {why(error)}", _HINT) from error
    if found:
        _check_names(found, f"{folder}")
        _check_signatures(found, f"{folder}", fingerprint)
    names = [name for name in found if not name.endswith(SUFFIX)]
    editions: dict[str, list[str]] = {}
    for name in sorted(names, reverse=True):
        if name.startswith(_EDITION):
            editions.setdefault(name.removeprefix(_EDITION).partition(".")[0], []).append(name)
    return Figures(found, editions, [name for name in names if not name.startswith(_EDITION)])


def refusal(folder: Path | None, fingerprint: str) -> BadConfiguration | None:
    """Return why the figures in a folder cannot be published, or None."""
    try:
        load(folder, fingerprint)
    except BadConfiguration as error:
        return error
    return None


def _check_names(found: Mapping[str, bytes], folder: str) -> None:
    """Raise BadConfiguration unless the folder has all files of its editions, and no others."""
    wanted = {_KEY, *_parts(found)}
    signatures = {name + SUFFIX for name in wanted - {_KEY}}
    for name in sorted(found.keys() - wanted - signatures):
        raise BadConfiguration(f"{folder} has a file that is not part of an edition: {name}", _HINT)
    for name in sorted(wanted - found.keys()):
        raise BadConfiguration(f"{folder} lacks a file of an edition: {name}", _HINT)
    for name in sorted(signatures - found.keys()):
        raise BadConfiguration(f"{folder} has a file without a signature: {name.removesuffix(SUFFIX)}", _HINT)


def _parts(found: Mapping[str, bytes]) -> Iterator[str]:
    """Yield the names of all files that belong to the editions in a folder, without signatures.

    With an edition belong the plans and figures of all years from the first one on: its certificate covers
    them together.
    """
    years: dict[str, set[int]] = {part: set() for part in _ENDS}
    for match in filter(None, map(_NAME.fullmatch, found)):
        if match[3] in _ENDS.get(match[1], ()):
            years[match[1]].add(int(match[2]))
    editions = years["edition"] | years["certificate"]
    for year in editions:
        yield f"certificate-{year}.json"
        yield from (f"{_EDITION}{year}.{each}" for each in _READABLE)
    if begun := editions | years["plan"] | years["figures"]:
        first = min(begun)
        # The plans cover three years each, so any of them tells in which year the first one begins.
        first -= (first - min(years["plan"], default=first)) % _COVERED
        covered = range(first, max(editions, default=max(begun)) + 1)
        yield from (f"figures-{year}.json" for year in covered)
        yield from (f"plan-{year}.toml" for year in covered[::_COVERED])


def _check_signatures(found: Mapping[str, bytes], folder: str, fingerprint: str) -> None:
    """Raise BadConfiguration unless the key with this fingerprint signed every file."""
    if not fingerprint:
        raise BadConfiguration(
            "setting 'figures_key' is empty, so the portal cannot tell who signed the figures",
            "enter the card fingerprint from the record of the ceremony, which the officers keep on paper",
        )
    try:
        key = signing.fingerprint(minisign.public_key(found[_KEY]))
    except BadSignature as error:
        raise BadConfiguration(f"{folder} has no public key in {_KEY}", _STOLEN) from error
    if not signing.is_same_fingerprint(key, fingerprint):
        raise BadConfiguration(
            f"the figures in {folder} are signed by another key than `figures_key`: {key}",
            "compare this fingerprint with the officers' paper; if it differs, do not publish these files",
        )
    try:
        minisign.verify_files(found, _KEY)
    except Unsigned as error:
        said = f"{folder} has a file without a valid signature: {error.name}"
        raise BadConfiguration(said, _STOLEN) from error
