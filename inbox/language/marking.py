"""The mark of an exercise on pages, answers and printed sheets.

A process opens one home, so the mark belongs to the process. Otherwise, each function that prints something
would need a parameter, and a forgotten one would make a sheet that looks real.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from crypto import exercise

_shown = ""


def put(words: str) -> None:
    """From now on, mark everything that is printed with these words; with "", mark nothing."""
    global _shown  # noqa: PLW0603 - the process has one mark
    _shown = words


@contextmanager
def marked(deployment: bytes) -> Iterator[None]:
    """In the block, mark everything that is printed if the deployment (16-byte id) is an exercise."""
    before = _shown
    put(exercise.WORDS if exercise.is_exercise(deployment) else "")
    try:
        yield
    finally:
        put(before)


def words() -> str:
    """Return the words that mark an exercise, or "" in a real inbox."""
    return _shown


def on_paper(text: str) -> str:
    """Return a text to print, with the mark of an exercise above and below it."""
    return f"{_shown}\n\n{text.rstrip()}\n\n{_shown}\n" if _shown else text
