"""The links in a document, except those to the network."""

import re

_LINK = re.compile(r"\]\((?!http)([^)#]*)(?:#([^)]+))?\)")


def links(text: str) -> list[tuple[str, str]]:
    """Return the path and the heading of each link. The path or the heading may be empty."""
    return _LINK.findall(text)
