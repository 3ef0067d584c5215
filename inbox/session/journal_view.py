"""The journal as values for JSON and as lines for a person."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from crypto.journal import Entry, Head
from crypto.printable import visible
from inbox.language.views import View
from inbox.session import action_words, journal
from inbox.session.actions import TABLE, Action, Actor, Code
from inbox.session.anchors import Checked
from inbox.session.inbox import Inbox
from inbox.session.journal import Line

# One text whatever the reason: see ``Line``.
_WITHHELD = "withheld: not every case is shown to all who are present"
_DAMAGED = "damaged; see: inbox journal verify"


def line(each: Line) -> str:
    """Return an entry on one line: number, day, officers, act, and what it was about."""
    if (entry := each.entry) is not None:
        told = f"{action_words.officers(entry.officers, 'en')}: {action(entry.action, entry)}"
    else:
        told = _DAMAGED if each.day is None else _WITHHELD
    return f"{each.n:>6}  {each.day or '????-??-??'}  {visible(told)}"


def reached(inbox: Inbox) -> int:
    """Return the number of the last entry of the journal, 0 before the first."""
    with inbox.vault.transaction() as session:
        return journal.head(session).n


def changes_by_others(inbox: Inbox, who: Actor, number: int, seen: int) -> list[Entry]:
    """Return what others did to a case since entry ``seen`` of the journal, reading aside, oldest first.

    Nothing of a case that is not there for those who act.
    """
    since = changes(inbox, who.officers, number, seen)
    return [each for each in since if not each.officers.keys() & who.present.keys()]


def changes(inbox: Inbox, officers: Sequence[str], number: int, seen: int) -> list[Entry]:
    """Return what was done to a case since entry ``seen`` of the journal, as these officers may see it.

    Reading is left out; without officers it is not for showing.
    """
    with inbox.vault.transaction(officers, quarantine=True) as session:
        since = [each for each in journal.of_case(session, number) if each.n > seen]
    return [each for each in since if not TABLE[Code(each.action)].reads]


def together(actions: Sequence[Action]) -> list[tuple[Action, list[int]]]:
    """Return what is done at once, each action once with the cases that it is done to, none of them twice."""
    found: list[tuple[Action, dict[int, None]]] = []
    for each in actions:
        # By how many officers it is done holds for all of it.
        bare = replace(each, case=None, least=1, why_two=None)
        cases = next((known for other, known in found if other == bare), None)
        if cases is None:
            cases = {}
            found.append((bare, cases))
        if each.case is not None:
            cases[each.case] = None
    return [(each, [*cases]) for each, cases in found]


def several(actions: Sequence[Action]) -> Iterator[str]:
    """Yield what is done at once, each action on a line with the cases that it is done to."""
    for each, cases in together(actions):
        yield _line(each.code, each, cases)


def action(code: str, told: Entry | Action) -> str:
    """Return an action on one line: its code, the case, what it is about, the reason."""
    return _line(code, told, [] if told.case is None else [told.case])


def _line(code: str, told: Entry | Action, cases: Sequence[int]) -> str:
    about = action_words.values(code, told.values, "en")
    which = "case" if len(cases) == 1 else "cases"
    return visible(
        " ".join(
            [
                code,
                *([f"{which} {', '.join(map(str, cases))}"] if cases else []),
                *([f"({about})"] if about else []),
                *([f"reason: {told.reason}"] if told.reason else []),
            ]
        )
    )


def line_view(each: Line) -> View:
    """Return an entry as a value for JSON; of one that is withheld number and day."""
    entry = each.entry
    return {"n": each.n, "day": each.day.isoformat() if each.day else None, "withheld": False} | (
        {"withheld": each.day is not None}
        if entry is None
        else {
            "officers": dict(entry.officers),
            "action": entry.action,
            "case": entry.case,
            "values": dict(entry.values),
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
