"""Actions on the keys of this inbox: list, rotate and destroy them, and sign with the root key."""

import hashlib
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from crypto import pages, signing
from crypto.bundle import KEYRING, KEYRING_SIGNATURE
from crypto.errors import CryptoError
from crypto.keyring import ROOT, ROOT_FILE, Root
from crypto.pages import Pages
from inbox.keys import destruction, expiry_warnings, listing, rotation
from inbox.keys import keyring as channel_keyring
from inbox.keys.destruction import Plan
from inbox.keys.rotation import Rotated
from inbox.language import library_errors
from inbox.language.errors import Refused
from inbox.language.messages import Sentence, sentence
from inbox.language.views import View
from inbox.session.actions import Actor, Code, Viewed, action
from inbox.session.inbox import Inbox
from inbox.system import apart, atomic_files
from inbox.vault import queries_exchange, queries_office
from inbox.vault.tables import KeyringFile, Office


@dataclass(frozen=True, slots=True)
class Renewed:
    """Today's keyring, whether it had to be renewed, and which keys expire soon."""

    keyring: KeyringFile
    is_new: bool
    office: Office
    warnings: list[Sentence]


@dataclass(frozen=True, slots=True)
class Destroyable:
    """The keys that can be destroyed, and how many unfiled envelopes there are."""

    plan: Plan
    set_aside: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Every key of this inbox with its state, and the fingerprints that other people compare.

    ``next_from`` is the day from which the next keys can be made. ``root`` and ``card`` are the fingerprints
    of the deployment's root key and of the key that signs our card. ``card`` is None in the root's inbox,
    which issues the ``keyring`` (serial, last day) instead. ``can_destroy`` is true if a key can be destroyed
    today.
    """

    keys: list[View]
    warnings: list[Sentence]
    next_from: date
    root: str
    card: str | None
    keyring: KeyringFile | None
    can_destroy: bool


def look(inbox: Inbox, who: Actor) -> Standing:
    """Return the state of the keys, without any secrets; raises the same errors as ``Inbox.acting``."""
    with inbox.acting(who, action(Code.LIST_KEYS)) as session:
        office, keys = queries_office.office(session), listing.listing(session, who.today)
        return Standing(
            keys=keys,
            warnings=expiry_warnings.warnings(session, who.today),
            next_from=rotation.due(session),
            root=signing.fingerprint(office.root_key),
            card=None if office.root_seed else signing.fingerprint(signing.public_key(office.card_seed)),
            keyring=queries_office.newest_keyring(session) if office.root_seed else None,
            can_destroy=any(each["state"] == listing.State.DESTROYABLE for each in keys),
        )


def list_keys(inbox: Inbox, who: Actor) -> list[View]:
    """Return a view of every key that this inbox has or had (``listing.listing``)."""
    with inbox.acting(who, action(Code.LIST_KEYS)) as session:
        return listing.listing(session, who.today)


def rotate(inbox: Inbox, who: Actor, epoch: timedelta, reason: str, *, at_once: bool) -> tuple[Rotated, bool]:
    """Make the next keys, or replace all keys ``at_once``; two officers confirm.

    Return the keys, and whether this is the root's inbox. Raises the same errors as ``rotation.rotate``
    unless ``at_once`` is set.
    """
    make = rotation.replace if at_once else rotation.rotate
    with inbox.acting(who, action(Code.ROTATE_KEYS, None, reason, at_once=at_once)) as session:
        made = make(inbox.home, session, who.today, epoch)
        return made, queries_office.office(session).root_seed is not None


def plan_destruction(inbox: Inbox, who: Actor) -> Destroyable:
    """Return the keys that can be destroyed today; raise Refused, with the reason, if there are none."""
    with inbox.acting(who, action(Code.LIST_KEYS, view=Viewed.DESTROYABLE)) as session:
        planned = destruction.plan(session, who.today)
        return Destroyable(planned, len(queries_exchange.envelope_hashes(session)))


def destroy(inbox: Inbox, who: Actor, planned: Plan, reason: str) -> None:
    """Destroy the keys that a plan names. If the plan has changed since it was shown, raise Refused instead.

    Two officers confirm. Only the keys that the officers were shown are destroyed.
    """
    with inbox.acting(who, action(Code.DESTROY_KEYS, None, reason, **planned.noted)) as session:
        now = destruction.plan(session, who.today)
        if (now.ids, now.backups) != (planned.ids, planned.backups):
            raise Refused(
                sentence(
                    "the keys that can be destroyed have changed since you confirmed; no key was destroyed"
                ),
                sentence("see the state of each key: inbox key list"),
            )
        destruction.destroy(inbox.home, session, planned, who.today)


def renew_keyring(inbox: Inbox, who: Actor, out: Path, *, same_disk: bool) -> Renewed:
    """Write today's signed keyring into the folder ``out``; create the folder if needed.

    The folder also gets the file from which the setup of a portal reads the deployment id and the root key.

    Raises Refused if this is not the root's inbox. Raises the same errors as ``apart.check_to_portal``.
    """
    apart.check_to_portal(inbox.home, out, same_disk=same_disk)
    with inbox.acting(who, action(Code.RENEW_KEYRING)) as session:
        row, is_new = channel_keyring.current(session, who.today)
        office = queries_office.office(session)
        warnings = expiry_warnings.warnings(session, who.today)
    # Write the keyring only after the vault has committed it, because two keyrings must never have the same
    # serial.
    out.mkdir(exist_ok=True)
    atomic_files.write(out / KEYRING, [row.raw])
    atomic_files.write(out / KEYRING_SIGNATURE, [row.signature])
    atomic_files.write(out / ROOT_FILE, [ROOT.encode(Root(office.deployment, office.root_key))])
    return Renewed(row, is_new, office, warnings)


def sign_pages(inbox: Inbox, who: Actor, raw: bytes, out: Path, *, same_disk: bool) -> Pages:
    """Sign a list of pages with the root key, and write it into the folder ``out``, created if needed.

    Two officers confirm. Raises Refused if the list is invalid or belongs to another deployment, or if this
    is not the root's inbox. Raises the same errors as ``apart.check_to_portal``.
    """
    apart.check_to_portal(inbox.home, out, same_disk=same_disk)
    with inbox.transaction() as session:
        listed = _listed(raw, queries_office.office(session).deployment)
    short = hashlib.sha256(raw).hexdigest()[:16]
    with inbox.acting(who, action(Code.SIGN_PAGES, serial=listed.serial, sha256=short)) as session:
        signature = pages.sign(raw, listed.deployment, channel_keyring.root_seed(session))
    out.mkdir(exist_ok=True)
    atomic_files.write(out / pages.MANIFEST, [raw])
    atomic_files.write(out / pages.SIGNATURE, [signature])
    return listed


def _listed(raw: bytes, deployment: bytes) -> Pages:
    try:
        return pages.parse(raw, deployment)
    except CryptoError as error:
        raise Refused(
            sentence("not signed: {error}", error=library_errors.of_crypto(error)),
            sentence("make the list with `fanal-portal run manifest` on a portal of this deployment"),
        ) from error
