"""A sheet with the words of a case token, for reporters who cannot see our screen.

The sheet does not say what the words open.
"""

from collections.abc import Iterator, Sequence

from inbox.language import marking
from inbox.language.printed_text import Wording

WORDING = Wording(__package__, "token_sheet.toml")
_COLUMNS = 3


def sheet(words: Sequence[str], language: str) -> str:
    """Return a sheet to hand over: the words, and what to do with them, in ``fr`` or ``en``."""
    title, advice = (WORDING.say(name, language) for name in ("title", "advice"))
    return marking.on_paper("\n".join([title, "", *rows(words), "", advice, ""]))


def rows(words: Sequence[str]) -> Iterator[str]:
    """Yield lines of numbered words in three columns; the numbers run down each column."""
    numbered = [f"{number:>2} {word:<12}" for number, word in enumerate(words, 1)]
    height = -(-len(words) // _COLUMNS)
    for row in range(height):
        yield "".join(numbered[row::height]).rstrip()
