"""Signed, numbered, chained bundles that cross the air gap (SPEC 8)."""

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import Any, TypeVar

from crypto import archive, base64url, exercise, memo, shape, signing
from crypto.archive import Member, Reader
from crypto.errors import Malformed, Tampered
from crypto.journal import HEAD, Head
from crypto.messages import CHANNEL, LONGEST_CHANNEL
from crypto.shape import Shape, binary, integer, list_of, optional, record, text
from crypto.signing import Label

T = TypeVar("T")

MANIFEST = "manifest.json"
SIGNATURE = "manifest.sig"
KEYRING = "keyring.json"
KEYRING_SIGNATURE = "keyring.sig"
FIRST = bytes(32)
# The largest manifest that is read, in bytes, and the largest number of entries in one of its lists. A bundle
# for 100,000 cases needs a third of each limit.
LARGEST_MANIFEST = 32 << 20
_ENTRIES = 250_000
# A manifest lists at most this many imports; fewer imports happen between two exports.
IMPORTS = 64
# The upper limit, in bytes, for the fields that precede the long lists of a manifest.
_LONGEST_HEAD = 4_096


@dataclass(frozen=True, slots=True)
class Link:
    """A reference to a bundle: its number and the hash of its manifest (32 bytes)."""

    n: int
    hash: bytes


NOTHING = Link(0, FIRST)


@dataclass(frozen=True, slots=True)
class Import:
    """The day on which the portal applied outbox ``n``.

    From that day on, reporters can read the slots of the outbox.
    """

    n: int
    day: date


@dataclass(frozen=True, slots=True)
class Applied(Link):
    """The portal's state: its last applied outbox, and its latest imports in order, at most ``IMPORTS``."""

    imports: tuple[Import, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """An envelope in an intake bundle: a random id, the age file's size and hash, and the day of receipt."""

    id: bytes
    size: int
    hash: bytes
    day: date
    case_id: bytes | None = None


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """The withdraw key that a reporter sent to the portal for a case."""

    case_id: bytes
    withdraw_key: bytes


@dataclass(frozen=True, slots=True)
class SealedSlot:
    """A slot in an outbox bundle: the case that it belongs to, and the hash of its age file."""

    case_id: bytes
    hash: bytes


@dataclass(frozen=True, slots=True)
class Opened:
    """A case that officers entered themselves: the data that a portal usually gets with a first report."""

    case_id: bytes
    memo: bytes
    withdraw_id: bytes


@dataclass(frozen=True, slots=True)
class KeyringLink:
    """The keyring in an outbox bundle: its serial and H(keyring.json)."""

    serial: int
    hash: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class IntakeHead:
    """The beginning of an intake manifest: every field before its lists."""

    deployment: bytes
    channel: str
    n: int
    previous: bytes
    instance_key: bytes
    exported: date
    applied: Applied


@dataclass(frozen=True, slots=True, kw_only=True)
class OutboxHead:
    """The beginning of an outbox manifest: every field before its lists."""

    deployment: bytes
    channel: str
    n: int
    previous: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Intake(IntakeHead):
    """The manifest of a bundle from the portal to the inbox of one channel (SPEC 8.1)."""

    entries: tuple[Entry, ...]
    withdrawn: tuple[Withdrawal, ...]

    def files(self) -> list[tuple[str, bytes]]:
        """Return the name and hash of each file that follows the manifest, in order."""
        return [(envelope_name(entry.id), entry.hash) for entry in self.entries]


@dataclass(frozen=True, slots=True, kw_only=True)
class Outbox(OutboxHead):
    """The manifest of a bundle from the inbox of one channel to the portal (SPEC 8.2).

    Only the root's inbox includes a keyring. ``journal`` is the head of the inbox's journal. ``opened`` is
    None if the inbox opened no case.
    """

    collected: tuple[Link, ...]
    slots: tuple[SealedSlot, ...]
    closed: tuple[bytes, ...]
    journal: Head
    opened: tuple[Opened, ...] | None = None
    keyring: KeyringLink | None = None

    def files(self) -> list[tuple[str, bytes | None]]:
        """Return the name and hash of each file that follows the manifest, in order.

        The manifest has no hash of the keyring's signature, because the root key verifies that signature.
        """
        slots = [(slot_name(slot.case_id), slot.hash) for slot in self.slots]
        return [*slots, *self._keyring_files()]

    def _keyring_files(self) -> list[tuple[str, bytes | None]]:
        return [] if self.keyring is None else [(KEYRING, self.keyring.hash), (KEYRING_SIGNATURE, None)]


_COMMON: Mapping[str, Shape[Any]] = {
    "deployment": binary(signing.DEPLOYMENT),
    "channel": text(LONGEST_CHANNEL, CHANNEL),
    "n": integer(1),
    "previous": binary(32),
}
_ENTRY = record(
    Entry,
    {
        "id": binary(16),
        "case_id": optional(binary(32)),
        "size": integer(1),
        "hash": binary(32),
        "day": shape.day,
    },
)
_WITHDRAWAL = record(Withdrawal, {"case_id": binary(32), "withdraw_key": binary(32)})
_SLOT = record(SealedSlot, {"case_id": binary(32), "hash": binary(32)})
_OPENED = record(Opened, {"case_id": binary(32), "memo": binary(memo.SIZE), "withdraw_id": binary(32)})
_IMPORT = record(Import, {"n": integer(1), "day": shape.day})
_KEYRING = record(KeyringLink, {"serial": integer(1), "hash": binary(32)})

_INTAKE: Mapping[str, Shape[Any]] = {
    **_COMMON,
    "instance_key": binary(signing.PUBLIC),
    "exported": shape.day,
    "applied": record(Applied, {"n": integer(), "hash": binary(32), "imports": list_of(_IMPORT, IMPORTS)}),
}
_INTAKE_HEAD = record(IntakeHead, _INTAKE, kind="intake")
_OUTBOX_HEAD = record(OutboxHead, _COMMON, kind="outbox")

INTAKE = record(
    Intake,
    {
        **_INTAKE,
        "entries": list_of(_ENTRY, _ENTRIES),
        "withdrawn": list_of(_WITHDRAWAL, _ENTRIES),
    },
    kind="intake",
)
OUTBOX = record(
    Outbox,
    {
        **_COMMON,
        "collected": list_of(record(Link, {"n": integer(1), "hash": binary(32)}), _ENTRIES),
        "slots": list_of(_SLOT, _ENTRIES),
        "closed": list_of(binary(32), _ENTRIES),
        "opened": optional(list_of(_OPENED, _ENTRIES)),
        "keyring": optional(_KEYRING),
        "journal": HEAD,
    },
    kind="outbox",
)


@dataclass(frozen=True, slots=True)
class Manifest:
    """The exact bytes of a manifest, as stored, hashed and chained, with their signature."""

    raw: bytes
    signature: bytes

    @property
    def hash(self) -> bytes:
        """H of the manifest, by which the next manifest refers to this one."""
        return hashlib.sha256(self.raw).digest()


def envelope_name(entry_id: bytes) -> str:
    """Return the name of an envelope inside an intake bundle."""
    return f"envelopes/{base64url.encode(entry_id)}.age"


def slot_name(case_id: bytes) -> str:
    """Return the name of a slot inside an outbox bundle."""
    return f"slots/{base64url.encode(case_id)}.age"


def sign_intake(intake: Intake, instance_seed: bytes) -> Manifest:
    """Return the signed manifest of an intake bundle."""
    raw = INTAKE.encode(intake)
    return Manifest(raw, signing.sign(Label.INTAKE, intake.deployment, raw, instance_seed))


def sign_outbox(outbox: Outbox, reply_seed: bytes) -> Manifest:
    """Return the signed manifest of an outbox bundle."""
    raw = OUTBOX.encode(outbox)
    return Manifest(raw, signing.sign(Label.OUTBOX, outbox.deployment, raw, reply_seed))


def sign_again(manifest: Manifest, deployment: bytes, reply_seed: bytes) -> Manifest:
    """Return an outbox manifest with the same bytes but a signature by another reply key (SPEC 8.3).

    The caller must compare hashes to check that the same bytes were signed before.
    """
    return Manifest(manifest.raw, signing.sign(Label.OUTBOX, deployment, manifest.raw, reply_seed))


def intake_head(manifest: Manifest, deployment: bytes) -> IntakeHead:
    """Return the head of an intake manifest if the instance key in the head signed the complete manifest.

    The lists of the manifest are not parsed. The caller must compare the instance key with the pinned one
    before trusting the manifest. Raise Malformed or Tampered.
    """
    head = begin(_INTAKE_HEAD, manifest.raw, "entries")
    exercise.check_deployment(head.deployment, deployment, "bundle")
    signing.verify(Label.INTAKE, deployment, manifest.raw, manifest.signature, head.instance_key)
    _check_imports(head.applied)
    return head


def named_instance(manifest: Manifest) -> bytes:
    """Return the instance key (32 bytes) that an intake manifest of any deployment names.

    Raise Malformed. Raise Tampered if that key did not sign the manifest.
    """
    return intake_head(manifest, begin(_INTAKE_HEAD, manifest.raw, "entries").deployment).instance_key


def open_intake(manifest: Manifest, deployment: bytes, instance_key: bytes) -> Intake:
    """Return the intake manifest if ``instance_key`` (32 bytes) signed it for this deployment.

    Only the head of the manifest is parsed before the signature is verified. Raise Malformed or Tampered.
    """
    if intake_head(manifest, deployment).instance_key != instance_key:
        raise Tampered("signature does not hold")
    intake = INTAKE.parse(manifest.raw)
    _sorted([entry.id for entry in intake.entries])
    return intake


def outbox_head(manifest: Manifest, deployment: bytes) -> OutboxHead:
    """Return the unverified head of an outbox manifest.

    Raise Malformed if the manifest is not an outbox manifest of this deployment.
    """
    try:
        head = begin(_OUTBOX_HEAD, manifest.raw, "collected")
    except Malformed as error:
        raise Malformed("it is not an outbox bundle") from error
    exercise.check_deployment(head.deployment, deployment, "bundle")
    return head


def open_outbox(manifest: Manifest, deployment: bytes, reply_keys: Iterable[bytes]) -> Outbox:
    """Return the outbox manifest if one of ``reply_keys`` signed it for this deployment.

    Only the head of the manifest is parsed before the signature is verified. Raise Malformed or Tampered.
    """
    outbox_head(manifest, deployment)
    if not any(_is_signed(manifest, deployment, key) for key in reply_keys):
        raise Tampered("outbox bundle is not signed by a reply key of its channel")
    outbox = OUTBOX.parse(manifest.raw)
    _sorted([slot.case_id for slot in outbox.slots])
    _sorted(outbox.closed)
    _check_opened(outbox)
    return outbox


def begin(head: Shape[T], raw: bytes, follows: str) -> T:
    """Return the head of a manifest: the fields before its member ``follows``.

    The rest of the manifest is not parsed. Raise Malformed if the manifest does not begin with such a head.
    """
    begun, found, _ = raw[:_LONGEST_HEAD].partition(b',"%s":' % follows.encode("ascii"))
    if not found:
        raise Malformed("the beginning of the manifest has an unexpected form")
    return head.parse(begun + b"}")


def write(manifest: Manifest, files: Iterable[Member]) -> Iterator[bytes]:
    """Yield a bundle: manifest, signature, then ``files`` in the order of the manifest."""
    yield from archive.write(
        Member(name, len(content), iter([content]))
        for name, content in ((MANIFEST, manifest.raw), (SIGNATURE, manifest.signature))
    )
    yield from archive.write(files)
    yield bytes(archive.END)


def size(manifest: Manifest, files: Iterable[int]) -> int:
    """Return the size in bytes of a bundle with this manifest and files of these sizes."""
    own = (len(manifest.raw), len(manifest.signature))
    return sum(archive.span(each) for each in (*own, *files)) + archive.END


def read(
    pieces: Iterable[bytes], *, most: int = LARGEST_MANIFEST, most_padding: int | None = 0
) -> tuple[Manifest, Iterator[Member]]:
    """Return the unverified manifest of a bundle, at most ``most`` bytes long, and its files in order.

    ``most_padding`` limits the zero bytes after the end of the bundle; None means no limit. The caller must
    check the files with ``checked``. Raise Malformed or Truncated, either at once or while
    the files are read.
    """
    members = iter(Reader(pieces, most_padding))
    raw = _whole(next(members, None), MANIFEST, most)
    signature = _whole(next(members, None), SIGNATURE, signing.SIGNATURE)
    return Manifest(raw, signature), members


def checked(members: Iterable[Member], expected: Sequence[tuple[str, bytes | None]]) -> Iterator[Member]:
    """Yield the members if their names and hashes are exactly ``expected``, in this order.

    A member's hash is checked when its last byte has been read. Raise Malformed or Tampered.
    """
    wanted = iter(expected)
    for member in members:
        name, digest = next(wanted, (None, None))
        if member.name != name:
            raise Malformed("bundle holds a file that its manifest does not list at this position")
        yield Member(member.name, member.size, _hashed(member.data, digest))
    if next(wanted, None) is not None:
        raise Malformed("bundle lacks a file that its manifest lists")


def _hashed(data: Iterable[bytes], expected: bytes | None) -> Iterator[bytes]:
    digest = hashlib.sha256()
    for piece in data:
        digest.update(piece)
        yield piece
    if expected is not None and digest.digest() != expected:
        raise Tampered("file in the bundle is not the one that its manifest lists")


def _whole(member: Member | None, name: str, most: int) -> bytes:
    if member is None or member.name != name or member.size > most:
        raise Malformed("file is not a bundle")
    return b"".join(member.data)


def _is_signed(manifest: Manifest, deployment: bytes, reply_key: bytes) -> bool:
    try:
        signing.verify(Label.OUTBOX, deployment, manifest.raw, manifest.signature, reply_key)
    except Tampered:
        return False
    return True


def _check_opened(outbox: Outbox) -> None:
    if outbox.opened is None:
        return
    _sorted([each.case_id for each in outbox.opened])
    if not outbox.opened or not {each.case_id for each in outbox.opened} <= {
        slot.case_id for slot in outbox.slots
    }:
        raise Malformed("bundle has an empty list of opened cases, or opens a case without a slot")


def _check_imports(applied: Applied) -> None:
    numbers = [each.n for each in applied.imports]
    follow = all(before < after for before, after in pairwise(numbers))
    if not follow or numbers[-1:] != ([applied.n] if applied.n else []):
        raise Malformed("bundle lists imports out of order, or omits the last one")


def _sorted(ids: Sequence[bytes]) -> None:
    encoded = [base64url.encode(each) for each in ids]
    if any(before >= after for before, after in pairwise(encoded)):
        raise Malformed("bundle lists an id twice or out of order")
