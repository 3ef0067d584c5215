"""How pressing a deadline is, in words and in order: the same for the command line and the desk."""

from datetime import date

from inbox.language.messages import Sentence, sentence


def said(day: date, today: date) -> Sentence:
    """Return in words how far a day is on which something is due that nobody has done."""
    left = (day - today).days
    match left:
        case -1:
            return sentence("overdue by 1 day")
        case 0:
            return sentence("today")
        case 1:
            return sentence("tomorrow")
        case _ if left < 0:
            return sentence("overdue by {days} days", days=-left)
        case _:
            return sentence("in {days} days", days=left)


def place(day: date, *, waits: bool) -> tuple[bool, date]:
    """Return a key that sorts deadlines: first those that still wait, by day, then those that are over."""
    return not waits, day
