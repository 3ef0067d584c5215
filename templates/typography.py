"""The spaces that the typography of a language keeps unbroken."""

import re

# A space here may not become the end of a line.
_UNBROKEN = {"fr": re.compile(r"(?<=«) | (?=[;:?!»])")}


def spaced(language: str, text: str) -> str:
    """Return a text with the spaces unbroken that the typography of its language keeps together."""
    unbroken = _UNBROKEN.get(language)
    return unbroken.sub("\N{NO-BREAK SPACE}", text) if unbroken else text
