"""Published editions of the annual figures: files that the inbox made and signed, served as they are.

The folder with the exact figures has files with other names and without signatures. The portal refuses a
folder with such files, so nobody publishes the exact figures by mistake.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from portal import files
from portal.errors import BadConfiguration, why

FOLDER = "/figures/"
_EDITION = "edition-"
_SIGNATURE, _KEY = ".minisig", "figures.pub"
_NAME = re.compile(
    rf"{_EDITION}\d{{4}}\.(json|[a-z]{{2}}\.(html|pdf|csv))"
    r"|plan-\d{4}\.toml|(figures|certificate)-\d{4}\.json|figures\.pub",
    re.ASCII,
)
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


def load(folder: Path | None) -> Figures:
    """Return the published editions in a folder. No folder means no editions.

    Raises BadConfiguration if the folder cannot be read, or has a file that is not part of an edition or that
    is not signed.
    """
    try:
        paths = sorted(folder.iterdir()) if folder else []
        found = {path.name: files.read(path, _MOST) for path in paths}
    except OSError as error:
        raise BadConfiguration(f"the figures in {folder} were not read: {why(error)}", _HINT) from error
    names = [name for name in found if not name.endswith(_SIGNATURE)]
    signed = {name.removesuffix(_SIGNATURE) for name in found if name.endswith(_SIGNATURE)}
    for name in sorted({*names, *signed}):
        if name not in found or not _NAME.fullmatch(name):
            raise BadConfiguration(f"{folder} has a file that is not part of an edition: {name}", _HINT)
        if name != _KEY and name not in signed:
            raise BadConfiguration(f"{folder} has a file without a signature: {name}", _HINT)
    editions: dict[str, list[str]] = {}
    for name in sorted(names, reverse=True):
        if name.startswith(_EDITION):
            editions.setdefault(name.removeprefix(_EDITION).partition(".")[0], []).append(name)
    return Figures(found, editions, [name for name in names if not name.startswith(_EDITION)])
