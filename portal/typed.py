"""How a person types a command of `portal` on this machine. Every hint uses ``typed`` for its commands."""

import sys

PACKAGE = "/usr/lib/fanal-portal"
# On a machine with the package, `fanal-portal` does the work of these commands, and more.
_MORE = {"init": "setup", "serve": "setup", "upgrade": "upgrade"}


def typed(words: str, prefix: str = sys.prefix) -> str:
    """Return a command of `portal`, with its options, as a person types it, in backquotes.

    ``prefix`` is the folder of the program's Python environment. This folder distinguishes the package from a
    checkout.
    """
    name, _, _ = words.partition(" ")
    if prefix != PACKAGE:
        return f"`portal {words}`"
    return f"`fanal-portal {_MORE[name]}`" if name in _MORE else f"`fanal-portal run {words}`"
