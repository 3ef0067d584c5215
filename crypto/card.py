"""The card by which a body outside hands its channel and public keys to the root's officers (SPEC 6.1)."""

from dataclasses import dataclass
from datetime import date

from crypto import keyring, shape, signing
from crypto.errors import Malformed
from crypto.keyring import CHANNEL_SHAPE, Channel
from crypto.shape import binary, integer, record
from crypto.signing import Label

CARD = "card.json"
SIGNATURE = "card.sig"


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """A channel as its own body describes it, signed by the card key (32 bytes) that officers compared."""

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
    """Return card.json and card.sig; Malformed if a key of the channel is no key, or stands there twice."""
    keyring.check_channels((card.channel,))
    raw = _CARD.encode(card)
    return raw, signing.sign(Label.CARD, card.deployment, raw, seed)


def parse(raw: bytes) -> Card:
    """Return a card that was verified before; raises Malformed."""
    return _CARD.parse(raw)


def open_card(raw: bytes, signature: bytes, deployment: bytes) -> Card:
    """Return the card if the key that it names signed it for this deployment.

    Whose key that is, only a person knows who compared its fingerprint. Raises Malformed or Tampered; a
    poisoned key is Malformed.
    """
    card = _CARD.parse(raw)
    if card.deployment != deployment:
        raise Malformed("card is of another deployment")
    signing.verify(Label.CARD, deployment, raw, signature, card.key)
    keyring.check_channels((card.channel,))
    return card
