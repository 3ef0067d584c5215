"""Write a list for the archives into a folder: one file to print, and one JSON file."""

import json
from collections.abc import Sequence
from pathlib import Path

from inbox.language import marking
from inbox.language.errors import Refused
from inbox.language.messages import sentence
from inbox.language.views import View
from inbox.system import apart, atomic_files, media
from inbox.system.home import Home


def check(home: Home, out: Path) -> None:
    """Raise Refused if no list can be written into a folder.

    The folder need not exist, and is not created.
    """
    if out.exists() and not out.is_dir():
        raise Refused(
            sentence("{path} is not a folder", path=out),
            sentence("name a folder for the list: --out FOLDER"),
        )
    # A folder that does not exist yet contains no bundles of the portal, but its medium may contain some.
    if out.exists() or not out.parent.is_dir() or media.is_carried(out.parent, home.root):
        apart.check(home, out if out.exists() else out.parent)


def write(home: Home, out: Path, name: str, paper: str, value: View) -> list[Path]:
    """Write a list under a name into a folder, which is created if needed; return the files.

    ``paper`` is the text to print. Raises Refused if a file with that name exists. Also raises the same
    errors as ``check``.
    """
    check(home, out)
    out.mkdir(exist_ok=True)
    if words := marking.words():
        value = {"exercise": words, **value}
    printed = marking.on_paper(paper)
    contents = {out / f"{name}.txt": printed, out / f"{name}.json": json.dumps(value, indent=2) + "\n"}
    for path in contents:
        if path.exists():
            raise Refused(
                sentence("{path} already exists", path=path),
                sentence("choose another --out: nothing is overwritten"),
            )
    for path, content in contents.items():
        atomic_files.write(path, [content.encode()])
    return list(contents)


def row(widths: Sequence[int], *cells: str) -> str:
    """Return a line of a table as text. All cells but the last are padded to ``widths``."""
    *columns, last = cells
    return " ".join([*(cell.ljust(width) for cell, width in zip(columns, widths, strict=True)), last])
