"""A passphrase as the recipient of a key file (C2SP age.md, "scrypt")."""

import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field

from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from crypto.errors import Malformed, NotForUs
from crypto.header import Stanza
from crypto.primitives import WRAPPED_KEY, decode64, encode64, unwrap, wrap

KIND = "scrypt"
_SALT = 16
_LABEL = b"age-encryption.org/v1/scrypt"


@dataclass(frozen=True, slots=True)
class ScryptRecipient:
    """A passphrase that seals a file. No other recipient may be added.

    Sealing takes 2^``log_n`` KiB of memory.
    """

    passphrase: bytes | str = field(repr=False)
    log_n: int = 18

    def wrap(self, file_key: bytes) -> Stanza:
        """Return a stanza with a fresh salt."""
        salt = secrets.token_bytes(_SALT)
        wrap_key = _stretch(self.passphrase, salt, self.log_n)
        return Stanza((KIND, encode64(salt), str(self.log_n)), wrap(wrap_key, file_key))


@dataclass(frozen=True, slots=True)
class ScryptIdentity:
    """A passphrase that opens a file.

    Files that require more than 2^``max_log_n`` KiB of memory are refused.
    """

    passphrase: bytes | str = field(repr=False)
    max_log_n: int = 18

    def unwrap(self, stanzas: Sequence[Stanza]) -> bytes:
        """Return the file key.

        Raise NotForUs for a wrong passphrase. Raise Malformed if the stanza is invalid or there is another
        stanza.
        """
        if all(stanza.args[0] != KIND for stanza in stanzas):
            raise NotForUs("this file is not protected by a passphrase; try a key")
        salt, log_n, body = self._parse(stanzas)
        return unwrap(_stretch(self.passphrase, salt, log_n), body)

    def _parse(self, stanzas: Sequence[Stanza]) -> tuple[bytes, int, bytes]:
        match stanzas:
            case [Stanza((_, salt_text, work), body)] if re.fullmatch("[1-9][0-9]?", work):
                salt, log_n = decode64(salt_text), int(work)
                if len(salt) == _SALT and len(body) == WRAPPED_KEY and log_n <= self.max_log_n:
                    return salt, log_n, body
        raise Malformed("the header is not valid or requires too much work; ask for the file again")


def _stretch(passphrase: bytes | str, salt: bytes, log_n: int) -> bytes:
    secret = passphrase.encode() if isinstance(passphrase, str) else passphrase
    return Scrypt(salt=_LABEL + salt, length=32, n=2**log_n, r=8, p=1).derive(secret)
