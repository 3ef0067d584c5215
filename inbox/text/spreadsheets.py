"""Tables for spreadsheets, without formulas.

LibreOffice and Excel recognise a formula by the first character of a cell. If a text begins with such a
character, it gets an apostrophe in front of it.
"""

import csv
import io
from collections.abc import Iterable

from crypto.printable import visible
from inbox.language import marking

# Fullwidth forms of these characters are included, because some programs treat both forms alike.
_WIDE = (
    "\N{FULLWIDTH EQUALS SIGN}\N{FULLWIDTH PLUS SIGN}\N{FULLWIDTH HYPHEN-MINUS}\N{FULLWIDTH COMMERCIAL AT}"
)
_COMPUTES = tuple(f"=+-@{_WIDE}")


def written(rows: Iterable[Iterable[str | int]]) -> bytes:
    """Return a table as CSV: UTF-8 with a byte order mark, semicolons, no formulas."""
    made = io.StringIO(newline="")
    writer = csv.writer(made, delimiter=";", quoting=csv.QUOTE_MINIMAL)
    if words := marking.words():
        writer.writerow([words])
    writer.writerows([_safe(each) if isinstance(each, str) else each for each in row] for row in rows)
    return made.getvalue().encode("utf-8-sig")


def _safe(text: str) -> str:
    """Return the text as one line, without hidden characters; no program takes the result for a formula."""
    said = visible(text)
    return f"'{said}" if said.lstrip().startswith(_COMPUTES) else said
