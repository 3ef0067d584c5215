"""The inbox's only clock: the day that commands and desk pages take for today, and the minute for people."""

from datetime import UTC, date, datetime

from crypto.shape import FIRST_DAY, LAST_DAY
from inbox.language.errors import Refused
from inbox.language.messages import sentence


def today() -> date:
    """Return the day it is in UTC; Refused if it is one that no file of ours can hold (SPEC 1.2)."""
    day = datetime.now(UTC).date()
    if not FIRST_DAY <= day <= LAST_DAY:
        raise Refused(
            sentence("the clock says {today}", today=day), sentence("set the clock, then try again")
        )
    return day


def minute() -> str:
    """Return the day and the minute that it is in UTC, for people who want to know since when."""
    return f"{datetime.now(UTC):%Y-%m-%d %H:%M}"
