"""What a desk knows while it is open; all of it ends with its process."""

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
    """An open inbox, the browsers that were let in, and the officers who have signed in there.

    ``place`` begins every path: no other program on this machine can guess it, and none gets the cookies.
    ``notices`` are those of renewals of shares with a sheet.
    With ``same_disk`` the medium may be a folder on this machine's own disk. ``papers`` is the folder that
    officers last named for what is for somebody else than the portal. ``kinds`` is what files that were
    looked at turned out to be, by case and file: their type, and whether anything of them is to be warned of.
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
        """Return an address that lets one browser in, once; who sits before it has yet to sign in."""
        once = secrets.token_urlsafe(32)
        self._once.add(once)
        return f"http://{self.host}{self.place}/open/{once}"

    def admit(self, given: str) -> bool:
        """Tell whether this is the secret of an address; it never is again."""
        found = {each for each in self._once if secrets.compare_digest(each.encode(), given.encode())}
        self._once -= found
        return bool(found)

    def begin(self, work: Work, run: Callable[[], Response], seat: Seat) -> Job:
        """Return a job of an officer's, which begins once the page that is asked for is answered."""
        self._job = seat.job = Job(self._job.number + 1 if self._job else 1, work, run)
        return self._job

    @property
    def pending(self) -> Job | None:
        """The job that is to be done, or is being done: until it is over, nothing else may use the inbox.

        Nor what another thread answers ``beside`` it: the vault is for the one that opened it.
        """
        if self._job is None or (self._job.is_over and not self._is_beside):
            return None
        return self._job

    @contextmanager
    def beside(self) -> Iterator[None]:
        """Let what is answered within the block be answered by another thread than the one of the vault."""
        self._is_beside = True
        try:
            yield
        finally:
            self._is_beside = False

    def lock(self) -> None:
        """Let this be the last answer, or that of the job that is not over yet."""
        self.is_over = True


def keep(app: Flask, desk: Desk) -> None:
    """Let the pages of ``app`` be those of this desk."""
    app.extensions["desk"] = desk


def here() -> Desk:
    """Return the desk of the page that is asked for."""
    desk: Desk = current_app.extensions["desk"]
    return desk


def seat() -> Seat:
    """Return the session in which the page is asked for; pages without one are those to sign in."""
    found: Seat = g.seat
    return found


def actor() -> Actor:
    """Return the officer who asks for the page."""
    return seat().actor()


def waiting() -> list[Confirmation]:
    """Return what others ask the officer to confirm, or had confirmed, of cases that this one may read."""
    asked = here().seats.asked_of(seat())
    return [each for each in asked if declarations.may_read(here().inbox, actor(), each.cases)]


def to_declare() -> list[int]:
    """Return the cases on which the officer has yet to declare before seeing what others ask there.

    What is asked, and by whom, is not told.
    """
    asked = (each for each in here().seats.asked_of(seat()) if not each.confirmed_by)
    found = (declarations.to_declare(here().inbox, actor(), each.cases) for each in asked)
    return sorted({case for cases in found for case in cases})


def medium_folder() -> Path:
    """Return the folder of the removable medium; Refused if none was named."""
    named = here().medium
    if named is None:
        raise Refused(sentence("no medium was named"), sentence("start the desk with --medium FOLDER"))
    return named
