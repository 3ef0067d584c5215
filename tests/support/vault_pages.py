"""Decrypt the pages of a vault without SQLCipher: every byte in the file, including free pages."""

from pathlib import Path

from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CBC

from crypto import passphrase
from inbox.keys import officers, vault_header
from tests.support.inbox_builders import Office

_PAGE = 4096
_RESERVE = 80  # at the end of each page: IV (16), HMAC-SHA512 (64)
_IV = 16
_SALT = 16  # before the first page, in place of SQLite's magic bytes


def decrypted(office: Office) -> bytes:
    """Return all pages of the office's vault, decrypted."""
    found = vault_header.parse((office.root / "vault.json").read_bytes())
    key = passphrase.vault_key(officers.open_master(found, office.bring()).master)
    return decrypted_file(office.root / f"vault-{found.generation}.sqlite", key)


def decrypted_file(path: Path, key: bytes) -> bytes:
    """Return all pages of a vault, decrypted."""
    raw = path.read_bytes()
    pages = [raw[start : start + _PAGE] for start in range(0, len(raw), _PAGE)]
    pages[0] = pages[0][_SALT:]
    return b"".join(_page(page, key) for page in pages)


def _page(page: bytes, key: bytes) -> bytes:
    content, iv = page[:-_RESERVE], page[-_RESERVE : _IV - _RESERVE]
    decryptor = Cipher(AES(key), CBC(iv)).decryptor()
    return decryptor.update(content) + decryptor.finalize()
