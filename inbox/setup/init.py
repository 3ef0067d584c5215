"""Create an inbox: build the home under a temporary name, test the shares, then rename the home."""

import glob
import re
import secrets
import shutil
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from sqlalchemy.orm import Session

from crypto import card, journal, keyring, messages, passphrase, signing
from crypto import exercise as deployments
from crypto.errors import Malformed
from crypto.journal import Presence
from crypto.keyring import CHANNEL_SHAPE, Channel, Texts
from inbox.deadlines import renewing
from inbox.keys import channel_cards, key_store, officers, rotation, vault_header
from inbox.keys import keyring as channel_keyring
from inbox.keys.secret_sharing import Circle, Proven, prove, share, withdraw
from inbox.keys.stored_secrets import KeyStore
from inbox.language import marking
from inbox.language.errors import HomeRefused, Refused
from inbox.language.messages import sentence
from inbox.law import folders, in_use
from inbox.questionnaire import catalogue
from inbox.session.actions import Actor, Code, action
from inbox.session.journal import note
from inbox.setup import ceremony_papers, upgrade
from inbox.setup.ceremony_papers import Handout, Papers
from inbox.system import atomic_files
from inbox.system.home import Home
from inbox.vault.tables import Office, QuestionnaireFile
from templates.law.rules import Law

ANSWER_DAYS = 14


@dataclass(frozen=True, slots=True)
class Root:
    """The deployment's id (16 bytes), its root key (32 bytes) and, in the root's inbox only, the seed."""

    deployment: bytes
    key: bytes
    seed: bytes | None = field(default=None, repr=False)

    @classmethod
    def new(cls, *, exercise: bool = False) -> "Root":
        """Return the root of a new deployment, or of a new exercise."""
        seed = secrets.token_bytes(signing.SEED)
        return cls(deployments.draw(exercise=exercise), signing.public_key(seed), seed)


@dataclass(frozen=True, slots=True, kw_only=True)
class Charter:
    """The decisions that people make before an inbox is created; ``questionnaire`` is the TOML file.

    ``law`` has the files of the jurisdiction's law, by name. With a ``root``, the inbox belongs to an outside
    body, and the root's officers vouch for its channel.
    """

    name: str
    channel: str
    name_fr: str
    name_en: str
    note_fr: str
    note_en: str
    questionnaire: bytes
    law: Mapping[str, bytes]
    root: Root | None = None


@dataclass(frozen=True, slots=True)
class Founded:
    """The root (for the portal's settings), the tested shares, and the papers if there are any."""

    root: Root
    proven: Proven
    papers: Papers | None


def check_free(root: Path) -> None:
    """Raise HomeRefused if ``root`` already exists and is not an empty folder."""
    if root.exists() and (not root.is_dir() or any(root.iterdir())):
        raise HomeRefused(
            sentence("{root} already exists; nothing was changed", root=root),
            sentence("choose another --home"),
        )


def check_charter(charter: Charter) -> None:
    """Raise Refused for an invalid channel id, name, note, questionnaire or law."""
    if not re.fullmatch(messages.CHANNEL, charter.channel):
        raise Refused(
            sentence("invalid channel id"),
            sentence("begin with a letter, and use at most 28 characters: a-z, 0-9 and -"),
        )
    texts = (charter.name, charter.name_fr, charter.name_en, charter.note_fr, charter.note_en)
    for each in map(Texts, texts, texts):
        _check_texts(Channel(charter.channel, each, each, (), ()))
    catalogue.read(charter.questionnaire)
    folders.read(charter.law)


def found(
    root: Path,
    charter: Charter,
    circle: Circle,
    handout: Handout | None = None,
    *,
    today: date,
) -> Founded:
    """Create the inbox in the folder ``root`` for the officers of ``circle``, and hand out their shares.

    Without a handout, the share of the only officer stays in the home. Nothing exists at ``root`` until the
    last step, so an interrupted ceremony can be started again. Raises HomeRefused or Refused.
    """
    check_free(root)
    check_charter(charter)
    sharing = share(circle)
    aside = Home(root.absolute().with_name(_aside(root.absolute().name, secrets.token_hex(8))))
    root.absolute().parent.mkdir(parents=True, exist_ok=True)
    _sweep(root)
    folder = handout.folder if handout else aside.root
    try:
        for each in (aside.root, *aside.folders):
            atomic_files.make_folder(each)
        proven = prove(sharing, circle, folder, today)
        root_of_all = charter.root or Root.new()
        minutes = _build(aside, charter, root_of_all, proven)
        with marking.marked(root_of_all.deployment):
            papers = handout.write(proven, charter.name, minutes) if handout else None
        for each in (*aside.folders, aside.root):
            atomic_files.sync_folder(each)
        aside.root.rename(root)
    finally:
        if aside.root.exists():  # Otherwise, it was renamed to ``root``.
            withdraw(sharing, folder)
            shutil.rmtree(aside.root, ignore_errors=True)
    atomic_files.sync_folder(root.absolute().parent)
    return Founded(root_of_all, proven, papers)


def _check_texts(channel: Channel) -> None:
    try:
        CHANNEL_SHAPE.read(CHANNEL_SHAPE.write(channel))
    except Malformed:
        raise Refused(
            sentence("a name or note is too long"), sentence("use at most 2000 characters for each")
        ) from None


def _aside(name: str, drawn: str) -> str:
    return f".{name}.{drawn}{atomic_files.PART}"


def _sweep(root: Path) -> None:
    """Delete the folders that interrupted ceremonies left beside ``root``."""
    for each in root.absolute().parent.glob(_aside(glob.escape(root.absolute().name), "?" * 16)):
        shutil.rmtree(each)


def _build(aside: Home, charter: Charter, root: Root, proven: Proven) -> str:
    """Fill the home and return the record of the ceremony."""
    sharing, today = proven.sharing, proven.day
    opened = upgrade.create(aside.vault(1), passphrase.vault_key(sharing.master))
    in_use.lies_in(opened, aside)
    try:
        with opened.transaction() as session:
            law = in_use.keep(session, charter.law)
            _fill(session, charter, root, law)
            _make_keys(aside, session, root, today)
            names = tuple(sharing.files)
            officers.appoint(session, names, today)
            renewing.renew(session)
            found = action(Code.FOUND, sharing=sharing.name, quorum=sharing.quorum, law=law.sha256.hex())
            note(session, Actor(dict.fromkeys(names, Presence.OWN), today), found)
            minutes = ceremony_papers.record(session, proven, "Fanal: record of a key ceremony")
    finally:
        opened.close()
    atomic_files.write(aside.header, [vault_header.encode(sharing.header(1, root.deployment))])
    return minutes


def _fill(session: Session, charter: Charter, root: Root, law: Law) -> None:
    asked = catalogue.read(charter.questionnaire)
    session.add(
        QuestionnaireFile(hash=asked.hash, id=asked.id, version=asked.version, raw=charter.questionnaire)
    )
    session.flush()
    session.add(
        Office(
            deployment=root.deployment,
            name=charter.name,
            root_key=root.key,
            root_seed=root.seed,
            journal_genesis=secrets.token_bytes(journal.GENESIS),
            journal_seed=secrets.token_bytes(signing.SEED),
            card_seed=secrets.token_bytes(signing.SEED),
            channel=charter.channel,
            name_fr=charter.name_fr,
            name_en=charter.name_en,
            note_fr=charter.note_fr,
            note_en=charter.note_en,
            questionnaire=asked.hash,
            law=law.sha256,
            answer_days=ANSWER_DAYS,
        )
    )
    session.flush()


def _make_keys(aside: Home, session: Session, root: Root, today: date) -> None:
    session.add(rotation.new_reply(today))
    secret = rotation.new_intake(today)
    session.add(rotation.public_half(secret, key_store.FIRST))
    session.flush()
    key_store.save(aside, session, KeyStore((secret,), ()))
    # Nothing checks the lengths of names when a keyring or a card is written. Refuse a keyring or a card that
    # no page could read.
    if root.seed is None:
        raw, signature = channel_cards.draw(session, today)
        card.open_card(raw, signature, root.deployment)
    else:
        first = channel_keyring.issue(session, today)
        keyring.open_keyring(first.raw, first.signature, root_key=root.key, deployment=root.deployment)
