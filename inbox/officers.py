"""Who can open the vault: one officer for now, each with a secret under an own passphrase."""

import secrets

from crypto import passphrase
from crypto.errors import NotForUs
from inbox.errors import Refused, WrongPassphrase
from inbox.header import Header, Officer

MASTER = passphrase.SECRET
SHORTEST = 12


def check_length(chosen: str) -> None:
    """Raise Refused unless a new passphrase has at least 12 characters."""
    if len(chosen) < SHORTEST:
        raise Refused(
            f"the passphrase is shorter than {SHORTEST} characters",
            "five or more words drawn by lot are strong and can be remembered",
        )


def appoint(
    name: str,
    master: bytes,
    chosen: str,
    *,
    opslimit: int = passphrase.OPSLIMIT,
    memlimit: int = passphrase.MEMLIMIT,
) -> Header:
    """Return a header by which one officer alone opens the vault of ``master`` (32 bytes)."""
    salt = secrets.token_bytes(passphrase.SALT)
    key = passphrase.stretch(chosen, salt, opslimit=opslimit, memlimit=memlimit)
    officer = Officer(
        name=name,
        kdf="argon2id",
        salt=salt,
        opslimit=opslimit,
        memlimit=memlimit,
        sealed=passphrase.wrap(master, key),
    )
    return Header(1, (officer,))


def recover_master(header: Header, given: str) -> bytes:
    """Return the vault's master secret (32 bytes); WrongPassphrase if ``given`` is no officer's."""
    for officer in header.officers:
        key = passphrase.stretch(given, officer.salt, opslimit=officer.opslimit, memlimit=officer.memlimit)
        try:
            return passphrase.unwrap(officer.sealed, key)
        except NotForUs:
            continue
    raise WrongPassphrase
