"""A list for the archives as files of a folder: to print, and as JSON."""

import json
from pathlib import Path

from inbox.language.errors import Refused
from inbox.language.messages import sentence
from inbox.language.views import View
from inbox.system import atomic_files


def write(out: Path, name: str, paper: str, value: View) -> list[Path]:
    """Write a list under a name into a folder, which is made if needed; return the files.

    ``paper`` is the text to print. Raises Refused if a file of that name is there, OSError.
    """
    out.mkdir(exist_ok=True)
    contents = {out / f"{name}.txt": paper, out / f"{name}.json": json.dumps(value, indent=2) + "\n"}
    for path in contents:
        if path.exists():
            raise Refused(
                sentence("{path} is already there", path=path),
                sentence("choose another --out, nothing is overwritten"),
            )
    for path, content in contents.items():
        atomic_files.write(path, [content.encode()])
    return list(contents)
