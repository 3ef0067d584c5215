"""The numbers of cases: each is given once, also where the inbox was put back from an older copy."""

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from inbox.language.errors import Refused
from inbox.language.messages import sentence
from inbox.vault.casework_tables import Setting
from inbox.vault.destroyed_tables import DestroyedCase
from inbox.vault.tables import Case

_LAST = "last-case"
# More than an inbox gives between two copies. Numbers never go back: one with a digit too many would leave no
# number for a new case that a command takes.
_MOST_LEFT_OUT = 1_000_000


def last(session: Session) -> int:
    """Return the highest case number given so far, also to one that was destroyed; 0 for none.

    A number that officers named counts as given: the lost inbox may have given those up to it.
    """
    named = session.scalar(select(Setting.value).filter_by(name=_LAST)) or "0"
    highest = (select(func.max(Case.number)), select(func.max(DestroyedCase.case)))
    return max(int(named), *(session.scalar(each) or 0 for each in highest))


def following(session: Session) -> int:
    """Return the number of the next case."""
    return last(session) + 1


def go_on_after(session: Session, number: int) -> None:
    """Let new cases have higher numbers than this one; Refused if a higher one was given, or none near it."""
    if number < (given := last(session)):
        raise Refused(
            sentence("numbers up to {given} are given already", given=given),
            sentence("name that one, or a higher"),
        )
    if number > given + _MOST_LEFT_OUT:
        raise Refused(
            sentence("no number above {given} was given so far", given=given),
            sentence("look at the number again: what is left out never comes back"),
        )
    session.merge(Setting(name=_LAST, value=str(number)))
