"""By what the inbox knows again what belongs to a case that was destroyed, without keeping any of it.

Case ids, follow-up ids and hashes of envelopes are all random to whoever does not have them: of their hashes
nothing can be guessed. Who has them already, as an old portal may, learns that the case was here.
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
    """What was destroyed, asked once for many."""

    def __init__(self, session: Session) -> None:
        self._values = set(session.scalars(select(Tombstone.value)))

    def has(self, known_by: bytes | None) -> bool:
        """Tell whether this id or hash belonged to a case that was destroyed."""
        return known_by is not None and _hash(known_by) in self._values


def remember(session: Session, case: Case) -> None:
    """Keep the hashes by which what belongs to a case will be known again."""
    key = _key_of(session, case)
    ids = [each.id for each in queries_cases.follow_ups(session, case.number)]
    known_by = [each for each in (case.case_id, case.envelope, *ids) if each is not None]
    session.add_all(Tombstone(value=_hash(each), key=key) for each in known_by)


def forget(session: Session, keys: Iterable[bytes]) -> None:
    """Forget what could come again only under intake keys that are destroyed."""
    session.execute(delete(Tombstone).where(Tombstone.key.in_(list(keys))))


def _key_of(session: Session, case: Case) -> bytes:
    """Return the newest intake key that was in use when the report came.

    A letter may have come before any of them: then it is the first.
    """
    known = queries_office.intake_keys(session)
    begun = [key for key in known if key.not_before <= case.received]
    return (begun[-1] if begun else known[0]).id


def _hash(known_by: bytes) -> bytes:
    return hashlib.sha256(_LABEL + known_by).digest()
