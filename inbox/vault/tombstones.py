"""Tombstones: recognise late messages to destroyed cases, without keeping any data of these cases.

A tombstone is the hash of a case id, of a follow-up id, or of an envelope. These values are random, so nobody
can guess them. Anyone who already has one of the hashed values, such as an old portal, can learn that the
case existed here.
"""

import hashlib
from collections.abc import Iterable

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from inbox.vault import queries_cases, queries_office
from inbox.vault.destroyed_tables import Tombstone
from inbox.vault.tables import Case

_LABEL = b"fanal/1/gone\0"


class Tombstones:
    """All tombstones, loaded once for many look-ups."""

    def __init__(self, session: Session) -> None:
        self._values = set(session.scalars(select(Tombstone.value)))

    def has(self, known_by: bytes | None) -> bool:
        """Return whether this id or hash belonged to a destroyed case."""
        return known_by is not None and _hash(known_by) in self._values


def remember(session: Session, case: Case) -> None:
    """Store the tombstones that will recognise late messages to this case."""
    key = _key_of(session, case)
    ids = [each.id for each in queries_cases.follow_ups(session, case.number)]
    known_by = [each for each in (case.case_id, case.envelope, *ids) if each is not None]
    session.add_all(Tombstone(value=_hash(each), key=key) for each in known_by)


def forget(session: Session, keys: Iterable[bytes]) -> None:
    """Delete the tombstones of destroyed intake keys, because their messages can no longer be opened."""
    session.execute(delete(Tombstone).where(Tombstone.key.in_(list(keys))))


def _key_of(session: Session, case: Case) -> bytes:
    """Return the newest intake key that was in use when the report arrived.

    Return the first key if the report is older than all keys.
    """
    known = queries_office.intake_keys(session)
    begun = [key for key in known if key.not_before <= case.received]
    return (begun[-1] if begun else known[0]).id


def _hash(known_by: bytes) -> bytes:
    return hashlib.sha256(_LABEL + known_by).digest()
