"""The journal as JSON values and as lines of text."""

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

# This text is the same for every reason, as ``Line`` explains.
_WITHHELD = "withheld: this case is not shown to every signed-in officer"
_DAMAGED = "damaged; see: inbox journal verify"


def line(each: Line) -> str:
    """Return an entry on one line: number, day, officers, action and its values."""
    if (entry := each.entry) is not None:
        text = f"{action_words.officers(entry.officers, 'en')}: {action(entry.action, entry)}"
    else:
        text = _DAMAGED if each.day is None else _WITHHELD
    return f"{each.n:>6}  {each.day or '????-??-??'}  {visible(text)}"


def reached(inbox: Inbox) -> int:
    """Return the number of the last entry of the journal, or 0 for an empty journal."""
    with inbox.vault.transaction() as session:
        return journal.head(session).n


def changes_by_others(inbox: Inbox, who: Actor, number: int, seen: int) -> list[Entry]:
    """Return what other officers changed in a case since entry ``seen``, oldest first.

    The result is empty for a case that the acting officers may not see.
    """
    since = changes(inbox, who.officers, number, seen)
    return [each for each in since if not each.officers.keys() & who.present.keys()]


def changes(inbox: Inbox, officers: Sequence[str], number: int, seen: int) -> list[Entry]:
    """Return the changes to a case since entry ``seen``, limited to what these officers may see.

    If no officers are given, do not display the result.
    """
    with inbox.vault.transaction(officers) as session:
        since = [each for each in journal.of_case(session, number) if each.n > seen]
    return [each for each in since if not TABLE[Code(each.action)].reads]


def together(actions: Sequence[Action]) -> list[tuple[Action, list[int]]]:
    """Group actions taken together: return each different action with its cases, without duplicates."""
    found: list[tuple[Action, dict[int, None]]] = []
    for each in actions:
        # Actions that are taken together require the same number of officers.
        bare = replace(each, case=None, officers=each.rule.officers, why_two=None)
        cases = next((known for other, known in found if other == bare), None)
        if cases is None:
            cases = {}
            found.append((bare, cases))
        if each.case is not None:
            cases[each.case] = None
    return [(each, [*cases]) for each, cases in found]


def several(actions: Sequence[Action]) -> Iterator[str]:
    """Yield a line for each of several actions taken together, with its cases."""
    for each, cases in together(actions):
        yield _line(each.code, each, cases)


def action(code: str, done: Entry | Action) -> str:
    """Return an action on one line: its code, case, values and reason."""
    return _line(code, done, [] if done.case is None else [done.case])


def _line(code: str, done: Entry | Action, cases: Sequence[int]) -> str:
    about = action_words.values(code, done.values, "en")
    which = "case" if len(cases) == 1 else "cases"
    return visible(
        " ".join(
            [
                code,
                *([f"{which} {', '.join(map(str, cases))}"] if cases else []),
                *([f"({about})"] if about else []),
                *([f"reason: {done.reason}"] if done.reason else []),
            ]
        )
    )


def line_view(each: Line) -> View:
    """Return an entry as a JSON value; for a withheld entry, only its number and day."""
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
    """Return the line that officers write down and compare."""
    return f"journal: entry {found.n}, {found.fingerprint}"


def head_view(found: Head) -> View:
    """Return the head as a JSON value."""
    return {"n": found.n, "fingerprint": found.fingerprint}


def checked(found: Checked) -> Iterator[str]:
    """Yield lines that say what was verified."""
    yield f"the journal is intact: {found.head.n} entries"
    if found.outboxes:
        yield f"portal outboxes that it agrees with: {found.outboxes}, up to entry {found.anchored}"
    yield head(found.head)


def checked_view(found: Checked) -> View:
    """Return a JSON value that states what was verified."""
    compared = {"outboxes": found.outboxes, "anchored": found.anchored}
    return {"head": head_view(found.head)} | compared | {"warnings": found.warnings}
