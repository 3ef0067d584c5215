"""Who acts on a case has declared to have no interest in it: ``Inbox.acting`` holds every act to this.

Why, and what is shown of a case before: ``inbox.access.declarations``.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import ColumnElement, false, func, not_, or_, select
from sqlalchemy.orm import Session

from inbox.language.errors import Undeclared
from inbox.session.actions import Action
from inbox.vault import queries_cases, queries_office, row_security
from inbox.vault.casework_tables import Declaration
from inbox.vault.row_security import AS_A_LINE
from inbox.vault.tables import Case

# So many numbers are asked for by themselves.
_AT_ONCE = 1_000


def asked(session: Session) -> tuple[str, ...]:
    """Return who of those present is asked: nobody for the program's own work, nor who is alone."""
    names = row_security.present(session)
    return () if len(names) == 1 and len(queries_office.officers(session)) == 1 else names


def lacking(session: Session, number: int) -> list[str]:
    """Return who of those present has not declared it of a case, whether that is there or not."""
    given = set(session.scalars(select(Declaration.officer).filter_by(case=number)))
    return [name for name in asked(session) if name not in given]


def given(session: Session, numbers: Sequence[int]) -> set[int]:
    """Return the cases of which all who are asked have declared it, at least those among ``numbers``."""
    names = asked(session)
    if not names:
        return set(numbers)
    rows = select(Declaration.case).where(Declaration.officer.in_(names))
    if len(numbers) <= _AT_ONCE:
        rows = rows.where(Declaration.case.in_(numbers))
    return set(session.scalars(rows.group_by(Declaration.case).having(func.count() == len(names))))


def is_given(session: Session, case: Any) -> list[ColumnElement[bool]]:
    """Return what holds of the number of a case, a column, if all who are present have declared it."""
    words = (
        select(Declaration.day).where(Declaration.case == case, Declaration.officer == name)
        for name in asked(session)
    )
    return [word.exists() for word in words]  # one by one: each is found by the key


def lacking_cases(session: Session) -> set[int]:
    """Return the cases that are there, also where nobody reads them, and not all present have declared."""
    given = is_given(session, Case.number)
    rows = select(Case.number).where(or_(*map(not_, given)) if given else false())
    return set(session.scalars(rows.execution_options(**AS_A_LINE)))


def check(session: Session, numbers: Iterable[int]) -> None:
    """Raise Undeclared for those of these cases of which not all who are present have declared it.

    Raises CaseRefused for one that is not there, whoever has declared what.
    Of a case that those present may not read nobody can declare anything. There, what is done shows nothing
    of it, or is refused.
    """
    for number in (of := sorted(set(numbers))):
        queries_cases.case(session, number)
    if not (names := asked(session)) or not of:
        return
    rows = select(Declaration.case, Declaration.officer).where(Declaration.case.in_(of))
    given = {(case, officer) for case, officer in session.execute(rows)}
    found = {number: [name for name in names if (number, name) not in given] for number in of}
    open_ones = row_security.readable(session, [number for number, lack in found.items() if lack])
    if short := sorted(number for number in open_ones if found.get(number)):
        raise Undeclared(short, list(dict.fromkeys(name for number in short for name in found[number])))


def check_actions(session: Session, actions: Iterable[Action]) -> None:
    """Raise as ``check`` for the cases of those of these actions that need it declared: no work on all."""
    asked_of = [each for each in actions if not each.rule.undeclared and not each.rule.all_cases]
    check(session, [each.case for each in asked_of if each.case is not None])
