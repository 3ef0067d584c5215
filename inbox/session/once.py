"""Record repeated reading once: an officer who views a case several times in a session gets one entry."""

from collections.abc import Container
from datetime import date
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from inbox.session.actions import Action, Actor
from inbox.vault import queries_cases
from inbox.vault.tables import Case


class Reading(NamedTuple):
    """What was read, by whom, in which session, and on which day.

    A reading is new if it differs in the content, officer, session or day.

    ``letter`` is the position of the newest message of the case, or 0 if there is none. Reading the case
    again after a new message counts as a new reading.
    """

    session: str
    day: date
    officers: tuple[str, ...]
    code: str
    case: int
    values: tuple[tuple[str, str], ...]
    letter: int


def reading(session: Session, who: Actor, action: Action) -> Reading | None:
    """Return what an action reads in a case, to recognise repeated reading; None if each reading is recorded.

    If the signed-in officers may not read the case, its messages are hidden and the position is 0.
    """
    if not action.rule.once or action.case is None:
        return None
    values = tuple(sorted((name, str(value)) for name, value in action.values.items()))
    letter = queries_cases.last_follow_up_position(session, action.case)
    return Reading(who.session, who.today, who.officers, action.code, action.case, values, letter)


def was_noted(session: Session, noted: Container[Reading], found: Reading | None) -> bool:
    """Whether this session has already recorded the reading; never true if the report itself is new."""
    if found is None or found not in noted:
        return False
    return not session.scalar(select(Case.new).filter_by(number=found.case))
