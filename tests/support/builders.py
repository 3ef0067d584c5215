"""Keyrings, reports and bundles for tests, in the form in which the other rooms make them."""

import hashlib
import secrets
from base64 import b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from pathlib import Path

from crypto import (
    age,
    base64url,
    bundle,
    casetoken,
    container,
    keyring,
    memo,
    padding,
    questionnaire,
    receipt_key,
    signing,
)
from crypto.archive import Member
from crypto.bundle import (
    FIRST,
    KEYRING,
    KEYRING_SIGNATURE,
    KeyringLink,
    Link,
    Manifest,
    Opened,
    Outbox,
    SealedSlot,
)
from crypto.casetoken import CaseKeys
from crypto.journal import Head
from crypto.keyring import Channel, IntakeKey, Keyring, ReplyKey, Texts
from crypto.messages import REPORT, File, QuestionnaireRef, Report, SeenKeyring
from crypto.receipt_key import ReceiptKey
from crypto.recipients import HybridIdentity
from crypto.signing import Label
from templates import shipped

INSPECTORATE = "inspectorate"
OUTSIDE = "ombudsman"
QUESTIONNAIRE = shipped.QUESTIONNAIRE
ASKED = questionnaire.parse(QUESTIONNAIRE.read_bytes()).reference


def today() -> date:
    """Return today in UTC."""
    return datetime.now(UTC).date()


@dataclass(frozen=True)
class Body:
    """A channel with its private keys."""

    id: str
    intake: HybridIdentity = field(default_factory=lambda: HybridIdentity.from_seed(secrets.token_bytes(32)))
    reply_seed: bytes = field(default_factory=lambda: secrets.token_bytes(32))

    def channel(self, day: date) -> Channel:
        """Return the keyring's entry for the channel, with keys that are valid around ``day``."""
        dates = {"not_before": day - timedelta(days=10), "not_after": day + timedelta(days=80)}
        recipient = self.intake.recipient()
        reply_key = signing.public_key(self.reply_seed)
        name = Texts(fr=self.id, en=self.id)
        return Channel(
            id=self.id,
            name=name,
            note=name,
            intake_keys=(IntakeKey(id=recipient.key_id, recipient=recipient.encode(), **dates),),
            reply_keys=(ReplyKey(id=keyring.reply_key_id(reply_key), key=reply_key, **dates),),
        )


@dataclass(frozen=True)
class Site:
    """A deployment with all its private keys: the root key and two channels."""

    deployment: bytes = field(default_factory=lambda: secrets.token_bytes(16))
    root_seed: bytes = field(default_factory=lambda: secrets.token_bytes(32))
    inspectorate: Body = field(default_factory=lambda: Body(INSPECTORATE))
    outside: Body = field(default_factory=lambda: Body(OUTSIDE))

    @property
    def root_key(self) -> bytes:
        """The public half of the root key."""
        return signing.public_key(self.root_seed)

    @property
    def bodies(self) -> Mapping[str, Body]:
        """Both channels, by the ids of the channels."""
        return {body.id: body for body in (self.inspectorate, self.outside)}


@dataclass(frozen=True)
class SignedKeyring:
    """keyring.json and keyring.sig, with the value that they encode."""

    value: Keyring
    raw: bytes
    signature: bytes

    @property
    def link(self) -> KeyringLink:
        """The reference to this keyring in the manifest of an outbox."""
        return KeyringLink(self.value.serial, hashlib.sha256(self.raw).digest())

    def save(self, folder: Path) -> Path:
        """Write the two files to ``folder``, which is created if needed; return the folder."""
        folder.mkdir(exist_ok=True)
        (folder / KEYRING).write_bytes(self.raw)
        (folder / KEYRING_SIGNATURE).write_bytes(self.signature)
        return folder


def make_keyring(
    site: Site,
    serial: int = 1,
    *,
    day: date | None = None,
    root_seed: bytes | None = None,
    bodies: Sequence[Body] | None = None,
) -> SignedKeyring:
    """Return a keyring issued on ``day`` (default: today), signed by the site's root key or another key."""
    return _keyring(
        site, serial, day or today(), root_seed or site.root_seed, tuple(bodies or site.bodies.values())
    )


@lru_cache
def _keyring(site: Site, serial: int, day: date, root_seed: bytes, bodies: tuple[Body, ...]) -> SignedKeyring:
    # Keyrings are cached, because every room and report needs a keyring. Most of them need the same keyring,
    # and encoding its keys takes 10 ms.
    value = Keyring(
        deployment=site.deployment,
        serial=serial,
        issued=day,
        valid_until=day + timedelta(days=30),
        name=Texts(fr="Douane", en="Customs"),
        channels=tuple(body.channel(day) for body in bodies),
        questionnaire=ASKED,
        receipt_keys=tuple(
            receipt_key.sign(
                ReceiptKey(
                    deployment=site.deployment,
                    channel=body.id,
                    key=key.key,
                    not_before=key.not_before,
                    not_after=key.not_after,
                ),
                root_seed,
            )
            for body in bodies
            for key in body.channel(day).reply_keys
        ),
    )
    raw, signature = keyring.sign(value, root_seed)
    return SignedKeyring(value, raw, signature)


@dataclass(frozen=True)
class Sealed:
    """A report as a browser sends it: the envelope, and the values in the request."""

    keys: CaseKeys
    channel: str
    envelope: bytes
    memo: bytes
    case_id: bytes
    withdraw_id: bytes

    @property
    def metadata(self) -> str:
        """The Upload-Metadata header of a first report."""
        return upload_metadata(
            channel=self.channel.encode(),
            case=self.case_id,
            memo=self.memo,
            withdraw=self.withdraw_id,
        )


def make_report_envelope(
    site: Site,
    channel: str = INSPECTORATE,
    *,
    text: str = "é",
    entropy: bytes | None = None,
    file: bytes = b"",
) -> Sealed:
    """Return a valid report with ``text``, and one attachment unless ``file`` is empty."""
    keys = casetoken.derive(entropy or casetoken.generate(), site.deployment)
    signed = make_keyring(site)
    recipient = site.bodies[channel].intake.recipient()

    def message(digests: Sequence[bytes]) -> bytes:
        return REPORT.encode(
            Report(
                channel=channel,
                key_id=recipient.key_id,
                case_id=keys.case_id,
                salt=keys.salt,
                author_key=keys.author_key,
                reply_recipient=keys.reply_identity.recipient().raw,
                withdraw_id=keys.withdraw_id,
                language="fr",
                keyring=SeenKeyring(signed.value.serial, signed.link.hash),
                questionnaire=QuestionnaireRef(ASKED.id, ASKED.version),
                answers={"what": text, "coi": "no"},
                files=tuple(_described(digests, file)),
                written=today(),
            )
        )

    def sign(raw: bytes) -> bytes:
        return signing.sign(Label.REPORT, site.deployment, raw, keys.author_seed)

    files = [(len(file), [file])] if file else []
    envelope = b"".join(age.seal(container.write(files, message, sign), [recipient]))
    note = memo.Note(channel, today())
    sealed_memo = memo.seal(note, keys.memo_key, deployment=site.deployment, case_id=keys.case_id)
    return Sealed(keys, channel, envelope, sealed_memo, keys.case_id, keys.withdraw_id)


def make_envelope(site: Site, channel: str = INSPECTORATE, size: int = padding.SMALLEST) -> bytes:
    """Return an envelope in the right format that contains ``size`` zeros."""
    return age.seal_bytes(bytes(size), [site.bodies[channel].intake.recipient()])


def under_another_header(envelope: bytes) -> bytes:
    """Return the envelope with another MAC in its header.

    The portal cannot notice that nobody can open the envelope.
    """
    end = age.ENVELOPE_HEADER - 1
    mac = b64encode(secrets.token_bytes(32)).rstrip(b"=")
    return envelope[: end - len(mac)] + mac + envelope[end:]


def anew(sealed: Sealed) -> Sealed:
    """Return a report that the portal takes for a new one.

    Nobody can open this report, because it only gets a random header and is not sealed again.
    """
    return replace(sealed, envelope=under_another_header(sealed.envelope))


def make_slot(keys: CaseKeys) -> bytes:
    """Return an envelope with the size of a slot, sealed to the reporter."""
    return age.seal_bytes(bytes(padding.SLOT), [keys.reply_identity.recipient()])


@dataclass(frozen=True)
class OutboxBundle:
    """An outbox bundle in memory."""

    manifest: Manifest
    content: bytes

    def save(self, path: Path) -> Path:
        """Write the bundle to ``path`` and return ``path``."""
        path.write_bytes(self.content)
        return path


def make_outbox(  # noqa: PLR0913 - a test names the one part that is wrong
    site: Site,
    channel: str = INSPECTORATE,
    *,
    n: int = 1,
    previous: bytes = FIRST,
    collected: Sequence[Link] = (),
    slots: Mapping[bytes, bytes] | None = None,
    closed: Sequence[bytes] = (),
    opened: Sequence[Sealed] = (),
    signed: SignedKeyring | None = None,
    reply_seed: bytes | None = None,
) -> OutboxBundle:
    """Return an outbox with ``slots`` by case id, signed by the channel's reply key or by another key."""
    signed = signed or make_keyring(site)
    slots = dict(sorted((slots or {}).items(), key=lambda item: base64url.encode(item[0])))
    outbox = Outbox(
        deployment=site.deployment,
        channel=channel,
        n=n,
        previous=previous,
        collected=tuple(collected),
        slots=tuple(SealedSlot(case_id, hashlib.sha256(slot).digest()) for case_id, slot in slots.items()),
        closed=tuple(sorted(closed, key=base64url.encode)),
        opened=tuple(Opened(each.case_id, each.memo, each.withdraw_id) for each in _sorted(opened)) or None,
        keyring=signed.link,
        journal=Head(1, FIRST),
    )
    manifest = bundle.sign_outbox(outbox, reply_seed or site.bodies[channel].reply_seed)
    files = {
        **{bundle.slot_name(case_id): slot for case_id, slot in slots.items()},
        KEYRING: signed.raw,
        KEYRING_SIGNATURE: signed.signature,
    }
    members = [Member(name, len(content), iter([content])) for name, content in files.items()]
    return OutboxBundle(manifest, b"".join(bundle.write(manifest, members)))


def _sorted(cases: Sequence[Sealed]) -> list[Sealed]:
    return sorted(cases, key=lambda case: base64url.encode(case.case_id))


def upload_metadata(**values: bytes) -> str:
    """Return an Upload-Metadata header with these values."""
    return ",".join(f"{name} {b64encode(value).decode()}" for name, value in values.items())


def _described(digests: Sequence[bytes], file: bytes) -> list[File]:
    return [
        File(number=number, name="", type="application/pdf", size=len(file), digest=digest)
        for number, digest in enumerate(digests, 1)
    ]
