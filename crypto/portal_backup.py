"""The backup of a portal: everything except reports, padded to one of a few sizes (SPEC 8.6)."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import Any

from crypto import bundle, exercise, memo, shape, signing
from crypto.archive import Member
from crypto.bundle import KEYRING, KEYRING_SIGNATURE, Manifest
from crypto.errors import Malformed
from crypto.messages import CHANNEL, LONGEST_CHANNEL
from crypto.shape import Shape, binary, integer, list_of, optional, record, text
from crypto.signing import Label

SMALLEST = 4 << 20
_STEP = 4
# The largest manifest that is read, in bytes; a manifest for 250,000 cases needs less.
LARGEST_MANIFEST = 128 << 20
_MOST = 250_000
_ZEROS = bytes(1 << 20)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outbox:
    """An outbox that the portal applied: its number, H of its manifest, the signature, and the import day."""

    channel: str
    n: int
    hash: bytes
    signature: bytes
    day: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A case whose report the inbox has confirmed.

    ``memo``, ``withdraw_id`` and ``day`` are None if only a slot was imported. ``expires`` is None for an
    open case. ``slot`` is H of the slot, or None if the case has no slot.
    """

    case_id: bytes
    channel: str
    memo: bytes | None = None
    withdraw_id: bytes | None = None
    day: date | None = None
    expires: date | None = None
    slot: bytes | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Withdrawal:
    """A withdrawal that waits for the inbox."""

    case_id: bytes
    withdraw_key: bytes
    channel: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """The beginning of the manifest: every field before its lists."""

    deployment: bytes
    instance_key: bytes
    made: date
    keyring: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Backup(Head):
    """The manifest of a backup. ``instance_key`` signed it; ``keyring`` is H of keyring.json."""

    outboxes: tuple[Outbox, ...]
    cases: tuple[Case, ...]
    withdrawn: tuple[Withdrawal, ...]

    def files(self) -> list[tuple[str, bytes | None]]:
        """Return the name and hash of each file that follows the manifest, in order.

        The manifest has no hash of the keyring's signature, because the root key verifies that signature.
        """
        outboxes = [(outbox_name(each.channel, each.n), each.hash) for each in self.outboxes]
        slots = [(bundle.slot_name(each.case_id), each.slot) for each in self.cases if each.slot]
        return [(KEYRING, self.keyring), (KEYRING_SIGNATURE, None), *outboxes, *slots]


_CHANNEL: Shape[str] = text(LONGEST_CHANNEL, CHANNEL)
_OUTBOX = record(
    Outbox,
    {
        "channel": _CHANNEL,
        "n": integer(1),
        "hash": binary(32),
        "signature": binary(signing.SIGNATURE),
        "day": shape.day,
    },
)
_CASE = record(
    Case,
    {
        "case_id": binary(32),
        "channel": _CHANNEL,
        "memo": optional(binary(memo.SIZE)),
        "withdraw_id": optional(binary(32)),
        "day": optional(shape.day),
        "expires": optional(shape.day),
        "slot": optional(binary(32)),
    },
)
_WITHDRAWAL = record(Withdrawal, {"case_id": binary(32), "withdraw_key": binary(32), "channel": _CHANNEL})
_BEGIN: dict[str, Shape[Any]] = {
    "deployment": binary(signing.DEPLOYMENT),
    "instance_key": binary(signing.PUBLIC),
    "made": shape.day,
    "keyring": binary(32),
}
_HEAD = record(Head, _BEGIN, kind="portal-backup")
BACKUP = record(
    Backup,
    {
        **_BEGIN,
        "outboxes": list_of(_OUTBOX, _MOST),
        "cases": list_of(_CASE, _MOST),
        "withdrawn": list_of(_WITHDRAWAL, _MOST),
    },
    kind="portal-backup",
)


def outbox_name(channel: str, n: int) -> str:
    """Return the name of an outbox manifest inside a backup."""
    return f"outboxes/{channel}-{n}.json"


def sign(backup: Backup, instance_seed: bytes) -> Manifest:
    """Return the signed manifest of a backup."""
    raw = BACKUP.encode(backup)
    return Manifest(raw, signing.sign(Label.PORTAL_BACKUP, backup.deployment, raw, instance_seed))


def open_backup(manifest: Manifest, deployment: bytes) -> Backup:
    """Return the manifest if the instance key named in the manifest signed it for this deployment.

    The caller must compare the fingerprint of this key with the known fingerprint. Raise Malformed or
    Tampered.
    """
    head = bundle.begin(_HEAD, manifest.raw, "outboxes")
    exercise.check_deployment(head.deployment, deployment, "backup")
    signing.verify(Label.PORTAL_BACKUP, deployment, manifest.raw, manifest.signature, head.instance_key)
    backup = BACKUP.parse(manifest.raw)
    _check_order([(each.channel, each.n) for each in backup.outboxes])
    _check_order([each.case_id for each in backup.cases])
    _check_order([(each.case_id, each.withdraw_key) for each in backup.withdrawn])
    return backup


def write(manifest: Manifest, files: Iterable[Member], size: int) -> Iterator[bytes]:
    """Yield the plaintext of a backup: manifest, signature, ``files``, and zeros up to the padded size.

    ``size`` is the size in bytes without the zeros (``bundle.size``).
    """
    yield from bundle.write(manifest, files)
    left = padded(size) - size
    while left:
        zeros = _ZEROS[:left]
        left -= len(zeros)
        yield zeros


def read(pieces: Iterable[bytes]) -> tuple[Manifest, Iterator[Member]]:
    """Return the unverified manifest and the files, as ``bundle.read`` does; raise the same errors."""
    return bundle.read(pieces, most=LARGEST_MANIFEST, most_padding=None)


def padded(size: int) -> int:
    """Return the padded size of a backup of ``size`` bytes: 4 MiB times a power of four."""
    whole = SMALLEST
    while whole < size:
        whole *= _STEP
    return whole


def _check_order(keys: Sequence[Any]) -> None:
    if any(before >= after for before, after in pairwise(keys)):
        raise Malformed("backup lists something twice or out of order")
