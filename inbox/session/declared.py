"""Officers must declare that they have no conflict of interest before they act on a case.

``Inbox.acting`` checks this. ``inbox.access.declarations`` explains why officers must declare, and which
parts of a case are shown before they declare.
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

# Up to this many cases, the query filters by their numbers.
_AT_ONCE = 1_000


def asked(session: Session) -> tuple[str, ...]:
    """Return the signed-in officers who must declare.

    The result is empty for the program's own work, and in an office with only one officer.
    """
    names = row_security.present(session)
    return () if len(names) == 1 and len(queries_office.officers(session)) == 1 else names


def lacking(session: Session, number: int) -> list[str]:
    """Return the signed-in officers who have not declared the case, even if the case does not exist."""
    given = set(session.scalars(select(Declaration.officer).filter_by(case=number)))
    return [name for name in asked(session) if name not in given]


def given(session: Session, numbers: Sequence[int]) -> set[int]:
    """Return the cases in ``numbers`` that all officers concerned have declared.

    For a long list of numbers, the result may also contain other cases that the officers have declared.
    """
    names = asked(session)
    if not names:
        return set(numbers)
    rows = select(Declaration.case).where(Declaration.officer.in_(names))
    if len(numbers) <= _AT_ONCE:
        rows = rows.where(Declaration.case.in_(numbers))
    return set(session.scalars(rows.group_by(Declaration.case).having(func.count() == len(names))))


def is_given(session: Session, case: Any) -> list[ColumnElement[bool]]:
    """Return SQL conditions that are true if all signed-in officers have declared a case.

    ``case`` is a column of case numbers.
    """
    words = (
        select(Declaration.day).where(Declaration.case == case, Declaration.officer == name)
        for name in asked(session)
    )
    # With one condition for each officer, the database can use the primary key.
    return [word.exists() for word in words]


def lacking_cases(session: Session) -> set[int]:
    """Return the existing cases, readable or not, that some signed-in officer has not declared."""
    given = is_given(session, Case.number)
    rows = select(Case.number).where(or_(*map(not_, given)) if given else false())
    return set(session.scalars(rows.execution_options(**AS_A_LINE)))


def check(session: Session, numbers: Iterable[int]) -> None:
    """Raise Undeclared, which names the cases that some signed-in officer has not declared.

    Raises CaseRefused if a case does not exist, even if officers have declared it. Nobody can declare a case
    that the signed-in officers may not read. If the officers may not read a case, an action on this case
    shows no part of it, or is refused.
    """
    for number in (of := sorted(set(numbers))):
        queries_cases.case(session, number)
    names = asked(session)
    rows = select(Declaration.case, Declaration.officer).where(Declaration.case.in_(of))
    given = {(case, officer) for case, officer in session.execute(rows)}
    found = {number: [name for name in names if (number, name) not in given] for number in of}
    open_ones = row_security.readable(session, [number for number, lack in found.items() if lack])
    if short := sorted(number for number in open_ones if found.get(number)):
        raise Undeclared(short, list(dict.fromkeys(name for number in short for name in found[number])))


def check_actions(session: Session, actions: Iterable[Action]) -> None:
    """Check the cases of the actions that need a declaration. Raises the same errors as ``check``."""
    asked_of = [each for each in actions if not each.rule.undeclared and not each.rule.all_cases]
    check(session, [each.case for each in asked_of if each.case is not None])
