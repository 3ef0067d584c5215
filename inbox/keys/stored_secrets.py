"""The contents of the key store: the secrets of intake keys and attachments."""

import hashlib
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import date

from crypto import shape
from crypto.hybrid import KEY_ID, SEED
from crypto.shape import binary, list_of, record

ATTACHMENT_ID = 16
_MOST = 10_000_000


@dataclass(frozen=True, slots=True)
class IntakeSecret:
    """The seed of an intake key, with its first and last day."""

    id: bytes
    seed: bytes = field(repr=False)
    not_before: date
    not_after: date


@dataclass(frozen=True, slots=True)
class AttachmentSecret:
    """The seed of the key to which one attachment is sealed."""

    id: bytes
    seed: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class KeyStore:
    """The contents of the file."""

    intake: tuple[IntakeSecret, ...]
    attachments: tuple[AttachmentSecret, ...]

    @property
    def intake_digest(self) -> bytes:
        """SHA-256 over the ids of the intake keys; it changes when a key is added or removed."""
        return hashlib.sha256(b"".join(sorted(key.id for key in self.intake))).digest()

    def attachment_seed(self, attachment_id: bytes) -> bytes | None:
        """Return the seed of an attachment, or None if it was destroyed."""
        return next((each.seed for each in self.attachments if each.id == attachment_id), None)

    def with_intake(self, secret: IntakeSecret) -> "KeyStore":
        """Return this key store with one more intake key."""
        return replace(self, intake=(*self.intake, secret))

    def without_intake(self, ids: Collection[bytes]) -> "KeyStore":
        """Return this key store without the intake keys with these ids."""
        return replace(self, intake=tuple(secret for secret in self.intake if secret.id not in ids))

    def with_attachments(self, seeds: Mapping[bytes, bytes]) -> "KeyStore":
        """Return this key store with these attachment seeds added; ``seeds`` is keyed by attachment id."""
        more = tuple(AttachmentSecret(attachment_id, seed) for attachment_id, seed in seeds.items())
        return replace(self, attachments=self.attachments + more)

    def without_attachments(self, ids: Collection[bytes]) -> "KeyStore":
        """Return this key store without the seeds of the attachments with these ids."""
        return replace(self, attachments=tuple(each for each in self.attachments if each.id not in ids))


_INTAKE = record(
    IntakeSecret,
    {"id": binary(KEY_ID), "seed": binary(SEED), "not_before": shape.day, "not_after": shape.day},
)
_ATTACHMENT = record(AttachmentSecret, {"id": binary(ATTACHMENT_ID), "seed": binary(SEED)})
FILE = record(
    KeyStore,
    {"intake": list_of(_INTAKE, _MOST), "attachments": list_of(_ATTACHMENT, _MOST)},
    kind="key-store",
)
