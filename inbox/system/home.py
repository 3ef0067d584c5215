"""The home folder of an inbox: the paths of its files, and its lock for one process at a time."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from crypto import base64url
from inbox.language import labels
from inbox.language.errors import HomeRefused
from inbox.language.messages import sentence
from inbox.system import atomic_files, holder
from inbox.system.holder import Holder


def keystore_name(generation: int) -> str:
    """Return the file name of the key store of one generation."""
    return f"keystore-{generation}.age"


@dataclass(frozen=True, slots=True)
class Home:
    """The folder of one inbox. This class names every path in the folder."""

    root: Path

    @property
    def header(self) -> Path:
        """The small file that records which shares open which vault."""
        return self.root / "vault.json"

    def vault(self, generation: int) -> Path:
        """The encrypted database of one generation."""
        return self.root / f"vault-{generation}.sqlite"

    @property
    def attachments(self) -> Path:
        """The folder of attachments, each sealed under its own key."""
        return self.root / "attachments"

    @property
    def unopened(self) -> Path:
        """The folder of unchanged envelopes that did not become a case."""
        return self.root / "unopened"

    @property
    def outbox(self) -> Path:
        """The folder of copies of outbox bundles that the portal has not confirmed."""
        return self.root / "outbox"

    @property
    def arriving(self) -> Path:
        """The folder of new files that are not recorded in the vault yet."""
        return self.root / "arriving"

    @property
    def laws(self) -> Path:
        """The folder of all laws that were ever in use, each in its own folder."""
        return self.root / "law"

    @property
    def folders(self) -> tuple[Path, ...]:
        """All folders of the home. When the home is copied, empty folders may be lost."""
        return (self.attachments, self.unopened, self.outbox, self.arriving, self.laws)

    def keystore(self, generation: int) -> Path:
        """The key store of one generation."""
        return self.root / keystore_name(generation)

    def attachment(self, attachment_id: bytes) -> Path:
        """The sealed file of one attachment (16-byte random id)."""
        return self.attachments / f"{base64url.encode(attachment_id)}.age"

    def envelope(self, envelope_hash: bytes) -> Path:
        """An envelope that did not become a case.

        The envelope's hash is its name, because the portal can repeat ids.
        """
        return self.unopened / f"{base64url.encode(envelope_hash)}.age"

    def name_of(self, path: Path) -> str:
        """Return the path of a file, relative to the home, in the form that the vault records."""
        return path.relative_to(self.root).as_posix()

    def sweep_vaults(self, generation: int) -> None:
        """After an interrupted change of officers, remove vaults of other generations and partial headers."""
        valid = self.vault(generation)
        stale = [path for path in self.root.glob("vault-*.sqlite*") if not path.name.startswith(valid.name)]
        stale += self.root.glob(f"{self.header.name}.*{atomic_files.PART}")
        if not stale:
            return
        # The header that names the valid vault must be on disk before any vault is deleted.
        atomic_files.sync_folder(self.root)
        for path in stale:
            path.unlink()
        atomic_files.sync_folder(self.root)

    def on_its_way(self, place: Path) -> Path:
        """The temporary path of a file that moves to ``place`` once it is recorded in the vault."""
        return self.arriving / place.name

    def outbox_bundle(self, channel: str, n: int) -> Path:
        """Our copy of an outbox bundle."""
        return self.outbox / f"{channel}-{n}.tar"

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Lock the home. Raises HomeRefused if there is no inbox, or if another process locked the home."""
        if not self.header.exists():
            raise HomeRefused(
                sentence("there is no inbox in {root}", root=self.root),
                sentence("check --home, or create an inbox: inbox init"),
            )
        descriptor = os.open(self.root, os.O_RDONLY | os.O_DIRECTORY)
        try:
            _lock(descriptor, self.root)
            yield
        finally:
            os.close(descriptor)


def _lock(descriptor: int, root: Path) -> None:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise _held(holder.of(root)) from None


def _held(by: Holder | None) -> HomeRefused:
    if by is None:
        return HomeRefused(
            sentence("another inbox command is running here"), sentence("wait until that command ends")
        )
    return HomeRefused(
        sentence(
            "the inbox has been open since {since} UTC: {surface}, {officers}",
            since=by.since,
            surface=labels.said("surface", by.surface),
            officers=", ".join(by.officers),
        ),
        sentence(
            "use that session or desk, or end it first: `lock` ends a session, and the Lock button ends the"
            " desk"
        ),
    )
