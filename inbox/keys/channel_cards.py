"""Cards: how the channel of an outside body is added to the root's keyring (SPEC 6.1)."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from crypto import card, keyring, signing
from crypto.card import Card
from crypto.errors import CryptoError, Malformed
from crypto.keyring import Channel
from crypto.messages import CHANNEL
from crypto.printable import visible
from inbox.keys import keyring as channel_keyring
from inbox.language import library_errors
from inbox.language.errors import Refused
from inbox.language.messages import sentence
from inbox.language.views import View
from inbox.vault import queries_office, tables
from templates.catalogues import LANGUAGES

_ANOTHER = sentence("ask the body to export its card again: inbox exchange card --out FOLDER")
_COMPARE = sentence(
    "compare this key, by telephone or face to face, with the key that `inbox exchange card` printed at"
    " the body"
)


@dataclass(frozen=True, slots=True)
class Offered:
    """card.json and card.sig as received, and the fingerprint of the card key if an officer typed it."""

    raw: bytes
    signature: bytes
    fingerprint: str | None


def issue(session: Session, today: date) -> tuple[bytes, bytes]:
    """Return card.json and card.sig of this inbox's own channel with today's keys, under a new number."""
    office = queries_office.office(session)
    office.card_serial += 1
    raw, signature = draw(session, today)
    office.card_until = _end(card.parse(raw))
    return raw, signature


def draw(session: Session, today: date) -> tuple[bytes, bytes]:
    """Return the card as ``issue`` does, but under its current number.

    Raises Malformed if no inbox would accept the card.
    """
    office = queries_office.office(session)
    drawn = Card(
        deployment=office.deployment,
        key=signing.public_key(office.card_seed),
        serial=max(1, office.card_serial),
        issued=today,
        channel=channel_keyring.carded_channel(session, today),
    )
    return card.sign(drawn, office.card_seed)


def compare(offered: Offered) -> None:
    """Compare the card key with the fingerprint that was typed, if any.

    Raises Refused if the fingerprints differ, or if the file is not a card. The comparison needs no vault, so
    it runs before anybody types a passphrase.
    """
    shown = claim(offered.raw)["key"]
    if offered.fingerprint is not None and not signing.is_same_fingerprint(offered.fingerprint, str(shown)):
        raise Refused(
            sentence("the card key is {shown}, not the given key", shown=shown),
            sentence("somebody may have replaced the card in transit: {compare}", compare=_COMPARE),
        )


def claim(raw: bytes) -> dict[str, str | int]:
    """Return what a card claims, unverified, for the journal; raise Refused if the file is not a card."""
    try:
        found = card.parse(raw)
    except CryptoError as error:
        raise Refused(
            sentence("card refused: {error}", error=library_errors.of_crypto(error)), _ANOTHER
        ) from None
    return {
        "channel": found.channel.id,
        "card": found.serial,
        "key": signing.fingerprint(found.key),
    }


def accept(session: Session, offered: Offered, today: date) -> Card:
    """Add a body's channel to all later keyrings, or replace its older card; return the card.

    Call ``compare`` first. Raises Refused if this is not the root's inbox. Raises Refused if the card is
    invalid, is not newer than the last card, was issued in the future, or has only expired keys. Also raises
    Refused if another channel has or had the same id or one of the same keys.
    """
    channel_keyring.root_seed(session)
    found = _opened(session, offered)
    _check_keys(session, found, today)
    known = session.get(tables.Card, found.channel.id)
    _check_sender(known, found, offered.fingerprint)
    row = known or tables.Card(
        channel=found.channel.id, key=found.key, serial=0, accepted=today, raw=b"", signature=b""
    )
    row.key, row.serial, row.accepted, row.removed = found.key, found.serial, today, None
    row.raw, row.signature = offered.raw, offered.signature
    session.add(row)
    session.flush()
    return found


def check_id(channel: str) -> None:
    """Raise Refused if no channel can have this id."""
    if not re.fullmatch(CHANNEL, channel):
        raise _unknown()


def remove(session: Session, channel: str, today: date) -> None:
    """Remove a body's channel from all later keyrings; raise Refused if the channel is not listed."""
    channel_keyring.root_seed(session)
    row = session.get(tables.Card, channel)
    if row is None or row.removed is not None:
        raise _unknown()
    row.removed = today


def listing(session: Session) -> list[View]:
    """Return a view of each outside body's channel on the keyring."""
    return [
        view(card.parse(row.raw)) | {"accepted": row.accepted.isoformat()}
        for row in queries_office.cards(session)
        if row.removed is None
    ]


def view(found: Card) -> View:
    """Return the view of a card: its channel, names, numbers and days."""
    return {
        "channel": found.channel.id,
        "name_fr": found.channel.name.fr,
        "name_en": found.channel.name.en,
        "note_fr": found.channel.note.fr,
        "note_en": found.channel.note.en,
        "fingerprint": signing.fingerprint(found.key),
        "serial": found.serial,
        "issued": found.issued.isoformat(),
        "keys_until": _end(found).isoformat(),
    }


def rendered(shown: View) -> Iterator[str]:
    """Yield the view of a card as lines."""
    yield f"channel {shown['channel']}"
    for language in LANGUAGES:
        parts = (shown[f"name_{language}"], shown[f"note_{language}"])
        yield f"  {language}: {'; '.join(visible(part) for part in parts if part)}"
    yield f"  card {shown['serial']} of {shown['issued']}, keys until {shown['keys_until']}"
    yield f"  card key {shown['fingerprint']}"


def _unknown() -> Refused:
    return Refused(
        sentence("no external body has a channel with this id"),
        sentence("see the channels: inbox exchange channel list"),
    )


def _opened(session: Session, offered: Offered) -> Card:
    try:
        return card.open_card(offered.raw, offered.signature, queries_office.office(session).deployment)
    except CryptoError as error:
        raise Refused(
            sentence("card refused: {error}", error=library_errors.of_crypto(error)), _ANOTHER
        ) from None


def _end(found: Card) -> date:
    """Return the last day on which the channel can both receive reports and sign replies."""
    intake = max((key.not_after for key in found.channel.intake_keys), default=date.min)
    return min(intake, max((key.not_after for key in found.channel.reply_keys), default=date.min))


def _check_keys(session: Session, found: Card, today: date) -> None:
    if found.issued > today:
        raise Refused(
            sentence("the card is dated {day}, which is in the future", day=found.issued),
            sentence("check the clocks of both inboxes"),
        )
    if _end(found) < today:
        raise Refused(
            sentence("the keys on the card have expired"),
            sentence(
                "ask the body to make its next keys and to export its card again: inbox key rotate; inbox"
                " exchange card --out FOLDER"
            ),
        )
    others = [each for each in _cards(session) if each.id != found.channel.id]
    try:
        keyring.check_channels([channel_keyring.all_keys(session), *others, found.channel])
    except Malformed:
        raise Refused(
            sentence(
                "on the keyring, the id or a key of this card already belongs, or once belonged, to another"
                " channel"
            ),
            sentence("each channel needs its own id and keys; ask the body that made this card"),
        ) from None


def _cards(session: Session) -> list[Channel]:
    """Return the channels of all outside bodies, including removed channels."""
    return [card.parse(row.raw).channel for row in queries_office.cards(session)]


def _check_sender(known: tables.Card | None, found: Card, typed: str | None) -> None:
    """Raise Refused unless officers have compared the card key, and the card is newer than the last card."""
    pinned = known is not None and known.removed is None
    if known is not None and known.key != found.key:
        # The channel's bundles form a chain. An inbox without this chain can neither collect nor answer.
        raise Refused(
            sentence("this card is not signed by the key that was accepted for this channel"),
            sentence(
                "if the body really created a new inbox, ask it to choose a new channel id: inbox init"
                " --channel ID"
            ),
        )
    if known is not None and found.serial <= known.serial:
        raise Refused(
            sentence("this card is not newer than card {serial}, which was accepted", serial=known.serial),
            _ANOTHER,
        )
    if not pinned and typed is None:
        shown = signing.fingerprint(found.key)
        raise Refused(
            sentence("nobody has compared the card key of this channel yet; the key is {shown}", shown=shown),
            sentence('{compare}, then repeat with --fingerprint "{shown}"', compare=_COMPARE, shown=shown),
        )
