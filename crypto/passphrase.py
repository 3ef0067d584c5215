"""Protect a secret with a passphrase: Argon2id (RFC 9106) makes a key, which encrypts the secret."""

import unicodedata

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDFExpand
from nacl import pwhash
from nacl.exceptions import CryptoError as NaClError
from nacl.exceptions import RuntimeError as NaClRuntimeError
from nacl.secret import SecretBox

from crypto.errors import Malformed, NotForUs

KEY = SecretBox.KEY_SIZE
SALT = pwhash.argon2id.SALTBYTES
OVERHEAD = SecretBox.NONCE_SIZE + SecretBox.MACBYTES

# libsodium's "moderate" limits: 256 MiB and about half a second, once for each command.
OPSLIMIT: int = pwhash.argon2id.OPSLIMIT_MODERATE
MEMLIMIT: int = pwhash.argon2id.MEMLIMIT_MODERATE
LEAST_OPSLIMIT: int = pwhash.argon2id.OPSLIMIT_MIN
LEAST_MEMLIMIT: int = pwhash.argon2id.MEMLIMIT_MIN

VAULT = b"fanal/1/vault"
BACKUP = b"fanal/1/backup"


def stretch(passphrase: str, salt: bytes, *, opslimit: int = OPSLIMIT, memlimit: int = MEMLIMIT) -> bytes:
    """Return the 32-byte key of a passphrase; ``salt`` has 16 bytes, ``memlimit`` is in bytes.

    The text is first normalised to NFKC, because keyboards encode accents differently. Raise Malformed if
    libsodium does not accept the salt or a limit. Raise MemoryError if less than ``memlimit`` is free.
    """
    text = unicodedata.normalize("NFKC", passphrase).encode("utf-8", errors="surrogatepass")
    try:
        return bytes(pwhash.argon2id.kdf(KEY, text, salt, opslimit=opslimit, memlimit=memlimit))
    except NaClRuntimeError:  # Within its limits, libsodium fails only if memory is short.
        raise MemoryError from None
    except (NaClError, ValueError):
        raise Malformed("the passphrase cannot be stretched with these parameters") from None


def wrap(secret: bytes, key: bytes) -> bytes:
    """Wrap a secret under a 32-byte key. The result begins with a fresh nonce and is 40 bytes longer."""
    return bytes(SecretBox(key).encrypt(secret))


def unwrap(wrapped: bytes, key: bytes) -> bytes:
    """Return the secret inside ``wrapped``; raise NotForUs if the key is wrong or the bytes were changed."""
    try:
        return bytes(SecretBox(key).decrypt(wrapped))
    except (NaClError, ValueError):
        raise NotForUs("this key does not open the secret; try another one") from None


def vault_key(master: bytes) -> bytes:
    """Return the 32-byte key of the vault: expand(master, ``fanal/1/vault``), SPEC 1.1."""
    return HKDFExpand(SHA256(), 32, info=VAULT).derive(master)


def backup_key(master: bytes) -> bytes:
    """Return the 32-byte key that authenticates the list of a backup: expand(master, ``fanal/1/backup``)."""
    return HKDFExpand(SHA256(), 32, info=BACKUP).derive(master)
