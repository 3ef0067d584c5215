"""How this office works: its days off, its law, and the regime that applies to the office under this law.

Code that changes these settings must recompute all deadlines afterwards, as ``settings`` does.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from inbox.deadlines.working_days import Calendar
from inbox.language.errors import Refused
from inbox.language.messages import sentence
from inbox.law import in_use
from inbox.law.codes_in_use import REGIME
from inbox.text.lines import one_line
from inbox.vault.casework_tables import DayOff, Setting
from templates.law.rules import Clock, Event, Law, Period

_KEPT = "practice"
# The setting that says how reporters are heard in person, and its maximum length in characters.
_HEARD = "heard"
_LONGEST = 200


@dataclass(frozen=True, slots=True)
class Practice:
    """The law, the office's working days, and the code of the regime that applies to the office."""

    law: Law
    calendar: Calendar
    regime: str

    @property
    def clocks(self) -> Mapping[str, Clock]:
        """The clocks of the law that apply under this regime, by code."""
        return {code: each for code, each in self.law.clocks.items() if self.regime in each.regimes}

    @property
    def may_extend(self) -> bool:
        """Whether the law lets an office under this regime extend the time for feedback."""
        feedback = next(each for each in self.clocks.values() if each.ends is Event.ANSWERED)
        return feedback.extension is not None and self.regime in feedback.extension.regimes

    def period(self, outcome: str) -> str:
        """Return the code of the period for which a case with this outcome is kept.

        Without an outcome, return the longest period, because no rule allows destroying the case sooner.
        """
        if outcome in self.law.outcomes:
            return self.law.outcomes[outcome].retention
        periods = self.law.retention.periods
        return max(periods, key=lambda code: _roughly(periods[code]))


def _roughly(period: Period) -> float:
    return sum(each.roughly for each in (period.keep, period.archive) if each)


def of(session: Session) -> Practice:
    """Return how this office works; the session caches the result until it changes."""
    found: Practice | None = session.info.get(_KEPT)
    if found is None:
        with session.no_autoflush:
            law = in_use.of(session)
            regime = session.scalar(select(Setting.value).filter_by(name=REGIME))
            calendar = Calendar(law.calendar, days_off(session))
            found = Practice(law, calendar, regime or law.default_regime)
        session.info[_KEPT] = found
    return found


def days_off(session: Session) -> Sequence[date]:
    """Return the office's own days off, in addition to weekends and public holidays, in order."""
    return session.scalars(select(DayOff.day).order_by(DayOff.day)).all()


def heard(session: Session) -> str:
    """Return how reporters are heard in person, in the office's own words, or "" if there is no text."""
    return session.scalar(select(Setting.value).filter_by(name=_HEARD)) or ""


def put_under(session: Session, regime: str, how: str = "") -> None:
    """Put the office under the regime of the law with this code.

    ``how`` is a new text that says how reporters are heard. Raises Refused if the law does not have the
    regime, or if the text is too long. Also raises Refused if reporters can ask to be heard under the regime
    (décret 2022-1284, article 10), but no text says how.
    """
    how = one_line(how) or heard(session)
    if in_use.rule(of(session).law.regimes, regime).oral and not how:
        raise Refused(
            sentence(
                "under the regime {regime}, reporters can ask to be heard, but the settings do not say how",
                regime=regime,
            ),
            sentence(
                "say where, or at which telephone number, reporters are heard: inbox office set"
                " --regime {regime} --heard TEXT",
                regime=regime,
            ),
        )
    if len(how) > _LONGEST:
        raise Refused(
            sentence("the text on how reporters are heard can have at most {most} characters", most=_LONGEST),
            sentence("shorten it"),
        )
    session.merge(Setting(name=REGIME, value=regime))
    if how:
        session.merge(Setting(name=_HEARD, value=how))
    _changed(session)


def adopt(session: Session, files: Mapping[str, bytes]) -> Law:
    """Put the law in these files into use, and return it. Raises Refused if the files have a mistake."""
    law = in_use.adopt(session, files)
    _changed(session)
    return law


def try_out(session: Session, law: Law) -> Law:
    """Make a session use a law other than the office's, and return the law that the session used before."""
    before = in_use.try_out(session, law)
    _changed(session)
    return before


def add_days_off(session: Session, days: Collection[date]) -> None:
    """Add these days off; raises Refused if one of them is already a day off."""
    for day in sorted(set(days)):
        if not of(session).calendar.works(day):
            raise Refused(
                sentence("{day} is already a day off", day=day), sentence("see: inbox office day-off list")
            )
        session.add(DayOff(day=day))
    _changed(session)


def remove_days_off(session: Session, days: Collection[date]) -> None:
    """Remove these days off; raises Refused if one of them was not added."""
    wanted = set(days)
    for day in sorted(wanted - set(days_off(session))):
        raise Refused(
            sentence("{day} is not an added day off", day=day), sentence("see: inbox office day-off list")
        )
    session.execute(delete(DayOff).where(DayOff.day.in_(wanted)))
    _changed(session)


def _changed(session: Session) -> None:
    """Discard the cached settings."""
    session.flush()
    session.info.pop(_KEPT, None)
