"""No-break spaces, as the typography of a language requires them."""

import re

# A line must not break at these spaces.
_UNBROKEN = {"fr": re.compile(r"(?<=«) | (?=[;:?!»])")}


def spaced(language: str, text: str) -> str:
    """Return a text with no-break spaces where the typography of its language requires them."""
    unbroken = _UNBROKEN.get(language)
    return unbroken.sub("\N{NO-BREAK SPACE}", text) if unbroken else text
