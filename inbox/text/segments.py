"""A text taken apart where a sentence or a line ends."""

import re

_END = re.compile(r"(?<=[.!?…])\s+|\n+")


def split(text: str) -> list[str]:
    """Return the sentences of a text, each as it stands there; what is blank is none."""
    return [each.strip() for each in _END.split(text) if each.strip()]
