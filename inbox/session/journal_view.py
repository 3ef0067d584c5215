"""The journal as values for JSON and as lines for a person."""

from collections.abc import Iterator

from crypto.journal import Entry, Head
from inbox.language.views import View
from inbox.session.actions import Deed
from inbox.session.anchors import Checked
from inbox.session.journal import Line
from inbox.system.terminal import visible

_WITHHELD = "withheld: about a case that is kept from somebody present"
_DAMAGED = "damaged; see: inbox journal verify"


def line(each: Line) -> str:
    """Return an entry on one line: number, day, officers, act, and what it was about."""
    if each.entry is not None:
        told = " ".join([f"{', '.join(each.entry.officers)}:", each.entry.act, *_of(each.entry)])
    else:
        told = _DAMAGED if each.day is None else _WITHHELD
    return f"{each.n:>6}  {each.day or '????-??-??'}  {visible(told)}"


def deed(each: Deed) -> str:
    """Return on one line what is to be done, as the journal will note it."""
    return visible(" ".join([each.act, *_of(each)]))


def line_view(each: Line) -> View:
    """Return an entry as a value for JSON; of one that is withheld number and day."""
    entry = each.entry
    return {"n": each.n, "day": each.day.isoformat() if each.day else None, "withheld": False} | (
        {"withheld": each.day is not None}
        if entry is None
        else {
            "officers": list(entry.officers),
            "act": entry.act,
            "case": entry.case,
            "about": entry.about,
            "reason": entry.reason,
        }
    )


def head(found: Head) -> str:
    """Return the line that people write down and compare."""
    return f"journal: entry {found.n}, {found.fingerprint}"


def head_view(found: Head) -> View:
    """Return the head as a value for JSON."""
    return {"n": found.n, "fingerprint": found.fingerprint}


def checked(found: Checked) -> Iterator[str]:
    """Yield what was verified."""
    yield f"the journal holds: {found.head.n} entries"
    if found.outboxes:
        yield f"outboxes of the portal that it agrees with: {found.outboxes}, up to entry {found.anchored}"
    yield head(found.head)


def checked_view(found: Checked) -> View:
    """Return what was verified as a value for JSON."""
    compared = {"outboxes": found.outboxes, "anchored": found.anchored}
    return {"head": head_view(found.head)} | compared | {"warnings": found.warnings}


def _of(entry: Entry | Deed) -> Iterator[str]:
    if entry.case is not None:
        yield f"case {entry.case}"
    if entry.about:
        yield f"({entry.about})"
    if entry.reason:
        yield f"reason: {entry.reason}"
