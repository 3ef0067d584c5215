"""One entry of an intake bundle opened and verified, as far as that needs no vault."""

import hashlib
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeAlias

from crypto import age, container, messages
from crypto.container import Drop, File, Signed
from crypto.errors import CryptoError, Malformed, NotForUs, Tampered, Truncated
from crypto.messages import FollowUp, Report
from crypto.recipients import HybridIdentity, HybridRecipient
from inbox.files import sealing
from inbox.files.sealing import Kept
from inbox.keys.key_store import IntakeSecret
from inbox.language.errors import FileRefused
from inbox.system import atomic_files, given_files
from inbox.system.home import Home
from inbox.vault.unopened_reasons import Kind


@dataclass(frozen=True, slots=True)
class Trust:
    """What it takes to open what came for one channel."""

    home: Home
    deployment: bytes
    channel: str
    keys: tuple[IntakeSecret, ...] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Place:
    """Where an envelope lies: file, first byte, number of bytes, SHA-256 of them."""

    file: Path
    offset: int
    size: int
    hash: bytes

    def pieces(self) -> Iterator[bytes]:
        """Yield the envelope; Changed behind its end if it is no longer what was verified."""
        digest = hashlib.sha256()
        try:
            with given_files.opened(self.file) as file:
                file.seek(self.offset)
                for piece in atomic_files.pieces(file, self.size):
                    digest.update(piece)
                    yield piece
        except FileRefused:
            raise Changed from None
        if digest.digest() != self.hash:
            raise Changed


class Changed(Exception):
    """The file that holds an envelope is not what it was when the hash was taken."""


@dataclass(frozen=True, slots=True)
class SignedReport:
    """A report, verified; ``recipient`` is None if nothing can be sealed to its raw reply recipient."""

    signed: Signed
    report: Report
    kept: tuple[Kept, ...]
    recipient: bytes | None

    @property
    def files(self) -> tuple[File, ...]:
        """The files as the container holds them, in the order of ``kept``."""
        return self.signed.files


@dataclass(frozen=True, slots=True)
class SignedFollowUp:
    """A follow-up of which the signature is still to be verified: its case says by which key."""

    signed: Signed
    follow_up: FollowUp
    kept: tuple[Kept, ...]

    @property
    def files(self) -> tuple[File, ...]:
        """The files as the container holds them, in the order of ``kept``."""
        return self.signed.files


@dataclass(frozen=True, slots=True)
class Unsigned:
    """A drop made by hand."""

    drop: Drop
    kept: tuple[Kept, ...]

    @property
    def files(self) -> tuple[File, ...]:
        """The files as the container holds them, in the order of ``kept``."""
        return self.drop.files


@dataclass(frozen=True, slots=True)
class Failed:
    """An envelope that this inbox cannot take for what it says."""

    kind: Kind


@dataclass(frozen=True, slots=True)
class Altered:
    """An envelope that is not what it was when its hash was taken."""


Unsealed: TypeAlias = SignedReport | SignedFollowUp | Unsigned | Failed | Altered


class Unsealer:
    """Opens one envelope after the other: a function from Place to Unsealed."""

    def __init__(self, trust: Trust) -> None:
        self._trust = trust
        newest_first = sorted(trust.keys, key=lambda key: key.not_before, reverse=True)
        self._identities = {key.id: HybridIdentity.from_seed(key.seed) for key in newest_first}

    def __call__(self, place: Place) -> Unsealed:
        """Open the envelope."""
        kept: list[Kept] = []
        try:
            result = self._open(place, kept)
        except CryptoError as error:
            result = Failed(_kind(error))
        except Changed:
            result = Altered()
        if isinstance(result, Failed | Altered):
            self._discard(kept)
        return result

    def _open(self, place: Place, kept: list[Kept]) -> Unsealed:
        key_id, chunks = self._unsealed(place)

        def keep(_: int, data: Iterator[bytes]) -> None:
            kept.append(sealing.seal(self._trust.home, data))

        signed = container.read(chunks, keep)
        if isinstance(signed, Drop):
            return Unsigned(signed, tuple(kept))
        content = messages.open_message(self._trust.deployment, signed)
        try:
            messages.check_addressed(content, channel=self._trust.channel, key_id=key_id)
        except Tampered:
            return Failed(Kind.WRONG_ADDRESS)
        if isinstance(content, FollowUp):
            return SignedFollowUp(signed, content, tuple(kept))
        return SignedReport(signed, content, tuple(kept), _usable(content.reply_recipient))

    def _unsealed(self, place: Place) -> tuple[bytes, Iterable[bytes]]:
        """Return the id of the key that opens the envelope, with its chunks."""
        for key_id, identity in self._identities.items():
            with suppress(NotForUs):
                chunks = age.unseal_envelope(place.pieces(), [identity])
                first = next(chunks)
                return key_id, _joined(first, chunks)
        raise NotForUs("no intake key opens the envelope")

    def _discard(self, kept: Iterable[Kept]) -> None:
        for each in kept:
            sealing.discard(self._trust.home, each)


def _joined(first: bytes, rest: Iterator[bytes]) -> Iterator[bytes]:
    yield first
    yield from rest


def _usable(recipient: bytes) -> bytes | None:
    try:
        return HybridRecipient(recipient).raw
    except Malformed:
        return None


def _kind(error: CryptoError) -> Kind:
    match error:
        case NotForUs():
            return Kind.NOT_FOR_US
        case Truncated():
            return Kind.TRUNCATED
        case Tampered():
            return Kind.TAMPERED
        case _:
            return Kind.MALFORMED
