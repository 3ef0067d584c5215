"""Split a text into sentences."""

import re

_END = re.compile(r"(?<=[.!?…])\s+|\n+")


def split(text: str) -> list[str]:
    """Return the sentences and lines of a text, unchanged, without blank lines."""
    return [each.strip() for each in _END.split(text) if each.strip()]
