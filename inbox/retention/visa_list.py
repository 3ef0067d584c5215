"""The list sent to the archives before destruction, for printing in French and English and as JSON."""

from collections.abc import Iterator
from pathlib import Path

from crypto.keyring import Texts
from crypto.printable import visible
from inbox.language import labels
from inbox.language.printed_text import Wording
from inbox.language.views import View
from inbox.retention import list_files
from inbox.retention.visas import AskedFor
from inbox.system import apart
from inbox.system.home import Home
from templates.catalogues import LANGUAGES

_WORDING = Wording(__package__, "visa_list.toml")
_COLUMNS = ("case", "received", "closed", "rule")
_WIDTHS = (12, 16, 14)


def write(home: Home, asked: AskedFor, out: Path) -> list[Path]:
    """Write a list into a folder; return the files. Raises the same errors as ``list_files.write``."""
    return list_files.write(home, out, f"{apart.VISA}-{asked.name}", _paper(asked), view(asked))


def view(asked: AskedFor) -> View:
    """Return a list as values for JSON."""
    return {
        "list": asked.name,
        "office": asked.office,
        "day": asked.day.isoformat(),
        "cases": asked.lines,
        "unopened": asked.unopened,
    }


def _paper(asked: AskedFor) -> str:
    head = {
        "office": visible(asked.office),
        "list": asked.name,
        "as_of": asked.day,
        "basis": visible(asked.visa.basis.source),
        "cases": len(asked.lines),
    }
    return "\n".join(
        [
            _both("title", "\n"),
            "",
            *(f"{_both(name, ' / ')}: {value}" for name, value in head.items()),
            "",
            *_rows(asked),
            "",
            *(f"{_both(name, ' / ')}:\n\n" for name in ("officers", "visa", "reference")),
        ]
    )


def _rows(asked: AskedFor) -> Iterator[str]:
    if asked.lines:
        yield list_files.row(_WIDTHS, *(_both(name) for name in _COLUMNS))
    for each in asked.lines:
        why = labels.of("rule").get(each["rule"]) or Texts(each["rule"], each["rule"])
        yield list_files.row(
            _WIDTHS,
            str(each["case"]),
            str(each["received"]),
            str(each["closed"] or "-"),
            f"{why.fr} / {why.en}",
        )
    if asked.unopened:
        yield f"{_both('unopened', ' / ')}: {asked.unopened}"


def _both(name: str, between: str = "/") -> str:
    """Return a text of the list in French and English."""
    return between.join(_WORDING.say(name, language) for language in LANGUAGES)
