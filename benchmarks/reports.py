"""Make many reports for an inbox's real key.

A reference program opens the same number of ciphertexts as there are reports.
"""

import hashlib
import secrets
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, MLKEM768X25519PrivateKey, Suite

from crypto import age, archive, bundle, casetoken, container, keyring, messages, signing
from crypto.recipients import HybridIdentity, HybridRecipient
from crypto.signing import Label
from tests.support.installation import Installation

TODAY = datetime.now(UTC).date()


def stranger() -> HybridRecipient:
    """Return a recipient whose secret key was discarded."""
    return HybridIdentity.from_seed(secrets.token_bytes(32)).recipient()


class Office:
    """An inbox, and a simulated portal that writes its bundles as fast as possible."""

    def __init__(self, installation: Installation) -> None:
        self._inbox = installation.inbox
        folder = installation.medium / "keyring"
        self._raw = (folder / "keyring.json").read_bytes()
        self._ring = keyring.KEYRING.parse(self._raw)
        (self._channel,) = self._ring.channels
        self._instance = secrets.token_bytes(32)
        self._previous = bundle.FIRST
        seed = hashlib.shake_256(secrets.token_bytes(32)).digest(96)
        self._bare = MLKEM768X25519PrivateKey(
            MLKEM768PrivateKey.from_seed_bytes(seed[:64]), X25519PrivateKey.from_private_bytes(seed[64:])
        )

    def collect(self, path: Path) -> None:
        """Collect one bundle on the command line, as an officer does."""
        fingerprint = signing.fingerprint(signing.public_key(self._instance))
        self._inbox.run("exchange", "collect", path, "--confirm-instance", fingerprint)

    def open_bare(self, count: int) -> None:
        """Open ``count`` HPKE ciphertexts on one core, and do nothing else."""
        suite = Suite(KEM.MLKEM768_X25519, KDF.HKDF_SHA256, AEAD.CHACHA20_POLY1305)
        sealed = suite.encrypt(bytes(16), self._bare.public_key(), b"bench")
        for _ in range(count):
            suite.decrypt(sealed, self._bare, b"bench")

    def intake(self, number: int, count: int) -> bytes:
        """Return intake bundle ``number`` with ``count`` new reports."""
        sealed = sorted(
            (self._report() for _ in range(count)), key=lambda each: bundle.envelope_name(each[0].id)
        )
        intake = bundle.Intake(
            deployment=self._ring.deployment,
            channel=self._channel.id,
            n=number,
            previous=self._previous,
            instance_key=signing.public_key(self._instance),
            exported=TODAY,
            applied=bundle.Applied(0, bundle.FIRST),
            entries=tuple(entry for entry, _ in sealed),
            withdrawn=(),
        )
        manifest = bundle.sign_intake(intake, self._instance)
        self._previous = manifest.hash
        return b"".join(bundle.write(manifest, self._members(sealed)))

    @staticmethod
    def _members(sealed: list[tuple[bundle.Entry, bytes]]) -> Iterator[archive.Member]:
        for entry, envelope in sealed:
            yield archive.Member(bundle.envelope_name(entry.id), entry.size, iter([envelope]))

    def _report(self) -> tuple[bundle.Entry, bytes]:
        keys = casetoken.derive(casetoken.generate(), self._ring.deployment)
        intake_key = self._channel.intake_key(TODAY)
        assert intake_key
        asked = self._ring.questionnaire
        report = messages.Report(
            channel=self._channel.id,
            key_id=intake_key.id,
            case_id=keys.case_id,
            salt=keys.salt,
            author_key=keys.author_key,
            reply_recipient=keys.reply_identity.recipient().raw,
            withdraw_id=keys.withdraw_id,
            language="fr",
            keyring=messages.SeenKeyring(self._ring.serial, hashlib.sha256(self._raw).digest()),
            questionnaire=messages.QuestionnaireRef(asked.id, asked.version),
            answers={"what": "Un camion, toujours le même. " * 40, "coi": "no"},
            files=(),
            written=TODAY,
        )
        raw = messages.REPORT.encode(report)
        signature = signing.sign(Label.REPORT, self._ring.deployment, raw, keys.author_seed)
        pieces = container.write([], lambda _: raw, lambda _: signature)
        envelope = b"".join(age.seal(pieces, [HybridRecipient.parse(intake_key.recipient)]))
        digest = hashlib.sha256(envelope).digest()
        entry = bundle.Entry(
            id=secrets.token_bytes(16), size=len(envelope), hash=digest, day=TODAY, case_id=keys.case_id
        )
        return entry, envelope
