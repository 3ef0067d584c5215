"""Invented reporters: they seal reports and messages, and open answers, as the pages of a portal do."""

import hashlib
import secrets
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date, timedelta

from crypto import age, casetoken, container, messages, padding, signing
from crypto.container import Signed
from crypto.errors import Malformed, Tampered
from crypto.keyring import Keyring
from crypto.messages import File, FollowUp, QuestionnaireRef, Report, SeenKeyring, Slot
from crypto.recipients import HybridRecipient
from crypto.signing import Label
from inbox.exercise import enclosures
from inbox.exercise.programme import Invented, Later
from inbox.exercise.state import Player


@dataclass(frozen=True, slots=True, kw_only=True)
class Envelope:
    """A sealed report or message as a portal stores it; only a report has a case id."""

    raw: bytes
    day: date
    case_id: bytes | None = None


@dataclass(frozen=True, slots=True)
class Site:
    """What the page of a reporter knows on one day: the deployment, its keyring, and the questionnaire."""

    keyring: Keyring
    raw: bytes
    asked: QuestionnaireRef
    today: date

    @property
    def seen(self) -> SeenKeyring:
        """The keyring, as a message names it."""
        return SeenKeyring(self.keyring.serial, hashlib.sha256(self.raw).digest())

    @property
    def recipient(self) -> HybridRecipient:
        """The newest intake key that is valid today."""
        valid = [
            key
            for key in self.keyring.channels[0].intake_keys
            if key.not_before <= self.today <= key.not_after
        ]
        return HybridRecipient.parse(max(valid, key=lambda key: key.not_before).recipient)


def report(site: Site, invented: Invented, player: Player) -> Envelope:
    """Return the sealed report of a reporter, written some days ago."""
    keys = casetoken.derive(player.token, site.keyring.deployment)
    day = site.today - timedelta(days=invented.days)
    drawn = [enclosures.draw(each, site.keyring.deployment, day) for each in invented.enclosures]
    written = Report(
        channel=site.keyring.channels[0].id,
        key_id=site.recipient.key_id,
        case_id=keys.case_id,
        salt=keys.salt,
        author_key=keys.author_key,
        reply_recipient=keys.reply_identity.recipient().raw,
        withdraw_id=keys.withdraw_id,
        language=invented.language,
        keyring=site.seen,
        questionnaire=site.asked,
        answers=dict(invented.answers),
        files=(),
        written=day,
    )
    raw = _seal(site, Label.REPORT, written, drawn, keys.author_seed)
    return Envelope(raw=raw, day=day, case_id=keys.case_id)


def follow_up(site: Site, later: Later, player: Player) -> Envelope:
    """Return a sealed later message of a reporter, written today."""
    keys = casetoken.derive(player.token, site.keyring.deployment)
    drawn = [enclosures.draw(each, site.keyring.deployment, site.today) for each in later.enclosures]
    written = FollowUp(
        channel=site.keyring.channels[0].id,
        key_id=site.recipient.key_id,
        case_id=keys.case_id,
        id=secrets.token_bytes(16),
        seen=player.seen,
        keyring=site.seen,
        text=later.text,
        files=(),
        written=site.today,
    )
    return Envelope(raw=_seal(site, Label.FOLLOW_UP, written, drawn, keys.author_seed), day=site.today)


def read(site: Site, sealed: bytes, player: Player) -> Slot:
    """Return a reporter's slot, opened and verified as the status page does. Raises CryptoError."""
    keys = casetoken.derive(player.token, site.keyring.deployment)
    raw = b"".join(age.unseal_envelope([sealed], [keys.reply_identity]))
    signed = container.read([raw], lambda *_: None, lambda _: padding.SLOT)
    if not isinstance(signed, Signed):
        raise Malformed("slot is not signed")
    for key in site.keyring.channels[0].reply_keys:
        with suppress(Tampered):  # Another reply key may have signed the slot.
            return messages.open_slot(site.keyring.deployment, signed, key.key)
    raise Tampered("slot is not signed by a reply key of its channel")


def _seal(
    site: Site,
    label: Label,
    written: Report | FollowUp,
    drawn: Sequence[tuple[str, str, bytes]],
    author_seed: bytes,
) -> bytes:
    def message(digests: Sequence[bytes]) -> bytes:
        described = tuple(
            File(number, name, kind, len(content), digest)
            for number, ((name, kind, content), digest) in enumerate(zip(drawn, digests, strict=True), 1)
        )
        if isinstance(written, Report):
            return messages.REPORT.encode(replace(written, files=described))
        return messages.FOLLOW_UP.encode(replace(written, files=described))

    pieces = container.write(
        [(len(content), [content]) for _, _, content in drawn],
        message,
        lambda raw: signing.sign(label, site.keyring.deployment, raw, author_seed),
    )
    return b"".join(age.seal(pieces, [site.recipient]))
