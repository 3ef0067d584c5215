"""Officers confirm an action on a page with their passphrases, and the passphrases are not kept.

The acting officer must be one of the confirming officers, so that two others cannot act in an unattended
session. The second officer types their passphrase on the same page, or has confirmed the same form in their
own session. Each passphrase or form confirms only one action: every other action of the request needs its own
confirmation.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import g, request

from crypto.journal import Presence
from inbox.access import declarations
from inbox.desk.fields.declaring import AS_OF
from inbox.desk.fields.declaring import FIELD as OF_PAGE
from inbox.desk.sessions.confirmations import ASKING, GOING_ON, Confirmation, Fields, may_be_asked
from inbox.session import journal_view
from inbox.session.actions import Action, Actor, Confirm
from inbox.session.inbox import Unlocked
from inbox.system.clock import today
from inbox.vault import queries_access

FIELD = "passphrase-"
# The checkbox, next to an officer's passphrase, that declares no conflict of interest in the cases.
DECLARED = "passphrase_declared-"
# The form field with a unique value, which prevents the same form from being processed twice.
ONCE = "once"
# Form fields that are not an officer's own input.
_OURS = ("csrf_token", "passphrase", AS_OF, OF_PAGE, ASKING, GOING_ON)


def written() -> list[tuple[str, str]]:
    """Return the officer's input in a form, by field, so that it is not lost."""
    return [(name, value) for name, value in request.form.items(multi=True) if value and _is_own(name)]


def fields() -> Fields:
    """Return all fields that an officer fills in, including empty fields."""
    given = request.form.items(multi=True)
    return tuple((name, value) for name, value in given if name != ONCE and _is_own(name))


def _is_own(name: str) -> bool:
    return not name.startswith(_OURS)


def asking(opened: Unlocked, officer: str, asked: dict[str, Confirmation]) -> Confirm:
    """Return the function that confirms an officer's actions.

    ``asked`` are the requests of this ``officer``.
    """

    def ask(actions: Sequence[Action], needed: int) -> Mapping[str, Presence]:
        names = _names(opened, officer, {each.case for each in actions})
        is_first = not g.get("is_spent", False)
        spend()
        given = {name: request.form.get(FIELD + name, "") if is_first else "" for name in names}
        # Even an empty field shows that the page asked for passphrases.
        g.was_asked = is_first and any(FIELD + name in request.form for name in names)
        g.is_left_out = is_first and ASKING in request.form and not given[officer]
        g.actions, g.names, g.needed = actions, names, needed
        g.undeclared = lacking = _lacking(opened, names, actions)
        if is_first and (second := _second(opened, asked, actions)):
            return dict.fromkeys((officer, second), Presence.CONFIRMED)
        confirmed: list[str] = []
        for name in names:
            if given[name] and len(confirmed) < needed:
                opened.prove(name, given[name])
                confirmed.append(name)
                if name in lacking and DECLARED + name in request.form:
                    declarations.declare(opened.inbox, _alone(opened, name), lacking[name])
        if [officer] == confirmed and needed > 1 and ASKING in request.form and may_be_asked(actions):
            reached = journal_view.reached(opened.inbox)
            wanted = Confirmation(officer, request.path, tuple(actions), fields(), reached, change())
            g.asked = asked[wanted.id] = wanted
        return dict.fromkeys(confirmed if officer in confirmed else (), Presence.CONFIRMED)

    return ask


@dataclass(frozen=True, slots=True)
class Signing:
    """The ``officers`` who may type their passphrases on the page of an action, and how many are needed.

    ``undeclared`` officers must still declare the case.
    """

    officers: Sequence[str]
    needed: int
    undeclared: Collection[str] = ()


def signing(opened: Unlocked, officer: str, case: int, taken: int) -> Signing:
    """Return the officers who may type passphrases for an action on a case; [] if one officer is enough."""
    names = _names(opened, officer, {case}) if taken > 1 else ()
    return Signing(names, opened.inbox.needed(taken), _undeclared(opened, names, [case]))


def _names(opened: Unlocked, officer: str, cases: Collection[int | None]) -> Sequence[str]:
    """Return the actor, then all other officers who are not excluded from these cases and so may confirm."""
    with opened.inbox.vault.transaction() as session:
        kept = {each.officer for each in queries_access.exclusions(session) if each.case in cases}
    return [officer, *(name for name in opened.sealed if name != officer and name not in kept)]


def _lacking(
    opened: Unlocked, names: Sequence[str], actions: Sequence[Action]
) -> Mapping[str, Sequence[int]]:
    """Return, for each officer, the cases of these actions that this officer must still declare."""
    needing = (each for each in actions if not each.rule.undeclared and not each.rule.all_cases)
    return _undeclared(opened, names, [each.case for each in needing if each.case is not None])


def _undeclared(opened: Unlocked, names: Sequence[str], cases: Sequence[int]) -> Mapping[str, Sequence[int]]:
    found = {name: declarations.to_declare(opened.inbox, _alone(opened, name), cases) for name in names}
    return {name: numbers for name, numbers in found.items() if numbers}


def _alone(opened: Unlocked, name: str) -> Actor:
    """Return an officer as the only actor."""
    return Actor(opened.signed_in(name), today(), lambda _actions, _needed: {})


def change() -> Mapping[str, Any]:
    """Return the values of a page that shows changes; ``change`` is its template, "" without changes."""
    found: Mapping[str, Any] = g.get("change", {"change": ""})
    return found


def spend() -> None:
    """Prevent the passphrases of this request from confirming any further action."""
    g.is_spent = True


def _second(opened: Unlocked, asked: dict[str, Confirmation], actions: Sequence[Action]) -> str:
    """Return the officer who has confirmed exactly this form, or "". Each confirmation counts only once.

    If the case was changed later, the confirmation does not count, because the officer could not have seen
    the change.
    """
    found = asked.get(request.form.get(GOING_ON, ""))
    if found is None or not found.confirmed_by or not found.covers(request.path, actions, fields()):
        return ""
    del asked[found.id]
    moved = (journal_view.changes(opened.inbox, (), each, found.as_of) for each in found.cases)
    return "" if any(moved) else found.confirmed_by
