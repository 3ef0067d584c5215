"""Media for backups of the inbox, and forged backup lists, as a quorum of share holders could make them."""

import hashlib
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from crypto import backup, passphrase
from crypto.backup import Backup, File
from inbox.keys import officers, vault_header
from tests.support.inbox_builders import Office, Said

Edit = Callable[[Backup], Backup]


class Copies:
    """Two media: one for backups, one for key stores."""

    def __init__(self, folder: Path) -> None:
        self.out, self.keys = folder / "backups", folder / "keys"
        for each in (self.out, self.keys):
            each.mkdir(parents=True, exist_ok=True)

    def of(self, office: Office) -> dict[str, Any]:
        """Make a backup and return the JSON output."""
        made = office.json("backup", "make", "--out", self.out, "--keystore-out", self.keys)
        assert isinstance(made, dict)
        return made

    def restore(
        self, office: Office, made: dict[str, Any], folder: Path, *options: str
    ) -> tuple[Office, Said]:
        """Restore a backup into a folder.

        The shares of an inbox open the backup. Return the office in the folder and the output of the command.
        """
        restored, words = self.restoring(office, made, folder)
        return restored, restored.run(*words, *(options or ("--json",)))

    def restoring(
        self, office: Office, made: dict[str, Any], folder: Path
    ) -> tuple[Office, list[str | Path]]:
        """Return an office with the shares of an inbox, and the command with which it restores a backup."""
        folder.mkdir(exist_ok=True)
        restored = Office(folder, office.present)
        restored.out.mkdir(exist_ok=True)
        if office.present:
            shutil.copytree(office.shares, folder / "shares", dirs_exist_ok=True)
            pairs = [(office.share_of(name), office.secret_of(name)) for name in office.present]
        else:
            pairs = [(next(office.root.glob("*.share")), office.secret)]
        restored.brought = [
            word for share, secret in pairs for word in ("--share", share, "--passphrase-file", secret)
        ]
        return restored, ["backup", "restore", "--from", made["folder"], "--keystore", made["keystore"]]


def signed_anew(office: Office, folder: Path, edit: Edit) -> None:
    """Change the list of a backup and sign the list with the officers' key, as a quorum of officers could."""
    path = folder / "backup.json"
    header = vault_header.parse((office.root / "vault.json").read_bytes())
    key = passphrase.backup_key(officers.open_master(header, office.bring()).master)
    path.write_bytes(backup.encode(edit(backup.parse(path.read_bytes()).backup), key))


def as_it_is(path: Path) -> Edit:
    """Return a function that updates the list of a backup to the current content of a file."""
    found = hashlib.sha256(path.read_bytes()).digest()

    def edit(listed: Backup) -> Backup:
        if path.name.startswith("keystore"):
            return replace(listed, keystore_hash=found)
        named = {path.name, f"{path.parent.name}/{path.name}"}
        files = [File(each.name, found) if each.name in named else each for each in listed.files]
        return replace(listed, files=tuple(files))

    return edit
