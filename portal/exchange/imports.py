"""Outbox bundles: each is verified completely, then applied in one transaction (SPEC 8.2)."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from sqlalchemy import Connection

from crypto import age, bundle, padding
from crypto.archive import Member
from crypto.bundle import KEYRING, KEYRING_SIGNATURE, NOTHING, Manifest, Outbox
from crypto.errors import CryptoError, Malformed
from crypto.keyring import Keyring
from crypto.signing import LARGEST_FILE
from portal import days, files
from portal.config import Settings
from portal.errors import Refused, why
from portal.exchange import keyrings
from portal.exchange.keyrings import Offered, Outcome
from portal.store import cases, intakes, outboxes
from portal.store.database import Database
from portal.store.expiry import Term
from portal.store.keyrings import lock

_SLOT = age.sealed_size(padding.SLOT)
_BLOCK = 256 << 10
_KEYRING_FILES = {KEYRING, KEYRING_SIGNATURE}
_COPY_AGAIN = (
    "nothing was changed; check that the bundle is meant for this portal; then copy the bundle again,"
    " or make it again with `inbox exchange outbox --again N`"
)


@dataclass(frozen=True, slots=True)
class Imported:
    """The result of an import.

    ``keyring`` is the keyring in the bundle, or None, because only the inbox with the root key sends a
    keyring. ``confirmed`` is the number of intake bundles confirmed, and ``left_out`` is the number of cases
    that belong to other channels.
    """

    outbox: Outbox
    keyring: Keyring | None
    outcome: Outcome
    confirmed: int = 0
    left_out: int = 0
    applied: bool = True


@dataclass(frozen=True, slots=True)
class _Verified:
    """An outbox bundle with every signature and digest checked."""

    path: Path
    manifest: Manifest
    outbox: Outbox
    offered: Offered | None


@dataclass(frozen=True, slots=True)
class _Terms:
    """The day and hour of the import, and how long confirmed envelopes and closed cases are then kept."""

    today: date
    hour: int
    collected: Term
    closed: Term

    @classmethod
    def of(cls, settings: Settings, today: date, hour: int) -> "_Terms":
        return cls(today, hour, Term(today, settings.collected_days), Term(today, settings.closed_days))


def import_outbox(
    database: Database, settings: Settings, path: Path, today: date, hour: Callable[[], int] = days.hour
) -> Imported:
    """Apply an outbox bundle. A bundle that was applied before changes nothing, and ``applied`` is False.

    Raises Refused and changes nothing if the bundle is not accepted. Call ``expire.tidy`` afterwards: it
    overwrites the envelopes that the inbox has confirmed.
    """
    with _explained(path):
        verified = _verify(database, settings, path)
        with database.write() as connection:
            lock(connection)
            return _apply(connection, verified, _Terms.of(settings, today, hour()))


def _verify(database: Database, settings: Settings, path: Path) -> _Verified:
    with _reading(path) as (manifest, members):
        # Perhaps the keyring at the end of the bundle is the only keyring that lists the signer's key. The
        # root key signed that keyring separately.
        head = bundle.outbox_head(manifest, settings.deployment_id)
        offered = _offered(members, settings)
    with database.read() as connection:
        present = keyrings.current(connection)
    signers = _signers(present, offered.keyring if offered else None, head.channel)
    outbox = bundle.open_outbox(manifest, settings.deployment_id, signers)
    if (offered and offered.keyring.serial) != (outbox.keyring and outbox.keyring.serial):
        raise Malformed("the keyring in the bundle is not the one that its manifest names")
    with _reading(path) as (_, members):
        for member in bundle.checked(members, outbox.files()):
            _content(member)
    return _Verified(path, manifest, outbox, offered)


@contextmanager
def _reading(path: Path) -> Iterator[tuple[Manifest, Iterator[Member]]]:
    with files.opened(path) as file:
        yield bundle.read(iter(lambda: file.read(_BLOCK), b""))


def _offered(members: Iterable[Member], settings: Settings) -> Offered | None:
    """Return the keyring among these files, or None. Slots are skipped."""
    parts = {each.name: _content(each) for each in members if each.name in _KEYRING_FILES}
    if not parts:
        return None
    if parts.keys() != _KEYRING_FILES:
        raise Malformed("bundle lacks a file that its manifest lists")
    return keyrings.check(parts[KEYRING], parts[KEYRING_SIGNATURE], settings)


def _signers(present: Keyring | None, offered: Keyring | None, channel: str) -> list[bytes]:
    # An older keyring may list a key that has since been removed, so only the keyring that will be in use
    # counts.
    is_older = present is not None and offered is not None and present.serial >= offered.serial
    newest = [present] if is_older else [present, offered]
    listed = [keyring.channel(channel) for keyring in newest if keyring]
    return [key.key for found in listed if found for key in found.reply_keys]


def _content(member: Member) -> bytes:
    if member.size > LARGEST_FILE:
        raise Malformed("bundle holds a file that is too large")
    content = b"".join(member.data)
    if member.name not in _KEYRING_FILES:
        if len(content) != _SLOT:
            raise Malformed("slot in the bundle has a wrong size")
        age.check_profile(content)
    return content


def _apply(connection: Connection, verified: _Verified, terms: _Terms) -> Imported:
    outbox, offered = verified.outbox, verified.offered
    keyring = offered.keyring if offered else None
    known = outboxes.applied(connection, outbox.channel, outbox.n)
    if known == verified.manifest.hash:
        return Imported(outbox, keyring, Outcome.KNOWN, applied=False)
    _check_chain(connection, outbox, known)
    outcome = keyrings.offer(connection, offered) if offered else Outcome.ABSENT
    confirmed = sum(
        intakes.confirm(connection, terms.hour, outbox.channel, link, terms.collected)
        for link in outbox.collected
    )
    foreign = _foreign(connection, outbox)
    _open_cases(connection, outbox, foreign, terms.today)
    _put_slots(connection, verified, foreign)
    # A case that stays closed keeps its expiry day, even if its slot is signed again.
    for case_id in {slot.case_id for slot in outbox.slots} - {*outbox.closed} - foreign:
        outboxes.reopen(connection, case_id)
    for case_id in set(outbox.closed) - foreign:
        outboxes.close(connection, case_id, terms.closed)
    outboxes.record(connection, outbox.channel, outbox.n, verified.manifest, terms.today)
    return Imported(outbox, keyring, outcome, confirmed, len(foreign))


def _check_chain(connection: Connection, outbox: Outbox, known: bytes | None) -> None:
    last = outboxes.last(connection, outbox.channel)
    name = f"outbox bundle {outbox.n} of {outbox.channel}"
    if known is not None:
        raise Refused(f"{name} was applied before with different content", _COPY_AGAIN)
    if last != NOTHING and outbox.n < last.n:
        raise Refused(
            f"{name} is older than the first bundle that this portal applied",
            "this bundle is no longer needed",
        )
    if outbox.n > last.n + 1 and not outboxes.may_skip(connection, outbox.channel, last):
        raise Refused(
            f"{name} cannot be applied before bundle {last.n + 1}",
            "import that bundle first; if it is lost, make it again at the inbox:"
            f" inbox exchange outbox --again {last.n + 1}",
        )
    if last != NOTHING and outbox.n == last.n + 1 and outbox.previous != last.hash:
        raise Refused(f"{name} does not follow bundle {last.n}, which was applied here", _COPY_AGAIN)


def _foreign(connection: Connection, outbox: Outbox) -> set[bytes]:
    """Return the cases in the bundle that belong to another channel, and that the bundle cannot change.

    Cases of another channel are skipped, and the rest of the bundle is applied. Otherwise, somebody who files
    one case with two channels could stop all answers of one channel.
    """
    named = {*(slot.case_id for slot in outbox.slots), *outbox.closed}
    return {case_id for case_id in named if outboxes.belongs_elsewhere(connection, outbox.channel, case_id)}


def _open_cases(connection: Connection, outbox: Outbox, foreign: set[bytes], today: date) -> None:
    for opened in outbox.opened or ():
        if opened.case_id not in foreign and not outboxes.withdrawn(connection, opened.case_id):
            cases.begin(connection, outbox.channel, opened, today, collected=True)


def _put_slots(connection: Connection, verified: _Verified, foreign: set[bytes]) -> None:
    """Store the slots. The file is read a second time for this, and is checked against the manifest again."""
    outbox = verified.outbox
    with _reading(verified.path) as (_, members):
        checked = bundle.checked(members, outbox.files())
        for slot in outbox.slots:
            content = _content(next(checked))
            if slot.case_id not in foreign and not outboxes.withdrawn(connection, slot.case_id):
                outboxes.put_slot(connection, outbox.channel, slot.case_id, content)


@contextmanager
def _explained(path: Path) -> Iterator[None]:
    try:
        yield
    except CryptoError as error:
        raise Refused(f"{path.name} refused: {error}", _COPY_AGAIN) from error
    except OSError as error:
        raise Refused(f"{path} was not read: {why(error)}", "name a bundle written by the inbox") from error
