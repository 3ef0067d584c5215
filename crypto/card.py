"""Cards: how an outside body gives its channel and public keys to the root's officers (SPEC 6.1)."""

from dataclasses import dataclass
from datetime import date

from crypto import exercise, keyring, shape, signing
from crypto.keyring import CHANNEL_SHAPE, Channel
from crypto.shape import binary, integer, record
from crypto.signing import Label

CARD = "card.json"
SIGNATURE = "card.sig"


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """A channel, described by its own body. ``key`` is the card key (32 bytes) that signs the card."""

    deployment: bytes
    key: bytes
    serial: int
    issued: date
    channel: Channel


_CARD = record(
    Card,
    {
        "deployment": binary(signing.DEPLOYMENT),
        "key": binary(signing.PUBLIC),
        "serial": integer(1),
        "issued": shape.day,
        "channel": CHANNEL_SHAPE,
    },
    kind="card",
)


def sign(card: Card, seed: bytes) -> tuple[bytes, bytes]:
    """Return card.json and card.sig. Raise Malformed if a key of the channel is invalid or repeated."""
    keyring.check_channels((card.channel,))
    raw = _CARD.encode(card)
    return raw, signing.sign(Label.CARD, card.deployment, raw, seed)


def parse(raw: bytes) -> Card:
    """Return a card whose signature was verified before. Raise Malformed if the card's form is wrong."""
    return _CARD.parse(raw)


def open_card(raw: bytes, signature: bytes, deployment: bytes) -> Card:
    """Return the card if the key named in the card signed it for this deployment.

    The signature does not prove who owns the key, so a person must compare the key's fingerprint. Raise
    Tampered for a wrong signature. Raise Malformed if the form or the deployment is wrong, or if a key of the
    channel is invalid.
    """
    card = _CARD.parse(raw)
    exercise.check_deployment(card.deployment, deployment, "card")
    signing.verify(Label.CARD, deployment, raw, signature, card.key)
    keyring.check_channels((card.channel,))
    return card
