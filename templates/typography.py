"""No-break spaces, as the typography of a language requires them."""

import re

# A line must not break at these spaces. Pages in every language contain French addresses and the French names
# of laws.
_EVERYWHERE = r"(?<=\b[nN]°) |(?<=\bCEDEX) (?=\d)"
_UNBROKEN = {"fr": rf"{_EVERYWHERE}|(?<=«) | (?=[;:?!»])|(?<=\d) (?=%|[kMG]?o\b)"}


def spaced(language: str, text: str) -> str:
    """Return a text with no-break spaces where the typography of its language requires them."""
    return re.sub(_UNBROKEN.get(language, _EVERYWHERE), "\N{NO-BREAK SPACE}", text)
