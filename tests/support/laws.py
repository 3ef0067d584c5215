"""The two laws of the tests: the shipped French law, and one that has nothing in common with it."""

import re
import shutil
from collections.abc import Mapping
from pathlib import Path

from inbox.deadlines.working_days import Calendar
from templates import shipped
from templates.law import folder, reader
from tests.support.paths import ROOT

FOLDERS = {
    "fr": shipped.JURISDICTIONS / "fr",
    "xx": ROOT / "tests" / "golden" / "jurisdictions" / "xx",
}
FILES = {name: folder.read(path) for name, path in FOLDERS.items()}
LAWS = {name: reader.parse(files) for name, files in FILES.items()}
FRENCH, OTHER = LAWS["fr"], LAWS["xx"]
# The calendar of working days in France. An office's own days off are not included.
FRANCE = Calendar(FRENCH.calendar)


def edited(to: Path, file: str, found: str, put: str) -> Path:
    """Copy the French law to a new folder with one text replaced. Return that folder."""
    shutil.copytree(FOLDERS["fr"], to)
    text = (to / file).read_text("utf-8")
    assert found in text
    (to / file).write_text(text.replace(found, put), "utf-8")
    return to


def renamed(to: Path, code: str, *files: str) -> Path:
    """Copy the French law to a new folder, and rename one code in ``files``. Return that folder."""
    shutil.copytree(FOLDERS["fr"], to)
    for file in files:
        text = (to / file).read_text("utf-8")
        other, count = re.subn(rf"\b{code}\b", f"{code}_of_old", text)
        assert count
        (to / file).write_text(other, "utf-8")
    return to


def laws_with(file: str, *changes: Mapping[str, str]) -> list[Mapping[str, bytes]]:
    """Return the files of French laws, each with some texts of one file replaced."""
    found = []
    for each in changes:
        text = FILES["fr"][file].decode()
        for before, after in each.items():
            said = "\n".join(line for line in text.splitlines() if not line.startswith("#"))
            assert said.count(before) == 1, f"{before} must be in {file} once"
            text = text.replace(before, after)
        found.append({**FILES["fr"], file: text.encode()})
    return found
