"""How long the keys of the inbox still serve, told while there is time to act."""

from datetime import date

from sqlalchemy.orm import Session

from inbox import records

# So many days ahead, in these words.
_STEPS = ((7, "urgent: "), (14, "soon: "), (30, ""))
_ASK = "ask the people who maintain the program for new keys"


def warnings(session: Session, today: date) -> list[str]:
    """Return what ends within 30 days or has ended, with what no longer works from then on."""
    intake = max(key.not_after for key in records.intake_keys(session))
    reply = max(key.not_after for key in records.reply_keys(session))
    return [
        *_told(
            "intake key",
            intake,
            today,
            "nobody can send a report or a follow-up; what was sealed before opens",
        ),
        *_told("reply key", reply, today, "no outbox can be made: no reply, no status reaches a reporter"),
    ]


def _told(key: str, end: date, today: date, lost: str) -> list[str]:
    left = (end - today).days
    if left < 0:
        return [f"the last {key} ended on {end}: {lost}; {_ASK}"]
    days = "today" if left == 0 else "tomorrow" if left == 1 else f"in {left} days, on {end}"
    return [
        f"{word}the last {key} ends {days}; after that day {lost}; {_ASK}"
        for step, word in _STEPS
        if left <= step
    ][:1]
