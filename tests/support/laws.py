"""The two laws of the tests: that of France, which ships, and one that shares nothing with it."""

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
# Working days in France, without any that an office takes off.
FRANCE = Calendar(FRENCH.calendar)
