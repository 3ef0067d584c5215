"""Destroy keys: remove secrets from the key store and the vault once nothing needs them (SPEC 9.2)."""

from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy.orm import Session

from crypto.journal import Value
from inbox.keys import key_store, rotation
from inbox.language.errors import Refused
from inbox.language.messages import sentence
from inbox.system.home import Home, keystore_name
from inbox.vault import queries_exchange, queries_office, tombstones
from inbox.vault.tables import IntakeKey, KeyStoreKey, ReplyKey

GRACE = timedelta(days=30)
_DAY = timedelta(days=1)
# A journal entry has room for a few dozen key names at most.
_NAMED = 10


@dataclass(frozen=True, slots=True)
class Backups:
    """The old key stores that still hold destroyed keys: generations ``first`` to ``last``, inclusive."""

    first: int
    last: int

    @property
    def names(self) -> list[str]:
        """The file names of these key stores."""
        return [keystore_name(n) for n in range(self.first, self.last + 1)]


@dataclass(frozen=True, slots=True)
class Plan:
    """The keys that can be destroyed, and the old key stores that would still hold them.

    ``awaited`` are expired intake keys to which reports at the portal may still be sealed.
    """

    intake: tuple[IntakeKey, ...]
    reply: tuple[ReplyKey, ...]
    awaited: tuple[IntakeKey, ...]
    backups: Backups | None

    @property
    def ids(self) -> list[bytes]:
        """The ids of the keys that can be destroyed."""
        return [*(key.id for key in self.intake), *(key.id for key in self.reply)]

    @property
    def noted(self) -> dict[str, Value | None]:
        """The fields of the journal entry. They also name the old key stores that still hold these keys."""
        ids = self.ids
        copies = self.backups.names if self.backups else []
        return {
            "keys": tuple(map(rotation.name, ids[:_NAMED])),
            "more": max(len(ids) - _NAMED, 0) or None,
            "first_keystore": copies[0] if copies else None,
            "last_keystore": copies[-1] if copies else None,
        }


def destroyable_from(key: IntakeKey) -> date:
    """Return the first day on which an intake key may be destroyed."""
    return key.not_after + GRACE + _DAY


def is_awaited(session: Session, key: IntakeKey) -> bool:
    """Return whether reports sealed to the key may still be at the portal.

    Take a bundle that the current portal exported after the key's last day and the grace period. Once we have
    collected such a bundle, the portal has no more reports sealed to the key. An export dated in the future
    proves nothing.
    """
    pinned = queries_exchange.pinned_instance(session)
    last = queries_exchange.last_intake(session, pinned.key) if pinned else None
    return last is None or min(last.exported, last.collected) < destroyable_from(key)


def is_useless(key: ReplyKey, today: date) -> bool:
    """Return whether a reply key must no longer sign anything."""
    return key.not_after < today or key.withdrawn is not None


def plan(session: Session, today: date) -> Plan:
    """Return what can be destroyed today; raise Refused, with the reason, if nothing can be destroyed."""
    held = [key for key in queries_office.intake_keys(session) if key.destroyed is None]
    past = [key for key in held if destroyable_from(key) <= today]
    awaited = [key for key in past if is_awaited(session, key)]
    intake = [key for key in past if key not in awaited]
    reply = [key for key in queries_office.reply_keys(session) if key.seed and is_useless(key, today)]
    if intake or reply:
        return Plan(tuple(intake), tuple(reply), tuple(awaited), _backups(session, intake))
    if awaited:
        raise Refused(
            sentence("reports sealed to an expired key may still be waiting at the portal"),
            sentence(
                "collect a bundle exported on {day} or later, then try again",
                day=destroyable_from(awaited[0]),
            ),
        )
    first = min(map(destroyable_from, held), default=None)
    raise Refused(
        sentence("no key can be destroyed before {day}", day=first)
        if first
        else sentence("there is no key left to destroy"),
        sentence("see the state of each key: inbox key list"),
    )


def destroy(home: Home, session: Session, planned: Plan, today: date) -> None:
    """Write the key store without these keys, under a fresh key, and delete the seeds of the reply keys.

    The change takes effect when ``session`` commits. Call ``key_store.sweep`` afterwards to delete the older
    key store.
    """
    if planned.intake:
        ids = {key.id for key in planned.intake}
        key_store.save(home, session, key_store.load(home, session).without_intake(ids))
    for key_id in [key.id for key in planned.intake]:
        session.get_one(IntakeKey, key_id).destroyed = today
    tombstones.forget(session, [key.id for key in planned.intake])
    for key_id in [key.id for key in planned.reply]:
        row = session.get_one(ReplyKey, key_id)
        row.seed, row.destroyed = None, today
    session.flush()


def _backups(session: Session, intake: list[IntakeKey]) -> Backups | None:
    if not intake:
        return None
    present = session.get_one(KeyStoreKey, 1).generation
    return Backups(min(key.generation for key in intake), present)
