"""Days as the database counts them: since 1970-01-01, UTC (SPEC 1.2)."""

from datetime import UTC, date, datetime, timedelta

_FIRST = date(1970, 1, 1)


def now() -> datetime:
    """Return the current moment in UTC. This moment is never stored."""
    return datetime.now(UTC)


def today() -> date:
    """Return today's date in UTC."""
    return now().date()


def seconds() -> float:
    """Return the seconds since 1970-01-01, UTC. This number is never stored."""
    return now().timestamp()


def hour() -> int:
    """Return the number of whole hours since 1970-01-01, UTC. This number is never stored (SPEC 7.6)."""
    return int(seconds()) // 3_600


def number(day: date) -> int:
    """Return the number of days since 1970-01-01."""
    return (day - _FIRST).days


def day(count: int) -> date:
    """Return the date that is ``count`` days after 1970-01-01."""
    return _FIRST + timedelta(days=count)


def day_of(hour: int) -> date:
    """Return the date of an hour, given as the number of hours since 1970-01-01."""
    return day(hour // 24)
