"""Cards: how the channel of a body outside comes onto the root's keyring (SPEC 6.1)."""

from datetime import date

from sqlalchemy.orm import Session

from crypto import card, signing
from crypto.card import Card
from inbox import keyrings, records


def issue(session: Session, today: date) -> tuple[bytes, bytes]:
    """Return card.json and card.sig of this inbox's own channel, with its keys of today."""
    office = records.office(session)
    office.card_serial += 1
    issued = Card(
        deployment=office.deployment,
        key=signing.public_key(office.card_seed),
        serial=office.card_serial,
        issued=today,
        channel=keyrings.own_channel(session),
    )
    return card.sign(issued, office.card_seed)
