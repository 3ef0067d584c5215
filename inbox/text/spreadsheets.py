"""Texts in the cells of a spreadsheet.

LibreOffice and Excel recognise a formula by the first character of a cell. If a text begins with such a
character, it gets an apostrophe in front of it.
"""

from crypto.printable import visible

# Fullwidth forms of these characters are included, because some programs treat both forms alike.
_WIDE = (
    "\N{FULLWIDTH EQUALS SIGN}\N{FULLWIDTH PLUS SIGN}\N{FULLWIDTH HYPHEN-MINUS}\N{FULLWIDTH COMMERCIAL AT}"
)
_COMPUTES = tuple(f"=+-@{_WIDE}")


def safe(text: str) -> str:
    """Return the text as one line, without hidden characters; no program takes the result for a formula."""
    said = visible(text)
    return f"'{said}" if said.lstrip().startswith(_COMPUTES) else said
