"""Who confirms an action at a page: officers who type their passphrases for it, and nothing keeps them.

The acting officer is one of them: a session that was left open must not let somebody else act for two. The
second one types at the same page, or has confirmed the very form in a session of their own. Either serves one
act: whatever else a request does is asked for by itself.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import g, request

from crypto.journal import Presence
from inbox.desk.fields.declaring import AS_OF
from inbox.desk.fields.declaring import FIELD as OF_PAGE
from inbox.desk.sessions.confirmations import ASKING, GOING_ON, Confirmation, Fields, may_be_asked
from inbox.session import journal_view
from inbox.session.actions import Action, Confirm
from inbox.session.inbox import Unlocked

FIELD = "passphrase-"
# The field of a form that tells it from every other, so that none is sent twice.
ONCE = "once"
# Fields of forms that are no words of an officer's own.
_OURS = ("csrf_token", "passphrase", AS_OF, OF_PAGE, ASKING, GOING_ON)


def written() -> list[tuple[str, str]]:
    """Return what an officer gave with a form, by field: it must not be lost."""
    return [(name, value) for name, value in request.form.items(multi=True) if value and _is_own(name)]


def fields() -> Fields:
    """Return all fields of a form that an officer fills in, empty ones too."""
    given = request.form.items(multi=True)
    return tuple((name, value) for name, value in given if name != ONCE and _is_own(name))


def _is_own(name: str) -> bool:
    return not name.startswith(_OURS)


def asking(opened: Unlocked, officer: str, asked: dict[str, Confirmation]) -> Confirm:
    """Return what confirms an action of an officer; ``asked`` are the confirmations they have asked for."""

    def ask(actions: Sequence[Action], needed: int) -> Mapping[str, Presence]:
        names = _names(opened, officer)
        is_first = not g.get("is_spent", False)
        spend()
        given = {name: request.form.get(FIELD + name, "") if is_first else "" for name in names}
        # A page has asked for them, whether anything was typed there or not.
        g.was_asked = is_first and any(FIELD + name in request.form for name in names)
        g.is_left_out = is_first and ASKING in request.form and not given[officer]
        g.actions, g.names, g.needed = actions, names, needed
        if is_first and (second := _second(opened, asked, actions)):
            return dict.fromkeys((officer, second), Presence.CONFIRMED)
        confirmed: list[str] = []
        for name in names:
            if given[name] and len(confirmed) < needed:
                opened.prove(name, given[name])
                confirmed.append(name)
        if [officer] == confirmed and needed > 1 and ASKING in request.form and may_be_asked(actions):
            reached = journal_view.reached(opened.inbox)
            wanted = Confirmation(officer, request.path, tuple(actions), fields(), reached, change())
            g.asked = asked[wanted.id] = wanted
        return dict.fromkeys(confirmed if officer in confirmed else (), Presence.CONFIRMED)

    return ask


@dataclass(frozen=True, slots=True)
class Signing:
    """Which ``officers`` may type their passphrases on the page itself of an act, and how many of them do."""

    officers: Sequence[str]
    needed: int


def signing(opened: Unlocked, officer: str, taken: int) -> Signing:
    """Return who types a passphrase for an act of an officer that takes so many; nobody if it takes one."""
    return Signing(_names(opened, officer) if taken > 1 else (), opened.inbox.needed(taken))


def _names(opened: Unlocked, officer: str) -> Sequence[str]:
    """Return who may confirm what an officer does, that one first."""
    return [officer, *(name for name in opened.sealed if name != officer)]


def change() -> Mapping[str, Any]:
    """Return which template shows what is confirmed instead of its fields, "" for none, and its values."""
    found: Mapping[str, Any] = g.get("change", {"change": ""})
    return found


def spend() -> None:
    """Let what came with this request confirm nothing that is asked for from now on."""
    g.is_spent = True


def _second(opened: Unlocked, asked: dict[str, Confirmation], actions: Sequence[Action]) -> str:
    """Return who has confirmed this very form, which counts once; nobody without.

    Nor does it count once something was done to the case: that was not there to be seen.
    """
    found = asked.get(request.form.get(GOING_ON, ""))
    if found is None or not found.confirmed_by or not found.covers(request.path, actions, fields()):
        return ""
    del asked[found.id]
    moved = (journal_view.changes(opened.inbox, (), each, found.as_of) for each in found.cases)
    return "" if any(moved) else found.confirmed_by
