"""Each officer declares to have no interest in a case before reading it for the first time.

A person who follows up on a report must be impartial (Directive (EU) 2019/1937, article 9).

Until all signed-in officers have declared a case, lists show its number, urgency, category and what officers
did, but none of its words. No search, tag or area finds the case: an officer with an interest could otherwise
search for a name, learn what the case says, and leave no entry that names the case. The links of another case
do show it, because of words that the other case contains as well. Nobody can act on an undeclared case
(``inbox.session.declared``), except to leave it to others. An officer whom a report names is excluded
automatically when it arrives (``conflicts``), and does not have to notice it at first reading.

An officer who works alone is not asked, because nobody else could take the case.
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
    """Return the signed-in officers who have not declared the case. Raises as ``queries_cases.case`` does."""
    queries_cases.case(session, number)
    return declared.lacking(session, number)


def given(session: Session, numbers: Sequence[int]) -> set[int]:
    """Return cases that all signed-in officers have declared: at least those among ``numbers``."""
    return declared.given(session, numbers)


def is_asked(session: Session) -> bool:
    """Whether the signed-in officers must declare cases at all."""
    return bool(declared.asked(session))


def check(session: Session, number: int) -> None:
    """Raise Undeclared, or as ``queries_cases.case``, unless all signed-in officers have declared it."""
    if names := missing(session, number):
        raise Undeclared([number], names)


def is_shut(session: Session, number: int) -> bool:
    """Whether the signed-in officers may not read a case, declared or not: in quarantine, or archived."""
    return number not in row_security.readable(session, [number])


def may_be_tried(session: Session, numbers: Sequence[int]) -> set[int]:
    """Return cases against which the signed-in officers may test names, because they may read them.

    Covers at least ``numbers``. Answers about any other case must not depend on whom it names or what it
    says.
    """
    return given(session, numbers) & row_security.readable(session, numbers)


def may_read(inbox: Inbox, who: Actor, numbers: Sequence[int]) -> bool:
    """Whether the acting officers may read all these cases and have declared each."""
    with inbox.vault.transaction(who.officers) as session:
        return set(numbers) <= may_be_tried(session, numbers)


def readable(inbox: Inbox, who: Actor) -> frozenset[int]:
    """Return the cases that the acting officers may read, declared or not."""
    with inbox.vault.transaction(who.officers) as session:
        return frozenset(queries_access.case_numbers(session))


def to_declare(inbox: Inbox, who: Actor, numbers: Sequence[int]) -> list[int]:
    """Return the cases that the acting officers still have to declare.

    Empty if one of them is hidden from those who act: its existence is not disclosed.
    """
    with inbox.vault.transaction(who.officers) as session:
        if not set(numbers) <= row_security.readable(session, numbers):
            return []
        return sorted(set(numbers) - given(session, numbers))


def undeclared(inbox: Inbox, who: Actor, number: int) -> list[str]:
    """Return the acting officers who have not declared the case, without an entry in the journal.

    Raises what ``queries_cases.case`` raises, and Refused if one of them cannot declare it: see
    ``declare``.
    """
    with inbox.vault.transaction(who.officers) as session:
        names = missing(session, number)
    _check_here(who, names)
    return names


def declare(inbox: Inbox, who: Actor, numbers: Iterable[int]) -> list[str]:
    """Record the declarations of all acting officers for these cases: for all of them or none.

    Returns the officers who had not declared at least one of them before. Raises what ``bulk.do`` and
    ``missing`` raise, and Refused for an officer represented only by a paper sheet, because anybody can
    bring that.
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
            sentence("{names} cannot declare: only a paper sheet was brought", names=", ".join(absent)),
            sentence(
                "each officer must bring share and passphrase; if one is lost, renew the shares"
                " first: inbox officer renew"
            ),
        )


def _declare(session: Session, number: int, today: date) -> Sequence[str]:
    """Record the missing declarations of the signed-in officers, and return these officers."""
    names = missing(session, number)
    session.add_all(Declaration(case=number, officer=name, day=today) for name in names)
    session.flush()
    return names
