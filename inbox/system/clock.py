"""The inbox's only clock: the current day for commands and desk pages, and the current minute for display."""

from datetime import UTC, date, datetime

from crypto.shape import FIRST_DAY, LAST_DAY
from inbox.language.errors import Refused
from inbox.language.messages import sentence


def today() -> date:
    """Return the current day in UTC. Raises Refused for a day that file formats cannot hold (SPEC 1.2)."""
    day = datetime.now(UTC).date()
    if not FIRST_DAY <= day <= LAST_DAY:
        raise Refused(
            sentence("the clock says {today}, which cannot be today's date", today=day),
            sentence("set the clock, then try again"),
        )
    return day


def minute() -> str:
    """Return the current day and minute in UTC, for display."""
    return f"{datetime.now(UTC):%Y-%m-%d %H:%M}"
