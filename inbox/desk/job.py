"""Something that takes long at the desk: what it is, how far it is, what came of it."""

from collections.abc import Callable
from enum import StrEnum
from threading import Event

from flask import Response


class Work(StrEnum):
    """What a desk may be busy with; labels stand in labels.toml."""

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


class Job:
    """Something that takes long, and what is answered at its end; ``done`` of ``total`` parts of it are.

    ``seen`` are the cases that its officer could read at its end: the answer may name any of them.
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
        """Do it; of what it was given, passphrases included, nothing is kept."""
        run, self._run = self._run, None
        if run:
            self._answer = run()
        self._end.set()

    def answer_within(self, seconds: float) -> Response | None:
        """Wait at most so many seconds for the answer; return it, or None."""
        self._end.wait(seconds)
        return self._answer
