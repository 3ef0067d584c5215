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
    """What is read, by whom, in which session, on which day: each of them anew is noted anew."""

    session: str
    day: date
    officers: tuple[str, ...]
    code: str
    case: int | None
    values: tuple[tuple[str, str], ...]


def reading(who: Actor, action: Action) -> Reading:
    """Return what an action reads, to be known again."""
    values = tuple(sorted((name, str(value)) for name, value in action.values.items()))
    return Reading(who.session, who.today, who.officers, action.code, action.case, values)


def was_noted(session: Session, noted: Container[Reading], who: Actor, action: Action) -> bool:
    """Tell whether an action reads what this session has read before, and nothing came since.

    A letter that nobody has read is something new, but in a case that those present do not read.
    """
    if not action.rule.once or reading(who, action) not in noted or action.case is None:
        return False
    is_new = session.scalar(select(Case.new).filter_by(number=action.case))
    return not is_new and not queries_cases.is_unread(session, action.case)
