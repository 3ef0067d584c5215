"""What a desk knows while it is open; all of it ends with its process."""

import secrets
from collections.abc import Callable
from enum import StrEnum
from pathlib import Path
from threading import Event

from flask import Flask, Response, current_app

from inbox.desk import witnesses
from inbox.language.errors import Refused
from inbox.language.messages import sentence
from inbox.overview.queue import Filter, Order
from inbox.session.actions import Actor
from inbox.session.inbox import Unlocked
from inbox.setup import sheet_notice
from inbox.system.clock import today

HOST = "127.0.0.1"


class Done(StrEnum):
    """What an officer has just done, as the next page says it; labels stand in labels.toml."""

    REPLIED = "replied"
    STATUS_SET = "status-set"
    JUDGED = "judged"
    NOTED = "noted"
    TAGGED = "tagged"
    ASSIGNED = "assigned"
    ASSESSED = "assessed"
    MEASURED = "measured"
    RATED = "rated"
    RETRACTED = "retracted"
    RETRACTED_TOLD = "retracted-told"
    DECLARED_MANY = "declared-many"
    ASSIGNED_MANY = "assigned-many"
    TOLD = "told"
    CLOSED = "closed"
    REOPENED = "reopened"
    JUNKED = "junked"
    RECOVERED = "recovered"
    DECIDED = "decided"
    EXTENDED = "extended"
    HELD = "held"
    RELEASED = "released"
    QUARANTINED = "quarantined"
    UNQUARANTINED = "unquarantined"
    DISCARDED = "discarded"
    LISTED = "listed"
    SHEET_WRITTEN = "sheet-written"
    REGISTER_WRITTEN = "register-written"
    CONSULTATION_RECORDED = "consultation-recorded"
    CONSULTATION_RETRACTED = "consultation-retracted"
    VISA_RECORDED = "visa-recorded"
    REGIME_CHOSEN = "regime-chosen"
    LAW_ADOPTED = "law-adopted"
    DAYS_OFF_CHANGED = "days-off-changed"
    TEXTS_CHANGED = "texts-changed"
    LINKED = "linked"
    ENTRUSTED = "entrusted"
    EXCLUDED = "excluded"
    LIFTED = "lifted"
    GLASS_BROKEN = "glass-broken"
    ARCHIVE_OPENED = "archive-opened"
    DISCLOSED = "disclosed"
    IDENTITY_KEPT = "identity-kept"
    CONSENT_NOTED = "consent-noted"
    ACCESS_RECORDED = "access-recorded"
    ACCESS_EXTENDED = "access-extended"
    UNOPPOSED_NOTED = "unopposed-noted"
    NAME_JUDGED = "name-judged"


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
    """Something that takes long, and what is answered at its end; ``done`` of ``total`` parts of it are."""

    def __init__(self, number: int, work: Work, run: Callable[[], Response]) -> None:
        self.number, self.work = number, work
        self.done, self.total = 0, 0
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
        """Return the answer, None if there is none after so many seconds."""
        self._end.wait(seconds)
        return self._answer


class Desk:
    """An open inbox with the one browser that may see it.

    ``place`` begins every path: no other program on this machine can guess it, and none gets the cookie.
    ``wanted`` and ``order`` are what the queue shows: browsers remember addresses, so none has a search.
    ``job`` is the last that took long; until it is over, nothing else may use ``inbox``.
    ``notices`` are those of renewals of shares with a sheet.
    With ``same_disk`` the medium may be a folder on this machine's own disk.
    ``picture`` has the pixels of a page of a file, by case, file and page, until the browser asks for them.
    """

    def __init__(self, opened: Unlocked, port: int, medium: Path | None, *, same_disk: bool = False) -> None:
        self.inbox = opened.inbox
        self._opened, self._confirm = opened, witnesses.asking(opened)
        self.host = f"{HOST}:{port}"
        self.medium, self.same_disk = medium, same_disk
        self.notices = sheet_notice.pending(opened.inbox, today())
        self.place = f"/{secrets.token_urlsafe(9)}"
        self.is_over = False
        self.job: Job | None = None
        self.wanted, self.order = Filter(), Order.PRIORITY
        self.picture: tuple[tuple[int, int, int], bytes | None] = (0, 0, 0), None
        self._once: str | None = secrets.token_urlsafe(32)
        self._said: tuple[Done, ...] = ()
        self._taken: set[str] = set()

    @property
    def officers(self) -> tuple[str, ...]:
        """Those who opened it."""
        return self._opened.officers

    def actor(self) -> Actor:
        """Return who acts at the desk today: those who opened it, together."""
        return Actor(self._opened.present, today(), self._confirm)

    @property
    def address(self) -> str:
        """What an officer opens, once."""
        return f"http://{self.host}{self.place}/open/{self._once}"

    def admit(self, given: str) -> bool:
        """Tell whether this is the secret of the address; it never is again."""
        once, self._once = self._once, None
        if once is None or not secrets.compare_digest(once.encode(), given.encode()):
            self._once = once
            return False
        return True

    def say(self, *done: Done) -> None:
        """Tell on the next page what was done."""
        self._said = done

    def said(self) -> tuple[Done, ...]:
        """Return what is to be told, once."""
        said, self._said = self._said, ()
        return said

    def take(self, form: str) -> bool:
        """Tell whether this form is sent for the first time; afterwards it never is again."""
        is_new = form not in self._taken
        self._taken.add(form)
        return is_new

    def begin(self, work: Work, run: Callable[[], Response]) -> Job:
        """Return a job that begins once the page that is asked for is answered."""
        self.job = Job(self.job.number + 1 if self.job else 1, work, run)
        return self.job

    @property
    def pending(self) -> Job | None:
        """The job that is to be done, or is being done."""
        return None if self.job is None or self.job.is_over else self.job

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


def medium_folder() -> Path:
    """Return the folder of the removable medium; Refused if none was named."""
    named = here().medium
    if named is None:
        raise Refused(sentence("no medium was named"), sentence("start the desk with --medium FOLDER"))
    return named
