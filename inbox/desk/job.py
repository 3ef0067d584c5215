"""A long action at the desk: its kind, its progress and its answer."""

from collections.abc import Callable
from enum import StrEnum
from threading import Event

from flask import Response


class Work(StrEnum):
    """The kind of a long action. The labels are in labels.toml."""

    COLLECT = "collect"
    OUTBOX = "outbox"
    BACKUP = "backup"
    VISA_LIST = "visa-list"
    DESTROY = "destroy"
    DISCARD = "discard"
    MINIMISE = "minimise"
    DOSSIER = "dossier"
    LETTER = "letter"
    ACCESS = "access"
    FIGURES = "figures"


class Job:
    """A long action and its final answer. ``done`` of ``total`` parts are finished.

    ``seen`` are the cases that the officer could read when the job ended, because the answer may name any of
    them.
    """

    def __init__(self, number: int, work: Work, run: Callable[[], Response]) -> None:
        self.number, self.work = number, work
        self.done, self.total = 0, 0
        self.seen: frozenset[int] = frozenset()
        self._run: Callable[[], Response] | None = run
        self._answer: Response | None = None
        self._end = Event()

    @property
    def is_over(self) -> bool:
        """Whether there is an answer."""
        return self._end.is_set()

    def run(self) -> None:
        """Run the action, then forget its input, including passphrases."""
        run, self._run = self._run, None
        if run:
            self._answer = run()
        self._end.set()

    def answer_within(self, seconds: float) -> Response | None:
        """Wait at most this many seconds for the answer. Return the answer, or None."""
        self._end.wait(seconds)
        return self._answer
