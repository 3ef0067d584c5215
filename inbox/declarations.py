"""Each officer's word of having no interest in a case, given before its first reading (T-05c).

An officer who is alone is not asked: there is nobody to whom the case could be given instead.
"""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from inbox import narrowing, records
from inbox.casework import Declaration
from inbox.errors import Undeclared

QUESTION = "no kinship, friendship, quarrel or interest with whom or what the case may concern"


def missing(session: Session, number: int) -> list[str]:
    """Return who of those present has not declared it; raises as ``records.case``."""
    records.case(session, number)
    if len(records.officers(session)) == 1:
        return []
    given = set(session.scalars(select(Declaration.officer).filter_by(case=number)))
    return [name for name in narrowing.present(session) if name not in given]


def check(session: Session, number: int) -> None:
    """Return if all who are present have declared it; else raise Undeclared, or as ``records.case``."""
    if names := missing(session, number):
        raise Undeclared(number, names)


def declare(session: Session, number: int, today: date) -> Sequence[str]:
    """Note the word of those present who had not given it, and return who that was; raises as ``missing``."""
    names = missing(session, number)
    session.add_all(Declaration(case=number, officer=name, day=today) for name in names)
    session.flush()
    return names
