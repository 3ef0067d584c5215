"""The list of keys, each with its first and last day and its state."""

from collections.abc import Iterator
from datetime import date
from enum import StrEnum

from sqlalchemy.orm import Session

from crypto import base64url
from inbox.keys.destruction import destroyable_from, is_awaited, is_useless
from inbox.language import labels
from inbox.language.labels import Labelled
from inbox.language.views import View
from inbox.vault import queries_office
from inbox.vault.tables import IntakeKey, ReplyKey


class State(StrEnum):
    """The state of a key. The names of the states are in labels.toml; some contain a day."""

    NEXT = "next"
    VALID = "valid"
    PAST = "past"
    AWAITED = "awaited"
    DESTROYABLE = "destroyable"
    WITHDRAWN = "withdrawn"
    DESTROYED = "destroyed"


def listing(session: Session, today: date) -> list[View]:
    """Return a view of every key this inbox has or had: intake keys, then reply keys, oldest first."""
    intake = [
        _view("intake", key, *_intake(session, key, today)) for key in queries_office.intake_keys(session)
    ]
    return intake + [_view("reply", key, *_reply(key, today)) for key in queries_office.reply_keys(session)]


def rendered(keys: list[View]) -> Iterator[str]:
    """Yield a line for each key."""
    for key in keys:
        yield f"{key['kind']:<6}  {key['id']}  {key['not_before']} to {key['not_after']}  {state(key)}"


def state(key: View) -> Labelled:
    """Return the state of a key in words, in each language; its day has the format of that language."""
    return labels.said("key_state", key["state"], day=date.fromisoformat(key["day"]) if key["day"] else None)


def _intake(session: Session, key: IntakeKey, today: date) -> tuple[State, date | None]:
    if key.destroyed is not None:
        return State.DESTROYED, key.destroyed
    if (begun := _begun(key, today)) is not None:
        return begun
    if today < destroyable_from(key):
        return State.PAST, destroyable_from(key)
    return (State.AWAITED, destroyable_from(key)) if is_awaited(session, key) else (State.DESTROYABLE, None)


def _reply(key: ReplyKey, today: date) -> tuple[State, date | None]:
    if key.destroyed is not None:
        return State.DESTROYED, key.destroyed
    if is_useless(key, today):
        return State.DESTROYABLE, None
    return _begun(key, today) or (State.VALID, None)


def _begun(key: IntakeKey | ReplyKey, today: date) -> tuple[State, date | None] | None:
    """Return the state of a key, or None if the key has expired."""
    if key.not_after < today:
        return None
    if key.withdrawn is not None:
        return State.WITHDRAWN, key.withdrawn
    return (State.NEXT, None) if today < key.not_before else (State.VALID, None)


def plain(key: IntakeKey | ReplyKey) -> View:
    """Return the view of a key without its state."""
    return {
        "id": base64url.encode(key.id),
        "not_before": key.not_before.isoformat(),
        "not_after": key.not_after.isoformat(),
    }


def _view(kind: str, key: IntakeKey | ReplyKey, state: str, day: date | None) -> View:
    return {"kind": kind, **plain(key), "state": state, "day": day.isoformat() if day else None}
