"""How this office works: on which days, and under which of the law's two regimes."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from inbox.deadlines.working_days import Calendar
from inbox.vault.casework_tables import DayOff, Setting

REGIME = "regime"
_KEPT = "practice"


class Regime(StrEnum):
    """As what the office receives reports: inside its own administration, or as an authority for others."""

    INTERNAL = "internal"
    EXTERNAL = "external"


@dataclass(frozen=True, slots=True)
class Practice:
    """The days on which the office works, and its regime."""

    calendar: Calendar
    regime: Regime


def of(session: Session) -> Practice:
    """Return how this office works; asked once in a session, until ``forget``."""
    found: Practice | None = session.info.get(_KEPT)
    if found is None:
        with session.no_autoflush:
            regime = session.scalar(select(Setting.value).filter_by(name=REGIME))
            found = Practice(Calendar(days_off(session)), Regime(regime or Regime.INTERNAL))
        session.info[_KEPT] = found
    return found


def forget(session: Session) -> None:
    """Ask anew: something has changed."""
    session.info.pop(_KEPT, None)


def days_off(session: Session) -> Sequence[date]:
    """Return the days that this office takes off beside weekends and public holidays, in their order."""
    return session.scalars(select(DayOff.day).order_by(DayOff.day)).all()
