"""Sessions at the desk: one for each officer. A session without activity ends automatically."""

import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from inbox.desk.done import Done
from inbox.desk.sessions import witnesses
from inbox.desk.sessions.confirmations import Confirmation
from inbox.overview.queue_filter import Filter, Order
from inbox.session.actions import Actor
from inbox.session.inbox import Unlocked
from inbox.system.clock import today

if TYPE_CHECKING:
    from inbox.desk.job import Job
    from inbox.overview.neighbours import Neighbours

MINUTE, HOUR = 60, 3600


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Time limits in seconds.

    After ``idle``, a session without activity ends. After ``short``, the inbox locks if fewer officers are
    signed in than are needed to open it. After ``longest``, the inbox locks, whoever is signed in.
    """

    idle: float = 10 * MINUTE
    short: float = 10 * MINUTE
    longest: float = 8 * HOUR


USUAL = Limits()


class Seat:
    """The session of one officer in one browser, with the state that only this officer sees.

    ``mark`` distinguishes the pages of this session from the pages of other sessions, and grants no access.
    ``wanted`` and ``order`` are the filter and the order of the queue. Filter and order are not part of
    addresses, because browsers remember addresses. ``looked_at`` is the queue that was shown last, or None
    before the first time. ``is_of_today`` is true if the filter came from the Today page and applies only
    once. ``around`` are the neighbours of the case that was opened last, and ``reading`` is that case and the
    page of its dialogue. ``job`` is the officer's last long action. ``picture`` holds the pixels of a page of
    a file, keyed by case, file and page, until the browser requests them. ``asked`` are the confirmations
    that the officer asked for. ``active`` is the time of the last activity.
    """

    def __init__(self, opened: Unlocked, officer: str, now: float) -> None:
        self.id, self.mark = secrets.token_urlsafe(32), secrets.token_urlsafe(6)
        self.officer, self.active = officer, now
        self.wanted, self.order = Filter(), Order.PRIORITY
        self.is_of_today = False
        self.looked_at: tuple[Filter, Order] | None = None
        self.around: Neighbours | None = None
        self.reading = 0, 0
        self.picture: tuple[tuple[int, int, int], bytes | None] = (0, 0, 0), None
        self.job: Job | None = None
        self.asked: dict[str, Confirmation] = {}
        self._opened, self._confirm = opened, witnesses.asking(opened, officer, self.asked)
        self._said: tuple[Done, ...] = ()
        self._taken: set[str] = set()

    def actor(self) -> Actor:
        """Return the officer of this session as the only actor, with today's date."""
        return Actor(self._opened.signed_in(self.officer), today(), self._confirm, session=self.id)

    def say(self, *done: Done) -> None:
        """Show a confirmation on the next page."""
        self._said = done

    def said(self) -> tuple[Done, ...]:
        """Return the confirmations to show, and forget them."""
        said, self._said = self._said, ()
        return (*said, Done.WRONG_BEFORE) if self._opened.failed.pop(self.officer, 0) else said

    def has_taken(self, form: str) -> bool:
        """Whether this form was already processed."""
        return form in self._taken

    def take(self, form: str) -> bool:
        """Mark a form as processed, and return whether it was sent for the first time."""
        is_new = form not in self._taken
        self._taken.add(form)
        return is_new


def _since_boot() -> float:
    """Return the seconds since the machine started, including sleep."""
    return time.clock_gettime(time.CLOCK_BOOTTIME)


class Seats:
    """The open sessions, at most one for each officer.

    If fewer officers are signed in than are needed to open the inbox, one passer-by could read an inbox that
    only several officers together may open. The inbox therefore locks soon.
    """

    def __init__(self, opened: Unlocked, limits: Limits, now: Callable[[], float] = _since_boot) -> None:
        self._opened, self._limits, self._now = opened, limits, now
        self._seats: dict[str, Seat] = {}
        self._began = self._short_since = now()

    def sign_in(self, officer: str) -> Seat:
        """Start a session for an officer who has proven their identity.

        End any other session of this officer.
        """
        self._sweep()
        for each in [each for each in self._seats.values() if each.officer == officer]:
            self._end(each, self._now())
        seat = Seat(self._opened, officer, self._now())
        self._seats[seat.id] = seat
        return seat

    def find(self, id_: str) -> Seat | None:
        """Return the session with this id, or None if it has ended."""
        self._sweep()
        return self._seats.get(id_)

    def sign_out(self, seat: Seat) -> None:
        """End a session."""
        self._sweep()
        self._end(seat, self._now())

    def acts(self, seat: Seat) -> None:
        """Record activity in a session."""
        seat.active = self._now()

    def left(self, seat: Seat) -> dict[str, int]:
        """Return the seconds until the session ends and until the inbox locks, if nobody acts."""
        ends = self._ends(seat) - self._now()
        return {"session": max(0, int(ends)), "inbox": max(0, int(self.locks_in()))}

    def asked_of(self, seat: Seat) -> list[Confirmation]:
        """Return other officers' requests that are pending or that this officer has confirmed."""
        self._sweep()
        others = (each for each in self._seats.values() if each is not seat)
        asked = (wanted for each in others for wanted in each.asked.values())
        open_ = (each for each in asked if not each.refused_by)
        return [each for each in open_ if each.confirmed_by in {"", seat.officer}]

    @property
    def officers(self) -> tuple[str, ...]:
        """The officers who are signed in."""
        self._sweep()
        return tuple(sorted(each.officer for each in self._seats.values()))

    def locks_in(self) -> float:
        """Return the seconds until the inbox locks if nobody acts. A value of 0 or less means now."""
        return min(self._short_ends(), self._began + self._limits.longest) - self._now()

    @property
    def why_it_locks(self) -> str:
        """Return, for the terminal, why the inbox locks automatically."""
        if self._now() >= self._began + self._limits.longest:
            return f"open for {self._limits.longest / HOUR:g} hours"
        minutes, quorum = self._limits.short / MINUTE, self._opened.inbox.quorum
        fewer = "nobody was" if quorum == 1 else f"fewer than {quorum} officers were"
        return f"{fewer} signed in for {minutes:g} minutes"

    def _short_ends(self) -> float:
        """Return the time at which the inbox locks because too few officers are signed in."""
        self._sweep()
        quorum, ends = self._opened.inbox.quorum, sorted(map(self._ends, self._seats.values()), reverse=True)
        short_since = ends[quorum - 1] if len(ends) >= quorum else self._short_since
        return short_since + self._limits.short

    def _ends(self, seat: Seat) -> float:
        return seat.active + self._limits.idle

    def _sweep(self) -> None:
        """End each session without activity, with effect from the time at which the session expired."""
        for seat in sorted(self._seats.values(), key=self._ends):
            if self._ends(seat) <= self._now():
                self._end(seat, self._ends(seat))

    def _end(self, seat: Seat, when: float) -> None:
        was_enough = len(self._seats) >= self._opened.inbox.quorum
        self._seats.pop(seat.id, None)
        for each in self._seats.values():
            for wanted in each.asked.values():
                wanted.falls_with(seat.officer)
        if was_enough and len(self._seats) < self._opened.inbox.quorum:
            self._short_since = when
