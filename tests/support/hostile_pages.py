"""Pages that show what somebody wrote to do harm."""

import re

from tests.support import hostile


def unlike_text(page: str) -> set[str]:
    """Return what of a page a browser would not take for text, or a template has run.

    Forms carry what was typed, or how a file is called, along as it is; nobody sees it there. What an officer
    has begun to write comes back as it was typed.
    """
    page = re.sub('<script type="module" src="[^"<>]+" integrity="[^"<>]+"></script>', "", page)
    page = re.sub('<textarea id="(text|note|closing-text|extend-text)" name[^<>]*>[^<]*</textarea>', "", page)
    page = re.sub('<input id="(?:closing|extend)-[a-z]+" [^<>]*>', "", page)
    page = re.sub('<input type="(?:hidden|checkbox)" [^<>]*>', "", page)
    found = {each for each in ("<script", "<img src=x", hostile.RENDERED) if each in page}
    # French keeps its punctuation behind spaces at which no line breaks.
    return found | {char for char in page if char not in "\n\xa0" and not char.isprintable()}
