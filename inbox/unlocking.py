"""From a home folder with a passphrase to an inbox at work."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy.orm import Session

from crypto import passphrase
from inbox import disk, header, officers, settling, vault
from inbox.home import Home
from inbox.vault import Vault


@dataclass(frozen=True, slots=True)
class Inbox:
    """An unlocked home: its folder, and its open vault."""

    home: Home
    vault: Vault

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        """Give a session as ``Vault.transaction`` does, then ``settle``."""
        with self.vault.transaction() as session:
            yield session
        self.settle()

    def settle(self) -> None:
        """Bring the files of the home to where the vault says that they are."""
        with self.vault.transaction() as session:
            settling.settle(self.home, session)


@contextmanager
def unlocked(root: Path, given: str) -> Iterator[Inbox]:
    """Give the inbox in the folder ``root``, held by this process alone.

    Raises HomeRefused, HeaderDamaged, WrongPassphrase, VaultMissing or VaultDamaged.
    """
    home = Home(root)
    with home.locked():
        master = officers.recover_master(header.parse(home.header.read_bytes()), given)
        opened = vault.load(home.vault, passphrase.vault_key(master))
        try:
            for folder in home.folders:
                disk.make_folder(folder)
            inbox = Inbox(home, opened)
            inbox.settle()
            yield inbox
        finally:
            opened.close()
