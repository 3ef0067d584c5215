"""Show and change the settings of this office; every change recomputes all deadlines."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from inbox.deadlines import office, renewing, workflow
from inbox.language.errors import Refused
from inbox.language.messages import sentence
from inbox.law import in_use
from inbox.session import chosen_action
from inbox.session.actions import Action, Actor, Code, action
from inbox.session.inbox import Inbox
from inbox.vault import case_numbers
from inbox.vault.tables import Case
from templates.law.rules import Law

_MOST_DAYS = 366


class DaysOff(StrEnum):
    """Whether days off were added or removed."""

    ADDED = "added"
    REMOVED = "removed"


@dataclass(frozen=True, slots=True)
class Settings:
    """The law, the regime and the days off of this office.

    ``heard`` says how reporters are heard in person; it is empty if the office gave no text.
    """

    law: Law
    regime: str
    heard: str
    days_off: Sequence[date]


def read(inbox: Inbox, who: Actor) -> Settings:
    """Return the settings; raises the same errors as ``Inbox.acting``."""
    with inbox.acting(who, action(Code.LIST_SETTINGS)) as session:
        return _of(session)


def choose_regime(inbox: Inbox, who: Actor, regime: str, heard: str = "") -> Settings:
    """Put the office under a regime of the law, by code; extensions count only if the regime allows them.

    Once there are cases, even unreadable ones, a change of regime requires two officers, because it changes
    deadlines and duties. ``heard`` says how reporters are heard in person; the law requires this under some
    regimes. Raises the same errors as ``office.put_under`` and ``Inbox.acting``.
    """
    with inbox.transaction() as session:
        has_cases = session.scalar(select(func.min(Case.number))) is not None
        is_for_two = has_cases and office.of(session).regime != regime
    chosen = action(Code.CHOOSE_REGIME, regime=regime)
    with inbox.acting(who, chosen.by(2) if is_for_two else chosen) as session:
        office.put_under(session, regime, heard)
        workflow.follow_rules(session, who.today)
        return _renewed(session)


def continue_numbering(inbox: Inbox, who: Actor, last: int) -> Settings:
    """Continue the numbering of cases after the number ``last``.

    Raises the same errors as ``case_numbers.go_on_after`` and ``Inbox.acting``.
    """
    with inbox.acting(who, action(Code.CONTINUE_NUMBERING, last_case=last)) as session:
        case_numbers.go_on_after(session, last)
        return _of(session)


def add_days_off(inbox: Inbox, who: Actor, days: Collection[date]) -> Settings:
    """Add one or more days off.

    Raises the same errors as ``office.add_days_off`` and ``Inbox.acting``.
    """
    with inbox.acting(who, _change(DaysOff.ADDED, days)) as session:
        office.add_days_off(session, days)
        return _renewed(session)


def add_span_off(inbox: Inbox, who: Actor, first: date, last: date) -> Settings:
    """Add every working day from the first to the last day as a day off.

    Raises Refused if this span has no working day or is longer than a year. Also raises the same errors as
    ``Inbox.acting``.
    """

    def choose(session: Session) -> Action:
        return _change(DaysOff.ADDED, _working(session, first, last))

    with chosen_action.acting(inbox, who, None, choose) as session:
        office.add_days_off(session, _working(session, first, last))
        return _renewed(session)


def remove_days_off(inbox: Inbox, who: Actor, days: Collection[date]) -> Settings:
    """Remove days off.

    Raises Refused if no day is given. Also raises the same errors as ``office.remove_days_off`` and
    ``Inbox.acting``.
    """
    if not days:
        raise Refused(sentence("no day is selected"), sentence("select at least one day, then try again"))
    with inbox.acting(who, _change(DaysOff.REMOVED, days)) as session:
        office.remove_days_off(session, days)
        return _renewed(session)


def _change(what: DaysOff, days: Collection[date]) -> Action:
    return action(Code.CHANGE_DAYS_OFF, days_off=what, days=len(set(days)), first=min(days), last=max(days))


def _working(session: Session, first: date, last: date) -> list[date]:
    """Return the office's working days from the first to the last day.

    Raises Refused if the span has no working day, or is longer than a year.
    """
    calendar = office.of(session).calendar
    length = (last - first).days + 1
    span = [] if length > _MOST_DAYS else [first + timedelta(n) for n in range(length)]
    days = [day for day in span if calendar.works(day)]
    if not days:
        raise Refused(
            sentence(
                "there is no working day from {first} to {last} that can be made a day off",
                first=first,
                last=last,
            ),
            sentence(
                "give a first day and a last day that are at most a year apart, with working days in between"
            ),
        )
    return days


def _renewed(session: Session) -> Settings:
    """Recompute all deadlines, and return the settings."""
    renewing.renew(session)
    return _of(session)


def _of(session: Session) -> Settings:
    days, heard = office.days_off(session), office.heard(session)
    return Settings(in_use.of(session), office.of(session).regime, heard, days)
