"""Seal files for the attachments folder, each to a seed of its own."""

import secrets
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from crypto import age
from crypto.hybrid import SEED
from crypto.recipients import HybridIdentity
from inbox.keys.stored_secrets import ATTACHMENT_ID
from inbox.system import atomic_files
from inbox.system.home import Home


@dataclass(frozen=True, slots=True)
class Kept:
    """A file that is sealed to ``seed`` and not yet in the attachments folder."""

    id: bytes
    seed: bytes = field(repr=False)


def seal(home: Home, data: Iterable[bytes]) -> Kept:
    """Seal a file to a seed of its own, before it is moved to the attachments folder."""
    kept = Kept(secrets.token_bytes(ATTACHMENT_ID), secrets.token_bytes(SEED))
    atomic_files.write(_place(home, kept), age.seal(data, [HybridIdentity.from_seed(kept.seed).recipient()]))
    return kept


def discard(home: Home, kept: Kept) -> None:
    """Delete a sealed file that is no longer needed."""
    _place(home, kept).unlink()


def _place(home: Home, kept: Kept) -> Path:
    return home.on_its_way(home.attachment(kept.id))
