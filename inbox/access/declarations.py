"""Each officer's word of having no interest in a case, given before its first reading.

Who follows up on a report has to be impartial (Directive (EU) 2019/1937, article 9).

Until all who are present have given it, lists show of a case its number, how pressing it is, its category
and what officers did, but no word of it; and no search, tag or area finds it: with a name to look for,
whoever has an interest would learn what the case says, and the journal would not name the case. The links of
another case do name it, by words that stand in that one as well. Nor does anybody act on it
(``inbox.session.declared``), but to leave it to others. Who is named in a case is kept from it when it comes
(``conflicts``): that is not left to an officer who glances at its first line.

An officer who is alone is not asked: there is nobody to whom the case could be given instead.
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
    """Return who of those present has not declared it; raises as ``queries_cases.case``."""
    queries_cases.case(session, number)
    return declared.lacking(session, number)


def given(session: Session, numbers: Sequence[int]) -> set[int]:
    """Return the cases of which all who are present have declared it, at least those among ``numbers``."""
    return declared.given(session, numbers)


def is_asked(session: Session) -> bool:
    """Tell whether those who are present are asked at all."""
    return bool(declared.asked(session))


def check(session: Session, number: int) -> None:
    """Return if all who are present have declared it; else raise Undeclared, or as ``queries_cases.case``."""
    if names := missing(session, number):
        raise Undeclared([number], names)


def is_shut(session: Session, number: int) -> bool:
    """Tell whether those present may not read a case, declared or not: nobody may, or two open it first."""
    return number not in row_security.readable(session, [number])


def may_be_tried(session: Session, numbers: Sequence[int]) -> set[int]:
    """Return the cases on which those present may try names, as they may read them; at least of these.

    What is answered about any other case must not differ by whom it names, or by what it says.
    """
    return given(session, numbers) & row_security.readable(session, numbers)


def may_read(inbox: Inbox, who: Actor, numbers: Sequence[int]) -> bool:
    """Tell whether those who act may read all these cases, and have declared on each."""
    with inbox.vault.transaction(who.officers) as session:
        return set(numbers) <= may_be_tried(session, numbers)


def readable(inbox: Inbox, who: Actor) -> frozenset[int]:
    """Return the cases that are open to those who act, whether they have declared on them or not."""
    with inbox.vault.transaction(who.officers) as session:
        return frozenset(queries_access.case_numbers(session))


def to_declare(inbox: Inbox, who: Actor, numbers: Sequence[int]) -> list[int]:
    """Return the cases still to be declared by those who act.

    Empty if one of them is hidden from those who act: its existence is not disclosed.
    """
    with inbox.vault.transaction(who.officers) as session:
        if not set(numbers) <= row_security.readable(session, numbers):
            return []
        return sorted(set(numbers) - given(session, numbers))


def undeclared(inbox: Inbox, who: Actor, number: int) -> list[str]:
    """Return who of those who act has not declared it, without an entry.

    Raises as ``queries_cases.case``, and Refused if one of them cannot declare it: see ``declare``.
    """
    with inbox.vault.transaction(who.officers) as session:
        names = missing(session, number)
    _check_here(who, names)
    return names


def declare(inbox: Inbox, who: Actor, numbers: Iterable[int]) -> list[str]:
    """Note the word of each who acts on each of these cases, of all of them or of none.

    Return who had not given it before for one of them at least. Raises as ``bulk.do`` and ``missing``, and
    Refused for an officer who is present by a sheet alone: anybody can bring that.
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
            sentence("nobody can declare for {names}: only their sheet was brought", names=", ".join(absent)),
            sentence("each must bring share and passphrase; if one is lost, run first: inbox officers renew"),
        )


def _declare(session: Session, number: int, today: date) -> Sequence[str]:
    """Note the word of those present who had not given it, and return who that was."""
    names = missing(session, number)
    session.add_all(Declaration(case=number, officer=name, day=today) for name in names)
    session.flush()
    return names
