"""How long the keys of the inbox still serve, told while there is time to act."""

from datetime import date

from sqlalchemy.orm import Session

from inbox import keys, records

# So many days ahead, in these words.
_STEPS = ((7, "urgent: "), (14, "soon: "), (30, ""))
_ROTATE = "make the next ones: inbox keys rotate"
_EXPORT = "export the next card for the root's officers: inbox card --out FOLDER"
_CLOSED = "nobody can send a report or a follow-up; what was sealed before opens"


def warnings(session: Session, today: date) -> list[str]:
    """Return what ends within 30 days or has ended, with what no longer works from then on."""
    intake, reply = keys.ends(session)
    office = records.office(session)
    card = None if office.root_seed else office.card_until
    lost = "no outbox can be made: no reply, no status reaches a reporter"
    return [
        *_told("intake key", intake, today, f"{_CLOSED}; {_ROTATE}"),
        *_told("reply key", reply, today, f"{lost}; {_ROTATE}"),
        # A body whose next keys were made, but stand on no card yet.
        *(_told("key on our card", card, today, f"{_CLOSED}; {_EXPORT}") if card and card < intake else ()),
    ]


def _told(key: str, end: date, today: date, what: str) -> list[str]:
    left = (end - today).days
    if left < 0:
        return [f"the last {key} ended on {end}: {what}"]
    days = "today" if left == 0 else "tomorrow" if left == 1 else f"in {left} days, on {end}"
    return [
        f"{word}the last {key} ends {days}; after that day {what}" for step, word in _STEPS if left <= step
    ][:1]
