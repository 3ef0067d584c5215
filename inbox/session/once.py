"""What is read again and again in one session, such as a case, stands in the journal once."""

from collections.abc import Container
from datetime import date
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from inbox.session.actions import Action, Actor
from inbox.vault import queries_cases
from inbox.vault.tables import Case


class Reading(NamedTuple):
    """What is read, by whom, in which session, on which day: each of them anew is noted anew.

    ``letter`` is the place of the newest letter of the case, 0 for none: a letter that came since is new.
    """

    session: str
    day: date
    officers: tuple[str, ...]
    code: str
    case: int
    values: tuple[tuple[str, str], ...]
    letter: int


def reading(session: Session, who: Actor, action: Action) -> Reading | None:
    """Return what an action reads of a case, to be known again; None for one that is noted each time.

    Nobody reads the letters of a case that those present do not read: its newest is 0, as where none came.
    """
    if not action.rule.once or action.case is None:
        return None
    values = tuple(sorted((name, str(value)) for name, value in action.values.items()))
    letter = queries_cases.last_follow_up_position(session, action.case)
    return Reading(who.session, who.today, who.officers, action.code, action.case, values, letter)


def was_noted(session: Session, noted: Container[Reading], found: Reading | None) -> bool:
    """Tell whether this session has read it before, and the report itself was not still to be read."""
    if found is None or found not in noted:
        return False
    return not session.scalar(select(Case.new).filter_by(number=found.case))
