"""Checks of pages that show hostile text."""

import re

from tests.support import hostile


def unlike_text(page: str) -> set[str]:
    """Return the parts of a page that a browser would not take for text, or that a template has interpreted.

    Form values and drafts are excluded, because they repeat typed text and file names unchanged, and nobody
    sees them.
    """
    page = re.sub('<script type="module" src="[^"<>]+" integrity="[^"<>]+"></script>', "", page)
    page = re.sub('<textarea id="(text|note|closing-text|extend-text)" name[^<>]*>[^<]*</textarea>', "", page)
    page = re.sub('<input id="(?:closing|extend)-[a-z]+" [^<>]*>', "", page)
    page = re.sub('<input type="(?:hidden|checkbox)" [^<>]*>', "", page)
    found = {each for each in ("<script", "<img src=x", hostile.RENDERED) if each in page}
    # French text has no-break spaces before punctuation.
    return found | {char for char in page if char not in "\n\xa0" and not char.isprintable()}
