"""Change how this office works; then every deadline is set anew."""

from collections.abc import Iterable, Sequence
from datetime import date

from sqlalchemy import delete
from sqlalchemy.orm import Session

from inbox.deadlines import office, renewing
from inbox.deadlines.office import Regime
from inbox.language.errors import Refused
from inbox.language.messages import sentence
from inbox.session.actions import Action, Code, action
from inbox.vault.casework_tables import DayOff, Setting


def choose_regime(session: Session, regime: Regime) -> None:
    """Put the office under a regime of the law; of what was extended under another, none is any longer."""
    session.merge(Setting(name=office.REGIME, value=regime.value))
    _renew(session)


def add_days_off(session: Session, days: Iterable[date]) -> None:
    """Let the office not work on these days; Refused if it does not on one of them already."""
    for day in sorted(set(days)):
        if not office.of(session).calendar.works(day):
            raise Refused(
                sentence("nobody works on {day} already", day=day), sentence("see: inbox days-off list")
            )
        session.add(DayOff(day=day))
    _renew(session)


def remove_days_off(session: Session, days: Iterable[date]) -> None:
    """Let the office work on these days again; Refused if one of them was not added."""
    wanted = set(days)
    for day in sorted(wanted - set(office.days_off(session))):
        raise Refused(sentence("{day} was not added", day=day), sentence("see: inbox days-off list"))
    session.execute(delete(DayOff).where(DayOff.day.in_(wanted)))
    _renew(session)


def deed(what: str, days: Sequence[date]) -> Action:
    """Return what the journal notes of days off that are ``added`` or ``removed``."""
    return action(Code.CHANGE_SETTINGS, days_off=what, count=len(days), first=min(days), last=max(days))


def _renew(session: Session) -> None:
    session.flush()
    office.forget(session)
    renewing.renew(session)
