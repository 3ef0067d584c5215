"""The inbox's only clock: the day that commands and desk pages take for today."""

from datetime import UTC, date, datetime


def today() -> date:
    """Return the day it is in UTC."""
    return datetime.now(UTC).date()
