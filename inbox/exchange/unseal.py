"""Open and verify one entry of an intake bundle, and search its texts, as far as possible without the vault.

Worker processes do this. They start quickly, because nothing here imports the vault.
"""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeAlias

from crypto import age, container, messages
from crypto.container import Drop, File, Signed
from crypto.errors import CryptoError, Malformed, NotForUs, Tampered, Truncated
from crypto.messages import FollowUp, Report
from crypto.recipients import HybridIdentity, HybridRecipient
from inbox.casework.marks import Mark, Marker
from inbox.files import sealing
from inbox.files.sealing import Kept
from inbox.keys.stored_secrets import IntakeSecret
from inbox.language.errors import FileRefused
from inbox.questionnaire import answers
from inbox.questionnaire.answers import NOTE
from inbox.system import atomic_files, given_files
from inbox.system.home import Home
from inbox.text.names import Names
from inbox.vault.unopened_reasons import Kind


@dataclass(frozen=True, slots=True)
class Trust:
    """The home, ids and keys that are needed to open envelopes for one channel."""

    home: Home
    deployment: bytes
    channel: str
    keys: tuple[IntakeSecret, ...] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Place:
    """The location of an envelope: its file, first byte, size in bytes, and SHA-256."""

    file: Path
    offset: int
    size: int
    hash: bytes

    def pieces(self) -> Iterator[bytes]:
        """Yield the envelope in pieces; raises Changed after the last piece if the SHA-256 differs."""
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
    """The file that holds an envelope has changed since its hash was computed."""


@dataclass(frozen=True, slots=True)
class SignedReport:
    """A verified report; ``recipient`` is None if its reply recipient cannot be used."""

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
    """A follow-up whose signature is not verified yet, because the verification key is in its case."""

    signed: Signed
    follow_up: FollowUp
    kept: tuple[Kept, ...]

    @property
    def files(self) -> tuple[File, ...]:
        """The files as the container holds them, in the order of ``kept``."""
        return self.signed.files


@dataclass(frozen=True, slots=True)
class Unsigned:
    """An envelope that somebody made by hand, without a signature."""

    drop: Drop
    kept: tuple[Kept, ...]

    @property
    def files(self) -> tuple[File, ...]:
        """The files as the container holds them, in the order of ``kept``."""
        return self.drop.files


@dataclass(frozen=True, slots=True)
class Failed:
    """An envelope that this inbox cannot open or verify."""

    kind: Kind


@dataclass(frozen=True, slots=True)
class Altered:
    """An envelope that has changed since its hash was computed."""


Unsealed: TypeAlias = SignedReport | SignedFollowUp | Unsigned | Failed | Altered


class Unsealer:
    """A callable that opens envelopes one after another: it takes a Place and returns an Unsealed."""

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
        """Return the id of the key that opens the envelope, and the chunks of the plaintext."""
        for key_id, identity in self._identities.items():
            with suppress(NotForUs):
                chunks = age.unseal_envelope(place.pieces(), [identity])
                first = next(chunks)
                return key_id, _joined(first, chunks)
        raise NotForUs("no intake key opens the envelope")

    def _discard(self, kept: Iterable[Kept]) -> None:
        for each in kept:
            sealing.discard(self._trust.home, each)


@dataclass(frozen=True, slots=True)
class Read:
    """An entry, the marks of its texts for the link index, and the officers whom the texts name."""

    entry: Unsealed
    marks: Sequence[Mark] = ()
    named: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Search:
    """What is needed to search texts without the vault."""

    marker: Marker
    names: Names


class Reader:
    """A callable that reads entries one after another: it takes a Place and returns a Read."""

    def __init__(self, context: tuple[Trust, Search]) -> None:
        trust, self._search = context
        self._unseal = Unsealer(trust)

    def __call__(self, place: Place) -> Read:
        """Open the envelope and search its texts."""
        entry = self._unseal(place)
        match entry:
            case SignedReport():
                said, files = entry.report.answers, entry.report.files
                marks = self._search.marker.of_report(said)
            case SignedFollowUp():
                said, files = {NOTE: entry.follow_up.text}, entry.follow_up.files
                marks = self._search.marker.of_texts([entry.follow_up.text])
            case Unsigned():
                said, files = {NOTE: entry.drop.note}, ()
                marks = self._search.marker.of_report(said)
            case _:
                return Read(entry)
        named = self._search.names.meant_in([*answers.texts(said), *_described(files)])
        return Read(entry, marks, frozenset(named))


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


def _described(files: Iterable[messages.File]) -> Iterable[str]:
    return (text for file in files for text in (file.name, file.type))
