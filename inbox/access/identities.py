"""Who the author of a case is, where the author said so: apart from all else, shown by its own act alone.

Article 9 of loi 2016-1691: whoever discloses it without consent, but to the judicial authority, is punished.
"""

from datetime import date

from sqlalchemy.orm import Session

from inbox.access import declarations
from inbox.language.errors import CaseRefused, Refused
from inbox.language.messages import sentence
from inbox.vault import queries_cases
from inbox.vault.casework_tables import Identity

LONGEST = 8_000


def keep(session: Session, number: int, text: str, today: date) -> None:
    """Note who the author of a case is, below what was noted before, whose consent ends.

    One officer notes it, and so takes nothing away: what is wrong is struck by two (``minimising``).
    Raises CaseRefused if there is no such case, Refused for a text that is empty or, with all before, too
    long.
    """
    queries_cases.case(session, number)
    known = session.get(Identity, number)
    whole = text if known is None else f"{known.text}\n{text}"
    if not text.strip() or len(whole) > LONGEST:
        raise Refused(
            sentence("an identity is told in 1 to {most} characters", most=LONGEST),
            sentence("give it with --text-file"),
        )
    if known is None:
        session.add(Identity(case=number, day=today, text=whole))
    else:
        known.day, known.text, known.consent = today, whole, None


def of(session: Session, number: int) -> Identity:
    """Return who the author of a case is.

    Raises CaseRefused if there is no such case, or nobody knows; and as ``declarations.check``.
    """
    declarations.check(session, number)
    found = session.get(Identity, number)
    if found is None:
        raise CaseRefused(
            sentence("nothing is noted of who the author of case {number} is", number=number),
            sentence("if the author has said it, note it first: inbox identity set {number}", number=number),
        )
    return found


def passages(session: Session, number: int) -> list[str]:
    """Return what of it is to be left out of whatever leaves: each line; nothing if nothing is noted."""
    found = session.get(Identity, number)
    return [line.strip() for line in found.text.splitlines() if line.strip()] if found else []


def consent(session: Session, number: int, day: date | None, today: date) -> None:
    """Note the day on which the author allowed that the identity be passed on, None if that is taken back.

    Raises CaseRefused as ``of`` does, Refused for a day that is still to come.
    """
    if day is not None and day > today:
        raise Refused(
            sentence("{day} is still to come", day=day),
            sentence("give the day on which the author consented"),
        )
    of(session, number).consent = day
