"""Keys derived from passphrases and secrets, and keyed marks of values."""

import hmac
import inspect
from collections.abc import Callable

import pytest
from nacl import pwhash

from crypto import blind, passphrase
from crypto.errors import Malformed, NotForUs

SALT = bytes(16)
LEAST = {"opslimit": passphrase.LEAST_OPSLIMIT, "memlimit": passphrase.LEAST_MEMLIMIT}


@pytest.mark.parametrize(
    ("salt", "limits"),
    [
        (bytes(15), LEAST),
        (bytes(17), LEAST),
        (SALT, {**LEAST, "opslimit": 0}),
        (SALT, {**LEAST, "memlimit": 1}),
    ],
)
def test_an_invalid_salt_or_limit_is_refused(salt: bytes, limits: dict[str, int]) -> None:
    with pytest.raises(Malformed):
        passphrase.stretch("a", salt, **limits)


def test_a_passphrase_gives_the_same_key_however_its_accents_are_encoded() -> None:
    key = passphrase.stretch("clé \ufb01n", SALT, **LEAST)
    assert key == passphrase.stretch("cle\u0301 fin", SALT, **LEAST)
    assert key == pwhash.argon2id.kdf(
        32, "clé fin".encode(), SALT, opslimit=LEAST["opslimit"], memlimit=LEAST["memlimit"]
    )
    assert (
        len(
            {
                key,
                passphrase.stretch("cle fin", SALT, **LEAST),
                passphrase.stretch("clé fin", b"s" * 16, **LEAST),
            }
        )
        == 3
    )
    assert len(passphrase.stretch("\ud800", SALT, **LEAST)) == 32


def test_each_guess_of_a_passphrase_takes_256_mib_unless_a_test_sets_less() -> None:
    given = inspect.signature(passphrase.stretch).parameters
    assert (given["opslimit"].default, given["memlimit"].default) == (3, 256 << 20)


def test_a_secret_is_unwrapped_only_with_its_own_key() -> None:
    wrapped = passphrase.wrap(b"secret", SALT * 2)
    assert len(wrapped) == len(b"secret") + passphrase.OVERHEAD == 46
    assert wrapped != passphrase.wrap(b"secret", SALT * 2)
    for raw, key in ((wrapped, b"k" * 32), (wrapped[:-1], SALT * 2), (wrapped, SALT), (b"", SALT * 2)):
        with pytest.raises(NotForUs):
            passphrase.unwrap(raw, key)
    assert passphrase.unwrap(wrapped, SALT * 2) == b"secret"


@pytest.mark.parametrize(
    ("derive", "label"), [(passphrase.vault_key, "vault"), (passphrase.backup_key, "backup")]
)
def test_each_key_of_a_master_secret_has_its_own_label(derive: Callable[[bytes], bytes], label: str) -> None:
    """The keys are computed by the expand step of HKDF (RFC 5869)."""
    assert derive(b"m" * 32) == hmac.digest(b"m" * 32, f"fanal/1/{label}\x01".encode(), "sha256")


def test_a_mark_depends_on_the_key_and_the_kind_and_the_value() -> None:
    key = blind.generate()
    assert (len(key), key == blind.generate()) == (32, False)
    found = blind.mark(key, "phone", "1")
    assert found == hmac.digest(key, b"fanal/1/mark\0phone\0001", "sha256")[:8]
    assert (
        len(
            {
                found,
                blind.mark(bytes(32), "phone", "1"),
                blind.mark(key, "name", "1"),
                blind.mark(key, "phone", "2"),
            }
        )
        == 4
    )
