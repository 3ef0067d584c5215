"""Keys, signatures and fingerprints (SPEC 1.4): their sizes, and the data that a signature covers."""

import base64
import hashlib

import pytest

from crypto import signing
from crypto.errors import Malformed, Tampered
from crypto.signing import Label

SEED, DEPLOYMENT = bytes(range(signing.SEED)), bytes(signing.DEPLOYMENT)
KEY = signing.public_key(SEED)
SIGNED = signing.sign(Label.CARD, DEPLOYMENT, b"file", SEED)


def test_a_key_or_signature_of_another_length_is_malformed() -> None:
    assert (len(SEED), len(DEPLOYMENT), len(KEY), len(SIGNED)) == (32, 16, 32, 64)
    assert (signing.PUBLIC, signing.SIGNATURE, signing.LARGEST_FILE) == (32, 64, 4 * 1_024 * 1_024)
    for signature, key, deployment in (
        (SIGNED[:-1], KEY, DEPLOYMENT),
        (SIGNED + b"\0", KEY, DEPLOYMENT),
        (SIGNED, KEY[:-1], DEPLOYMENT),
        (SIGNED, KEY + b"\0", DEPLOYMENT),
        (SIGNED, KEY, bytes(15)),
        (SIGNED, KEY, bytes(17)),
    ):
        with pytest.raises(Malformed):
            signing.verify(Label.CARD, deployment, b"file", signature, key)


def test_a_signature_is_valid_only_for_its_key_and_label_and_deployment_and_file() -> None:
    other = signing.public_key(bytes(32))
    for label, deployment, file, key in (
        (Label.KEYRING, DEPLOYMENT, b"file", KEY),
        (Label.CARD, b"d" * 16, b"file", KEY),
        (Label.CARD, DEPLOYMENT, b"files", KEY),
        (Label.CARD, DEPLOYMENT, b"file", other),
        (Label.CARD, DEPLOYMENT, b"file", bytes(32)),
    ):
        with pytest.raises(Tampered):
            signing.verify(label, deployment, file, SIGNED, key)
    signing.verify(Label.CARD, DEPLOYMENT, b"file", SIGNED, KEY)


def test_a_key_that_is_not_a_point_of_the_group_is_refused() -> None:
    for wrong in (bytes(32), b"\1" + bytes(31), b"\xff" * 32, KEY[:-1], KEY + b"\0"):
        with pytest.raises(Malformed):
            signing.check_key(wrong)
    signing.check_key(KEY)


def test_a_fingerprint_has_eight_groups_of_four_and_ignores_spaces_and_case() -> None:
    found = signing.fingerprint(KEY)
    assert [len(group) for group in found.split(" ")] == [4] * 8
    assert found.replace(" ", "") == base64.b32encode(hashlib.sha256(KEY).digest()[:20]).decode()
    assert not signing.is_same_fingerprint(found, found[:-1])
    assert signing.is_same_fingerprint(found, f" {found.lower().replace(' ', '')}")
