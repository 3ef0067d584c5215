"""The state of an open desk, which ends with the process."""

import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from flask import Flask, Response, current_app, g

from inbox.access import declarations
from inbox.desk.job import Job, Work
from inbox.desk.sessions.confirmations import Confirmation
from inbox.desk.sessions.seats import USUAL, Limits, Seat, Seats
from inbox.language.errors import Refused
from inbox.language.messages import sentence
from inbox.session.actions import Actor
from inbox.session.inbox import Unlocked
from inbox.setup import sheet_notice
from inbox.system.clock import today

HOST = "127.0.0.1"


class Desk:
    """An open inbox, the browsers that were let in, and the signed-in officers.

    ``place`` is the beginning of every path. No other program on this machine can guess ``place``, so no
    other program gets the cookies. ``notices`` report that shares were renewed with a paper sheet. With
    ``same_disk``, the medium may be a folder on this machine's own disk. ``papers`` is the last folder that
    was named for documents that are not for the portal. ``kinds`` has an entry for each previewed file, by
    case and file: its type, and whether it needs a warning.
    """

    def __init__(
        self,
        opened: Unlocked,
        port: int,
        medium: Path | None,
        limits: Limits = USUAL,
        *,
        same_disk: bool = False,
    ) -> None:
        self.inbox, self.opened = opened.inbox, opened
        self.host = f"{HOST}:{port}"
        self.medium, self.same_disk = medium, same_disk
        self.papers: Path | None = None
        self.kinds: dict[tuple[int, int], tuple[str, bool]] = {}
        self.notices = sheet_notice.pending(opened.inbox, today())
        self.place = f"/{secrets.token_urlsafe(9)}"
        self.seats = Seats(opened, limits)
        self.is_over = False
        self._job: Job | None = None
        self._is_beside = False
        self._once: set[str] = set()

    def address(self) -> str:
        """Return an address that lets one browser in, once. The officer must still sign in."""
        once = secrets.token_urlsafe(32)
        self._once.add(once)
        return f"http://{self.host}{self.place}/open/{once}"

    def admit(self, given: str) -> bool:
        """Whether an address was made with this secret. Each secret works only once."""
        found = {each for each in self._once if secrets.compare_digest(each.encode(), given.encode())}
        self._once -= found
        return bool(found)

    def begin(self, work: Work, run: Callable[[], Response], seat: Seat) -> Job:
        """Return a new job of an officer; the job starts once the current request is answered."""
        self._job = seat.job = Job(self._job.number + 1 if self._job else 1, work, run)
        return self._job

    @property
    def pending(self) -> Job | None:
        """The job that waits or runs. Until the job ends, nothing else may use the inbox.

        Pages that another thread answers during the job (see ``beside``) must not use the inbox either,
        because the vault belongs to the thread that opened it.
        """
        if self._job is None or (self._job.is_over and not self._is_beside):
            return None
        return self._job

    @contextmanager
    def beside(self) -> Iterator[None]:
        """During the block, record that requests are answered by a thread that does not own the vault."""
        self._is_beside = True
        try:
            yield
        finally:
            self._is_beside = False

    def lock(self) -> None:
        """Lock the desk after this answer or, if a job is unfinished, after the answer of the job."""
        self.is_over = True


def keep(app: Flask, desk: Desk) -> None:
    """Connect the pages of ``app`` with this desk."""
    app.extensions["desk"] = desk


def here() -> Desk:
    """Return the desk of the current request."""
    desk: Desk = current_app.extensions["desk"]
    return desk


def seat() -> Seat:
    """Return the session of the current request. Only sign-in pages have no session."""
    found: Seat = g.seat
    return found


def actor() -> Actor:
    """Return the officer of the current request."""
    return seat().actor()


def waiting() -> list[Confirmation]:
    """Return the pending and confirmed requests of other officers about cases that this officer may read."""
    asked = here().seats.asked_of(seat())
    return [each for each in asked if declarations.may_read(here().inbox, actor(), each.cases)]


def to_declare() -> list[int]:
    """Return the cases that the officer must declare before seeing the requests about these cases.

    The result reveals neither the requests nor who made them.
    """
    asked = (each for each in here().seats.asked_of(seat()) if not each.confirmed_by)
    found = (declarations.to_declare(here().inbox, actor(), each.cases) for each in asked)
    return sorted({case for cases in found for case in cases})


def medium_folder() -> Path:
    """Return the folder of the removable medium. Raises Refused if no medium was named."""
    named = here().medium
    if named is None:
        raise Refused(sentence("no medium was named"), sentence("start the desk with --medium FOLDER"))
    return named
