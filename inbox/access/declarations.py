"""Officers must declare that they have no interest in a case before reading it for the first time.

A person who follows up on a report must be impartial (Directive (EU) 2019/1937, article 9).

Until all signed-in officers have declared a case, lists show only its number, its urgency, its category and
what officers did. They show no words of the case. Searches and filters by tag or area do not find the case.
Otherwise, an officer with an interest could search for a name and learn what the case says, without leaving
an entry in the journal that names the case. However, an undeclared case is shown among the links of another
case, because the words that link the two cases are also in the other case. Officers cannot act on an
undeclared case (``inbox.session.declared``), except to leave the case to others. An officer whom a report
names is excluded automatically when the report arrives (``conflicts``), and does not have to notice the name
when reading.

An officer who works alone does not have to declare cases, because nobody else could take them over.
"""

from collections.abc import Iterable, Sequence
from datetime import date

from sqlalchemy.orm import Session

from crypto.journal import Presence
from inbox.language.errors import Refused, Undeclared
from inbox.language.messages import sentence
from inbox.session import bulk, declared
from inbox.session.actions import Actor, Code, action
from inbox.session.inbox import Inbox
from inbox.vault import queries_access, queries_cases, row_security
from inbox.vault.casework_tables import Declaration

QUESTION = "no family tie, friendship or dispute with the people concerned, and no interest in the facts"


def missing(session: Session, number: int) -> list[str]:
    """Return the signed-in officers who have not declared the case.

    Raises the same errors as ``queries_cases.case``.
    """
    queries_cases.case(session, number)
    return declared.lacking(session, number)


def given(session: Session, numbers: Sequence[int]) -> set[int]:
    """Return the cases that all signed-in officers have declared.

    The result contains all declared cases in ``numbers``, and may contain other declared cases.
    """
    return declared.given(session, numbers)


def is_asked(session: Session) -> bool:
    """Return whether the signed-in officers have to declare cases at all."""
    return bool(declared.asked(session))


def check(session: Session, number: int) -> None:
    """Raise Undeclared unless all signed-in officers have declared the case.

    Raises the same errors as ``queries_cases.case``.
    """
    if names := missing(session, number):
        raise Undeclared([number], names)


def is_shut(session: Session, number: int) -> bool:
    """Return whether a case is hidden from the signed-in officers, whether or not they have declared it.

    For example, the case may be in quarantine or in the archive.
    """
    return number not in row_security.readable(session, [number])


def may_be_tried(session: Session, numbers: Sequence[int]) -> set[int]:
    """Return the cases in which the signed-in officers may test names, because they may read these cases.

    The result contains all readable and declared cases in ``numbers``, and may contain others. Answers about
    cases outside the result must not depend on the content of these cases, such as the names in them.
    """
    return given(session, numbers) & row_security.readable(session, numbers)


def may_read(inbox: Inbox, who: Actor, numbers: Sequence[int]) -> bool:
    """Return whether the acting officers may read all these cases and have declared each one."""
    with inbox.vault.transaction(who.officers) as session:
        return set(numbers) <= may_be_tried(session, numbers)


def readable(inbox: Inbox, who: Actor) -> frozenset[int]:
    """Return the cases that the acting officers may read, declared or not."""
    with inbox.vault.transaction(who.officers) as session:
        return frozenset(queries_access.case_numbers(session))


def to_declare(inbox: Inbox, who: Actor, numbers: Sequence[int]) -> list[int]:
    """Return the cases that the acting officers still have to declare.

    The result is empty if one of the cases is hidden from the acting officers, so that the existence of the
    hidden case is not disclosed.
    """
    with inbox.vault.transaction(who.officers) as session:
        if not set(numbers) <= row_security.readable(session, numbers):
            return []
        return sorted(set(numbers) - given(session, numbers))


def undeclared(inbox: Inbox, who: Actor, number: int) -> list[str]:
    """Return the acting officers who have not declared the case; the journal gets no entry.

    Raises the same errors as ``queries_cases.case``. Raises Refused if one of these officers cannot declare
    the case (see ``declare``).
    """
    with inbox.vault.transaction(who.officers) as session:
        names = missing(session, number)
    _check_here(who, names)
    return names


def declare(inbox: Inbox, who: Actor, numbers: Iterable[int]) -> list[str]:
    """Record the declarations of all acting officers for these cases: for all the cases or none.

    Returns the officers whose declaration was missing for at least one of the cases. Raises the same errors
    as ``bulk.do`` and ``missing``. Raises Refused for an officer represented only by a paper sheet, because
    anybody could have brought the sheet.
    """
    newly: set[str] = set()

    def give(session: Session, number: int) -> None:
        _check_here(who, missing(session, number))
        newly.update(_declare(session, number, who.today))

    bulk.do(inbox, who, action(Code.DECLARE), numbers, give)
    return [name for name in who.officers if name in newly]


def _check_here(who: Actor, names: Iterable[str]) -> None:
    if absent := [name for name in names if who.present.get(name) is Presence.SHEET]:
        raise Refused(
            sentence(
                "{names} cannot make the declaration, because they brought only a paper sheet",
                names=", ".join(absent),
            ),
            sentence(
                "each officer must bring their share and passphrase; if a share or a passphrase is"
                " lost, renew the shares first: inbox officer renew"
            ),
        )


def _declare(session: Session, number: int, today: date) -> Sequence[str]:
    """Record the missing declarations of the signed-in officers, and return these officers."""
    names = missing(session, number)
    session.add_all(Declaration(case=number, officer=name, day=today) for name in names)
    session.flush()
    return names
