"""The words of a case token on paper, for who cannot see our screen; nothing on it tells what they open."""

from collections.abc import Iterator, Sequence

_COLUMNS = 3
_TEXTS = {
    "fr": (
        "Douze mots",
        "Ils ouvrent une page qui vous est réservée ; on vous a dit où elle se trouve. Tapez-les dans",
        "cet ordre. Qui les lit peut ouvrir cette page à votre place. Perdus, personne ne peut les",
        "retrouver. Notez-les sans rien à côté, puis détruisez cette feuille.",
    ),
    "en": (
        "Twelve words",
        "They open a page that is yours alone; you were told where it is. Type them in this order.",
        "Whoever reads them can open that page in your place. Lost, nobody can find them again.",
        "Note them with nothing beside them, then destroy this sheet.",
    ),
}


def sheet(words: Sequence[str], language: str) -> str:
    """Return a sheet to be handed over: the words, and in ``fr`` or ``en`` what to do with them."""
    title, *advice = texts(language)
    return "\n".join([title, "", *rows(words), "", *advice, ""])


def texts(language: str) -> Sequence[str]:
    """Return the title of a sheet, and the lines of what to do with the words."""
    return _TEXTS[language]


def rows(words: Sequence[str]) -> Iterator[str]:
    """Yield the words in lines, numbered down each of three columns."""
    numbered = [f"{number:>2} {word:<12}" for number, word in enumerate(words, 1)]
    height = -(-len(words) // _COLUMNS)
    for row in range(height):
        yield "".join(numbered[row::height]).rstrip()
