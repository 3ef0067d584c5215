"""Cards: how the channel of a body outside comes onto the root's keyring (SPEC 6.1)."""

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

_ANOTHER = sentence("let the body export its card again: inbox card --out FOLDER")
_COMPARE = sentence("compare it, by telephone or face to face, with what `inbox card` said there")


@dataclass(frozen=True, slots=True)
class Offered:
    """card.json and card.sig as they came, with the fingerprint of the card key that was typed, if any."""

    raw: bytes
    signature: bytes
    fingerprint: str | None


def issue(session: Session, today: date) -> tuple[bytes, bytes]:
    """Return card.json and card.sig of this inbox's own channel with its keys of today, newly numbered."""
    office = queries_office.office(session)
    office.card_serial += 1
    raw, signature = draw(session, today)
    office.card_until = _end(card.parse(raw))
    return raw, signature


def draw(session: Session, today: date) -> tuple[bytes, bytes]:
    """Return the card as ``issue`` does, under its present number; Malformed if nobody would take it."""
    office = queries_office.office(session)
    drawn = Card(
        deployment=office.deployment,
        key=signing.public_key(office.card_seed),
        serial=max(1, office.card_serial),
        issued=today,
        channel=channel_keyring.own_channel(session, today),
    )
    return card.sign(drawn, office.card_seed)


def compare(offered: Offered) -> None:
    """Return if the card is by the key of which the fingerprint was typed, or none was.

    Raises Refused else, and for what is no card. It needs no vault, so nobody types a passphrase for it.
    """
    shown = claim(offered.raw)["key"]
    if offered.fingerprint is not None and not signing.is_same_fingerprint(offered.fingerprint, str(shown)):
        raise Refused(
            sentence("the card key is {shown}, not the one given", shown=shown),
            sentence("{compare}: somebody may stand between", compare=_COMPARE),
        )


def claim(raw: bytes) -> dict[str, str | int]:
    """Return what a card says that it is, not verified, for the journal; Refused if it is none."""
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
    """Put a body's channel onto the keyrings from now on, or its newer card in place of the older; return it.

    ``compare`` has compared its key with what was typed. Raises Refused: not the root's inbox; a card that
    does not hold, is from the past, or has only keys that are; what stands on the keyring already.
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
    """Return if a channel can have this id; else raise Refused."""
    if not re.fullmatch(CHANNEL, channel):
        raise _unknown()


def remove(session: Session, channel: str, today: date) -> None:
    """Take a body's channel off the keyrings from now on; Refused if it is not there."""
    channel_keyring.root_seed(session)
    row = session.get(tables.Card, channel)
    if row is None or row.removed is not None:
        raise _unknown()
    row.removed = today


def listing(session: Session) -> list[View]:
    """Return a view of each channel of a body outside that the keyrings list."""
    return [
        view(card.parse(row.raw)) | {"accepted": row.accepted.isoformat()}
        for row in queries_office.cards(session)
        if row.removed is None
    ]


def view(found: Card) -> View:
    """Return what people should know of a card."""
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
        sentence("no body outside has a channel of this id"), sentence("see them: inbox channels list")
    )


def _opened(session: Session, offered: Offered) -> Card:
    try:
        return card.open_card(offered.raw, offered.signature, queries_office.office(session).deployment)
    except CryptoError as error:
        raise Refused(
            sentence("card refused: {error}", error=library_errors.of_crypto(error)), _ANOTHER
        ) from None


def _end(found: Card) -> date:
    """Return the last day on which the channel can both be written to and answer."""
    intake = max((key.not_after for key in found.channel.intake_keys), default=date.min)
    return min(intake, max((key.not_after for key in found.channel.reply_keys), default=date.min))


def _check_keys(session: Session, found: Card, today: date) -> None:
    if found.issued > today:
        raise Refused(
            sentence("the card is of {day}, a day that is still to come", day=found.issued),
            sentence("check both clocks"),
        )
    if _end(found) < today:
        raise Refused(
            sentence("the keys on the card are past their days"),
            sentence("inbox keys rotate there; then {another}", another=_ANOTHER),
        )
    others = [each for each in _cards(session) if each.id != found.channel.id]
    try:
        keyring.check_channels([channel_keyring.all_keys(session), *others, found.channel])
    except Malformed:
        raise Refused(
            sentence(
                "the id of the channel, or a key on the card, stands on the keyring already, or once did"
            ),
            sentence("each channel has an id and keys of its own; ask the body where the card comes from"),
        ) from None


def _cards(session: Session) -> list[Channel]:
    """Return the channels of all bodies outside, those that were removed too."""
    return [card.parse(row.raw).channel for row in queries_office.cards(session)]


def _check_sender(known: tables.Card | None, found: Card, typed: str | None) -> None:
    """Raise Refused unless the card is by a key that officers compared, and newer than the last."""
    pinned = known is not None and known.removed is None
    if known is not None and known.key != found.key:
        # Bundles of the channel are chained: who has not the chain can neither collect nor answer.
        raise Refused(
            sentence("the card is by another key than the one that was accepted for this channel"),
            sentence(
                "if the body really began anew, let it choose a new channel id: inbox init --channel ID there"
            ),
        )
    if known is not None and found.serial <= known.serial:
        raise Refused(
            sentence("card {serial} or a newer one was accepted before this one", serial=known.serial),
            _ANOTHER,
        )
    if not pinned and typed is None:
        shown = signing.fingerprint(found.key)
        raise Refused(
            sentence("the card key of this channel was never compared; it is {shown}", shown=shown),
            sentence('{compare}, then repeat with --fingerprint "{shown}"', compare=_COMPARE, shown=shown),
        )
