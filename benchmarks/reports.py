"""Make many reports for an inbox's real key.

A reference program does the essential work on the same number of reports: it opens, decrypts and verifies.
"""

import hashlib
import multiprocessing
import os
import secrets
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, MLKEM768X25519PrivateKey, Suite
from nacl.signing import SigningKey

from crypto import age, archive, bundle, casetoken, container, keyring, messages, padding, signing
from crypto.recipients import HybridIdentity, HybridRecipient
from crypto.signing import Label
from tests.support.installation import Installation

TODAY = datetime.now(UTC).date()
_MESSAGE = 3_000


def stranger() -> HybridRecipient:
    """Return a recipient whose secret key was discarded."""
    return HybridIdentity.from_seed(secrets.token_bytes(32)).recipient()


def open_bare(count: int) -> float:
    """Return how many seconds all cores take for the essential work on ``count`` reports, and nothing else.

    The work is to open an HPKE ciphertext, to decrypt the payload of the smallest envelope, and to verify the
    signature of a message of 3,000 bytes. Each process has started and made its keys before.
    """
    cores = len(os.sched_getaffinity(0))
    share = -(-count // cores)
    with multiprocessing.Pool(cores) as pool:
        begun = pool.map(_open_bare, [share] * cores, chunksize=1)
    return max(begun)


def _open_bare(count: int) -> float:
    seed = hashlib.shake_256(secrets.token_bytes(32)).digest(96)
    key = MLKEM768X25519PrivateKey(
        MLKEM768PrivateKey.from_seed_bytes(seed[:64]), X25519PrivateKey.from_private_bytes(seed[64:])
    )
    suite = Suite(KEM.MLKEM768_X25519, KDF.HKDF_SHA256, AEAD.CHACHA20_POLY1305)
    wrapped = suite.encrypt(bytes(16), key.public_key(), b"bench")
    cipher, nonce = ChaCha20Poly1305(secrets.token_bytes(32)), bytes(12)
    payload = cipher.encrypt(nonce, bytes(padding.SMALLEST), None)
    signer = SigningKey.generate()
    message = bytes(signer.sign(secrets.token_bytes(_MESSAGE)))
    begun = time.perf_counter()
    for _ in range(count):
        suite.decrypt(wrapped, key, b"bench")
        cipher.decrypt(nonce, payload, None)
        signer.verify_key.verify(message)
    return time.perf_counter() - begun


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

    def collect(self, path: Path) -> None:
        """Collect one bundle on the command line, as an officer does."""
        fingerprint = signing.fingerprint(signing.public_key(self._instance))
        self._inbox.run("exchange", "collect", path, "--confirm-instance", fingerprint)

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
