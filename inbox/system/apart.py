"""Keep files for other recipients off the portal's exchange medium.

The portal's machine is on the network. An attacker who controls the portal's machine can read plain files on
the medium, and even the name of a sealed file reveals that the file was made. So outboxes and files for other
recipients must be on different media.
"""

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from inbox.language.errors import Refused
from inbox.language.messages import sentence
from inbox.system import atomic_files, media
from inbox.system.home import Home
from templates import disks

# The name of a bundle from or for the portal, as both programs write it: CHANNEL-NUMBER.tar.
_BUNDLE = re.compile(r".+-[0-9]+\.tar")
# The desk begins the names of files for other recipients with these words.
LETTER, ANSWER, DOSSIER = "letter", "access", "dossier"
REGISTER, SHEET, VISA, DESTROYED, BACKUP = "register", "sheet", "visa", "destroyed", "backup"
# The files with the exact figures of a year begin with this word.
EXACT = "exact"
_ELSEWHERE = re.compile(
    rf"(?:{LETTER}|{ANSWER}|{REGISTER}|{SHEET})-.+\.(?:pdf|csv)|{DOSSIER}-.+\.age"
    rf"|(?:{VISA}|{DESTROYED})-.+\.(?:txt|json)|{BACKUP}\.json|{EXACT}-[0-9]{{4}}\.(?:json|csv)"
)
# Folders on a medium are searched down to this depth, because files of this kind are near the top.
_DEPTH = 3


@contextmanager
def new(home: Home, path: Path) -> Iterator[BinaryIO]:
    """Yield a new file for another recipient.

    Raises the same errors as ``atomic_files.new`` and ``check``.
    """
    check(home, path.parent)
    with atomic_files.new(path) as file:
        yield file


def check(home: Home, folder: Path) -> None:
    """Raise Refused if ``folder`` is not a folder, or is on a medium with bundles from or for the portal.

    The medium is the complete file system that holds the folder. On this machine's own disks, where copies of
    bundles may be, only the folder itself counts as the medium.
    """
    if not folder.is_dir():
        raise Refused(
            sentence("{out} is not a folder", out=folder),
            sentence("create the folder or mount the medium, then try again"),
        )
    is_medium = media.is_carried(folder, home.root)
    top, depth = (media.top(folder), _DEPTH) if is_medium else (folder, 1)
    if found := next(_named(_BUNDLE, top, depth), None):
        raise _refused(folder, found)


def check_beside(folder: Path, medium: Path, *, same_disk: bool) -> None:
    """Raise Refused if a folder is on the medium that goes to the portal, even if the medium is empty now.

    Neither folder needs to exist yet. With ``same_disk``, the medium is a folder on this machine's own disk,
    and only this folder counts as the medium.
    """
    one, other = folder.resolve(), medium.resolve()
    is_within = one.is_relative_to(other) or other.is_relative_to(one)
    if is_within or (not same_disk and disks.of(one) & disks.of(other)):
        raise _refused(folder, medium)


def check_to_portal(home: Home, folder: Path, *, same_disk: bool) -> None:
    """Raise Refused for a folder that must not go to the portal. The folder need not exist yet.

    The folder must be on a medium without files that the desk wrote for other recipients. With
    ``same_disk``, the folder may be on this machine's own disk, and only this folder counts as the medium.
    """
    media.check_carried(folder, home.root, same_disk=same_disk)
    top = folder if same_disk else media.top(folder)
    if found := next(_named(_ELSEWHERE, top, _DEPTH), None):
        raise Refused(
            sentence("{found} is on the medium, but is not meant for the portal", found=found),
            sentence("remove the file from the medium, or use another medium; then try again"),
        )


def _named(name: re.Pattern[str], top: Path, depth: int) -> Iterator[Path]:
    """Yield the files with matching names in a folder and its subfolders, down to ``depth``."""
    for folder, folders, files in os.walk(top):
        yield from (Path(folder, each) for each in sorted(files) if name.fullmatch(each))
        if len(Path(folder).relative_to(top).parts) + 1 >= depth:
            folders.clear()


def _refused(folder: Path, found: Path) -> Refused:
    return Refused(
        sentence(
            "{folder} is on the medium for the portal (recognised by {found}); that medium goes to a machine"
            " with a network",
            folder=folder,
            found=found,
        ),
        sentence(
            "with --out, choose a folder on another medium or in this machine's memory; plain documents are"
            " best printed and handed over on paper"
        ),
    )
