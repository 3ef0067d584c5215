"""The signed public list of channels and their keys (SPEC 6)."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from crypto import exercise, receipt_key, shape, signing
from crypto.errors import CryptoError, Malformed
from crypto.messages import CHANNEL, ID, LONGEST_CHANNEL, LONGEST_ID
from crypto.receipt_key import SignedReceiptKey
from crypto.recipients import HybridRecipient
from crypto.shape import binary, integer, list_of, record, text
from crypto.signing import Label

LONGEST = timedelta(days=35)
_KEY_ID = 16
_MANY = 100


class KeyringExpired(CryptoError):
    """The keyring has expired without being renewed.

    Nothing may be sealed to the keys of an expired keyring.
    """

    code = "keyring-expired"


class ClockBehind(CryptoError):
    """The keyring was issued after today: this machine's clock is probably wrong."""

    code = "clock-behind"


class KeyringOlder(CryptoError):
    """The keyring is older than a keyring seen before."""

    code = "keyring-older"


@dataclass(frozen=True, slots=True)
class Texts:
    """A text in both languages."""

    fr: str
    en: str

    def in_(self, language: str) -> str:
        """Return the French text for ``fr``, and the English text for any other language."""
        return self.fr if language == "fr" else self.en


@dataclass(frozen=True, slots=True)
class IntakeKey:
    """A hybrid recipient of a channel, valid from ``not_before`` to ``not_after``, both included."""

    id: bytes
    recipient: str
    not_before: date
    not_after: date


@dataclass(frozen=True, slots=True)
class ReplyKey:
    """An Ed25519 key for slots and outboxes, valid from ``not_before`` to ``not_after``, both included."""

    id: bytes
    key: bytes
    not_before: date
    not_after: date


@dataclass(frozen=True, slots=True)
class Channel:
    """A body that receives reports, with its keys."""

    id: str
    name: Texts
    note: Texts
    intake_keys: tuple[IntakeKey, ...]
    reply_keys: tuple[ReplyKey, ...]

    def intake_key(self, today: date) -> IntakeKey | None:
        """Return the newest intake key that is valid today, or None if the channel is closed."""
        valid = (key for key in self.intake_keys if key.not_before <= today <= key.not_after)
        return max(valid, key=lambda key: key.not_before, default=None)

    def at(self, day: date) -> "Channel":
        """Return the channel with only the keys that can still be needed on ``day`` (SPEC 6).

        If all intake keys have expired, the key that expired last is kept, because it shows when the channel
        closed.
        """
        end = max((key.not_after for key in self.intake_keys), default=day)
        return replace(
            self,
            intake_keys=tuple(key for key in self.intake_keys if key.not_after >= min(day, end)),
            reply_keys=tuple(key for key in self.reply_keys if key.not_after + LONGEST >= day),
        )


@dataclass(frozen=True, slots=True)
class Questionnaire:
    """The id and version of the questionnaire in use, and H(questionnaire.toml)."""

    id: str
    version: int
    hash: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Keyring:
    """The channels and keys that a reporter's page trusts, because the root key signed them."""

    deployment: bytes
    serial: int
    issued: date
    valid_until: date
    name: Texts
    channels: tuple[Channel, ...]
    questionnaire: Questionnaire
    receipt_keys: tuple[SignedReceiptKey, ...] = ()

    def channel(self, channel_id: str) -> Channel | None:
        """Return the channel with this id, or None."""
        return next((channel for channel in self.channels if channel.id == channel_id), None)

    def check_day(self, today: date) -> None:
        """Raise ClockBehind or KeyringExpired unless the keyring is valid on ``today``."""
        if today < self.issued:
            raise ClockBehind("keyring was issued after today: check the clock")
        if today > self.valid_until:
            raise KeyringExpired("keyring has expired: a new one must be published")

    def check_serial(self, known: int) -> None:
        """Raise KeyringOlder if the keyring's serial is lower than ``known``."""
        if self.serial < known:
            raise KeyringOlder("keyring is older than the one already known")


@dataclass(frozen=True, slots=True)
class Root:
    """The id of a deployment (16 bytes) and its root key (32 bytes)."""

    deployment: bytes
    root_key: bytes


_TEXTS = record(Texts, {"fr": text(2_000), "en": text(2_000)})
_DATES = {"not_before": shape.day, "not_after": shape.day}
_INTAKE_KEY = record(IntakeKey, {"id": binary(_KEY_ID), "recipient": text(1_959), **_DATES})
_REPLY_KEY = record(ReplyKey, {"id": binary(_KEY_ID), "key": binary(signing.PUBLIC), **_DATES})
CHANNEL_SHAPE = record(
    Channel,
    {
        "id": text(LONGEST_CHANNEL, CHANNEL),
        "name": _TEXTS,
        "note": _TEXTS,
        "intake_keys": list_of(_INTAKE_KEY, _MANY),
        "reply_keys": list_of(_REPLY_KEY, _MANY),
    },
)
_QUESTIONNAIRE = record(
    Questionnaire, {"id": text(LONGEST_ID, ID), "version": integer(1), "hash": binary(32)}
)
KEYRING = record(
    Keyring,
    {
        "deployment": binary(signing.DEPLOYMENT),
        "serial": integer(1),
        "issued": shape.day,
        "valid_until": shape.day,
        "name": _TEXTS,
        "channels": list_of(CHANNEL_SHAPE, _MANY),
        "questionnaire": _QUESTIONNAIRE,
        "receipt_keys": list_of(receipt_key.SIGNED, _MANY * _MANY),
    },
    kind="keyring",
)
# A portal's setup reads the deployment id and the root key from this file, which is next to the keyring.
# Nobody signed it.
ROOT_FILE = "root.json"
ROOT = record(
    Root, {"deployment": binary(signing.DEPLOYMENT), "root_key": binary(signing.PUBLIC)}, kind="root"
)


def reply_key_id(key: bytes) -> bytes:
    """Return the first 16 bytes of H(key)."""
    return hashlib.sha256(key).digest()[:_KEY_ID]


def sign(keyring: Keyring, root_seed: bytes) -> tuple[bytes, bytes]:
    """Return keyring.json and keyring.sig. Raise Malformed if the keyring breaks a rule of SPEC 6."""
    _check(keyring)
    raw = KEYRING.encode(keyring)
    return raw, signing.sign(Label.KEYRING, keyring.deployment, raw, root_seed)


def open_keyring(raw: bytes, signature: bytes, *, root_key: bytes, deployment: bytes) -> Keyring:
    """Return the keyring if the root key (32 bytes) signed it for this deployment.

    Raise Malformed or Tampered. The day and the serial are not checked here. Only the caller knows today's
    date and the serials seen so far, and can call ``check_day`` and ``check_serial``.
    """
    with exercise.explained(raw, deployment, "keyring"):
        signing.verify(Label.KEYRING, deployment, raw, signature, root_key)
    keyring = KEYRING.parse(raw)
    exercise.check_deployment(keyring.deployment, deployment, "keyring")
    _check(keyring)
    return keyring


def check_channels(channels: Sequence[Channel]) -> None:
    """Raise Malformed for an invalid key, a key under another key's id, or a repeated channel or key."""
    intake = [key for channel in channels for key in channel.intake_keys]
    reply = [key for channel in channels for key in channel.reply_keys]
    if any(key.id != HybridRecipient.parse(key.recipient).key_id for key in intake) or any(
        key.id != reply_key_id(key.key) for key in reply
    ):
        raise Malformed("keyring holds a key under another key's id")
    for key in reply:
        signing.check_key(key.key)
    ids = [channel.id for channel in channels]
    if any(_repeats(names) for names in (ids, [key.id for key in intake], [key.id for key in reply])):
        raise Malformed("keyring lists a channel or key twice")


def _check(keyring: Keyring) -> None:
    if not keyring.issued <= keyring.valid_until <= keyring.issued + LONGEST:
        raise Malformed("keyring has dates that SPEC 6 does not allow")
    check_channels(keyring.channels)


def _repeats(names: list[str] | list[bytes]) -> bool:
    return len(set(names)) != len(names)
