"""Case numbers. No number is given twice, even after the inbox was restored from an older copy."""

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from inbox.language.errors import Refused
from inbox.language.messages import sentence
from inbox.vault.casework_tables import Setting
from inbox.vault.destroyed_tables import DestroyedCase
from inbox.vault.tables import Case

_LAST = "last-case"
# Between two backups, an inbox assigns fewer numbers than this limit. The limit catches a typing error such
# as an extra digit. Numbers never decrease, so after such an error new cases would get numbers that commands
# do not accept.
_MOST_LEFT_OUT = 1_000_000


def last(session: Session) -> int:
    """Return the highest case number given so far, even to a destroyed case; 0 before the first case.

    A number that officers set with ``go_on_after`` counts as given, because the lost inbox may have given it.
    """
    named = session.scalar(select(Setting.value).filter_by(name=_LAST)) or "0"
    highest = (select(func.max(Case.number)), select(func.max(DestroyedCase.case)))
    return max(int(named), *(session.scalar(each) or 0 for each in highest))


def following(session: Session) -> int:
    """Return the number of the next case."""
    return last(session) + 1


def go_on_after(session: Session, number: int) -> None:
    """Give new cases numbers higher than ``number``.

    Raises Refused if a higher number was given already, or if the last given number is far below ``number``.
    """
    if number < (given := last(session)):
        raise Refused(
            sentence("case numbers up to {given} are already taken", given=given),
            sentence("give {given} or a higher number", given=given),
        )
    if number > given + _MOST_LEFT_OUT:
        raise Refused(
            sentence("the highest number so far is {given}", given=given),
            sentence("check the number: numbers that you skip are never used later"),
        )
    session.merge(Setting(name=_LAST, value=str(number)))
