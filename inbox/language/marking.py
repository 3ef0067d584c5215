"""The mark of an exercise on pages, answers and printed sheets.

A process opens one home, so the mark belongs to the process: all of its threads print the same mark, unlike
with a ContextVar. Otherwise, each function that prints something would need a parameter, and a forgotten one
would make a sheet that looks real.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from crypto import exercise


@dataclass
class _Mark:
    """The words that everything printed shows now, or ""."""

    words: str = ""


_process = _Mark()


def put(words: str) -> None:
    """From now on, mark everything that is printed with these words; with "", mark nothing."""
    _process.words = words


@contextmanager
def marked(deployment: bytes) -> Iterator[None]:
    """In the block, mark everything that is printed if the deployment (16-byte id) is an exercise."""
    before = words()
    put(exercise.WORDS if exercise.is_exercise(deployment) else "")
    try:
        yield
    finally:
        put(before)


def words() -> str:
    """Return the words that mark an exercise, or "" in a real inbox."""
    return _process.words


def on_paper(text: str) -> str:
    """Return a text to print, with the mark of an exercise above and below it."""
    return f"{words()}\n\n{text.rstrip()}\n\n{words()}\n" if words() else text
