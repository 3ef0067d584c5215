"""External bodies: their inboxes, and the cards that add their channels to the root's keyring."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from crypto import card, signing
from crypto.card import Card
from inbox.setup.init import Root
from tests.support import inbox_builders as build
from tests.support.inbox_builders import Office

BODY = "ombudsman"


def joined(folder: Path, root: Office) -> Office:
    """Create the inbox of an external body in the root's deployment."""
    folder.mkdir()
    opened, root_key = root.keyring()
    chosen = replace(
        build.charter(),
        channel=BODY,
        name_fr="Défenseur",
        note_fr="Tél. 1",
        root=Root(opened.deployment, root_key),
    )
    return Office.found(folder, chosen)


def export(body: Office, name: str = "card") -> tuple[Path, str]:
    """Return the folder with the body's next card, and the fingerprint that its officers read out."""
    folder = body.out / name
    return folder, str(body.json("exchange", "card", "--out", folder)["fingerprint"])


def accept(root: Office, body: Office) -> Any:
    folder, fingerprint = export(body)
    return root.json("exchange", "channel", "add", folder, "--fingerprint", fingerprint)


def forge(folder: Path, change: Callable[[Card], Card], seed: bytes = bytes(32)) -> str:
    """Change the card in a folder and sign it again, without any checks. Return the forger's fingerprint."""
    found = change(card.parse((folder / card.CARD).read_bytes()))
    raw = card._CARD.encode(replace(found, key=signing.public_key(seed)))
    (folder / card.CARD).write_bytes(raw)
    signature = signing.sign(signing.Label.CARD, found.deployment, raw, seed)
    (folder / card.SIGNATURE).write_bytes(signature)
    return signing.fingerprint(signing.public_key(seed))
