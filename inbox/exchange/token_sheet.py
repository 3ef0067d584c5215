"""The words of a case token on paper, for who cannot see our screen; nothing on it tells what they open."""

from collections.abc import Iterator, Sequence

from inbox.language.printed_text import Wording

WORDING = Wording(__package__, "token_sheet.toml")
_COLUMNS = 3


def sheet(words: Sequence[str], language: str) -> str:
    """Return a sheet to be handed over: the words, and in ``fr`` or ``en`` what to do with them."""
    title, advice = (WORDING.say(name, language) for name in ("title", "advice"))
    return "\n".join([title, "", *rows(words), "", advice, ""])


def rows(words: Sequence[str]) -> Iterator[str]:
    """Yield the words in lines, numbered down each of three columns."""
    numbered = [f"{number:>2} {word:<12}" for number, word in enumerate(words, 1)]
    height = -(-len(words) // _COLUMNS)
    for row in range(height):
        yield "".join(numbered[row::height]).rstrip()
