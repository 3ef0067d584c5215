"""Change the officers of an inbox: new shares, a new vault and a new key store, but the same intake keys.

The new files are written beside the valid files. The change takes effect when vault.json is replaced, as the
last step.
"""

from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path

from sqlalchemy.orm import Session

from crypto import passphrase
from crypto.journal import Presence
from inbox.access import conflicts
from inbox.casework import unfinished
from inbox.keys import key_store, officers, share_file, vault_header
from inbox.keys.secret_sharing import Circle, Proven, Sharing, check, prove, share, withdraw
from inbox.language.errors import Refused
from inbox.language.messages import sentence
from inbox.overview import saved_views
from inbox.session import journal, reconcile
from inbox.session.actions import Action, Actor, Code, action
from inbox.session.inbox import Inbox
from inbox.setup import ceremony_papers, sheet_notice, sheet_presence
from inbox.setup.ceremony_papers import Handout, Papers
from inbox.system import atomic_files, given_files
from inbox.system.home import Home
from inbox.vault import database, queries_office
from inbox.vault.database import Vault
from inbox.vault.tables import Officer

_SEE = sentence("see the officers: inbox officer list")


@dataclass(frozen=True, slots=True)
class Reshared:
    """The tested shares, and the papers if there are any."""

    proven: Proven
    papers: Papers | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """The officers ``before`` the change, the ``names`` of the officers after it, and the new quorum.

    ``added`` or ``removed`` is the officer who joins or leaves. ``office`` is the name of the deployment. If
    sheets renew the shares although too few officers give passphrases, ``passphrases_lost`` is the reason.
    """

    before: tuple[str, ...]
    names: tuple[str, ...]
    quorum: int
    office: str
    channel: str
    added: str | None
    removed: str | None
    is_same: bool
    reason: str
    passphrases_lost: str


@dataclass(frozen=True, slots=True)
class _Change:
    """A change of officers, its action for the journal, and the officers who confirmed it."""

    planned: Planned
    action: Action
    by: Actor


@dataclass(frozen=True, slots=True)
class Shared:
    """The officers who hold shares, the ``quorum``, and the ``former`` officers."""

    members: Sequence[Officer]
    former: Sequence[Officer]
    quorum: int
    sharing: str

    @property
    def spare(self) -> int:
        """How many shares can be lost without losing access to the inbox."""
        return len(self.members) - self.quorum


def look(inbox: Inbox, who: Actor) -> Shared:
    """Return who holds shares, without any secrets; raises the same errors as ``Inbox.acting``."""
    with inbox.acting(who, action(Code.LIST_OFFICERS)) as session:
        return Shared(
            members=queries_office.officers(session),
            former=[each for each in queries_office.everybody(session) if each.member is None],
            quorum=inbox.quorum,
            sharing=vault_header.name(inbox.header.sharing),
        )


def list_officers(inbox: Inbox, who: Actor) -> Sequence[Officer]:
    """Return all current and former officers of the inbox."""
    with inbox.acting(who, action(Code.LIST_OFFICERS)) as session:
        return queries_office.everybody(session)


def plan(  # noqa: PLR0913 - keywords
    inbox: Inbox,
    *,
    added: str | None = None,
    removed: str | None = None,
    quorum: int | None = None,
    reason: str = "",
    passphrases_lost: str = "",
) -> Planned:
    """Return the planned change of officers.

    Without a name or a new quorum, the change only renews all shares.

    Raises Refused if the person to add is already an officer, if the person to remove is not an officer, or
    if the officers or the quorum would change while passphrases are lost. Also raises the same errors as
    ``secret_sharing.check``.
    """
    with inbox.transaction() as session:
        before = tuple(each.name for each in queries_office.officers(session))
        office = queries_office.office(session)
    if added in before:
        raise Refused(sentence("{name} is already an officer", name=added), _SEE)
    if removed is not None and removed not in before:
        raise Refused(sentence("there is no officer {name}", name=removed), _SEE)
    names = tuple(each for each in (*before, added) if each is not None and each != removed)
    chosen = inbox.quorum if quorum is None else quorum
    check(names, chosen)
    is_same = (names, chosen) == (before, inbox.quorum)
    if passphrases_lost and not is_same:
        raise Refused(
            sentence("while passphrases are lost, neither the officers nor the quorum can change"),
            sentence("renew the shares first, then make the change"),
        )
    return Planned(
        before=before,
        names=names,
        quorum=chosen,
        office=office.name,
        channel=office.channel,
        added=added,
        removed=removed,
        reason=reason,
        passphrases_lost=passphrases_lost,
        is_same=is_same,
    )


def reshare(
    inbox: Inbox,
    who: Actor,
    planned: Planned,
    appoint: Callable[[], Circle],
    handout: Handout | None,
) -> Reshared:
    """Replace the officers with the circle that ``appoint`` returns, once two officers have confirmed.

    The shares are handed out according to ``handout``; if it is None, the only share stays in the home. The
    inbox is locked afterwards, and must be opened with the new shares.

    Raises Locked, Refused and the same errors as ``sheet_presence.check``. Raises VaultDamaged or
    KeyStoreDamaged if the old vault or key store cannot be read. Nothing has changed after any of these
    errors. After any other exception, ``inbox.is_superseded`` is true if the officers have changed.
    """
    changed = _action(planned)
    confirmed = inbox.confirmed(who, changed)
    staying = [name for name in planned.before if name in planned.names]
    sheet_presence.check(who.present, planned.before, staying, planned.passphrases_lost)
    # A sheet confirms only a renewal, but officers who are present with a sheet are always recorded.
    noted = {
        name: confirmed.get(name, how)
        for name, how in who.present.items()
        if name in confirmed or how is Presence.SHEET
    }
    change = _Change(planned, changed, replace(who, present=noted))
    circle = appoint()
    home, folder = inbox.home, handout.folder if handout else inbox.home.root
    sharing = share(circle)
    key = passphrase.vault_key(sharing.master)
    generation = inbox.header.generation + 1
    try:
        proven = prove(sharing, circle, folder, change.by.today)
        inbox.vault.copy_to(home.vault(generation), key)
        with closing(database.load(home.vault(generation), key)) as opened:
            with opened.transaction() as session:
                minutes = _rewrite(home, session, proven, change)
                office = queries_office.office(session)
                name, deployment = office.name, office.deployment
            written = handout.write(proven, name, minutes) if handout else None
            atomic_files.sync_folder(home.root)
            atomic_files.write(home.header, [vault_header.encode(sharing.header(generation, deployment))])
            inbox.vault.close()
            _sweep(home, opened, sharing, generation)
    except BaseException:
        if not inbox.is_superseded:
            _take_back(inbox, sharing, folder, generation - 1)
        raise
    return Reshared(proven, written)


def _action(planned: Planned) -> Action:
    """Return the action of a change of officers, for the journal."""
    about = {
        "officer_added": planned.added,
        "officer_removed": planned.removed,
        "passphrases_lost": bool(planned.passphrases_lost),
    }
    code = Code.RENEW_SHARES if planned.is_same else Code.CHANGE_OFFICERS
    why = "; ".join(filter(None, (planned.reason, planned.passphrases_lost)))
    return action(code, None, why, **{name: each for name, each in about.items() if each})


def _rewrite(home: Home, session: Session, proven: Proven, change: _Change) -> str:
    """Update the new vault and give it its own key store; return the record of the change."""
    names = tuple(proven.sharing.files)
    before = tuple(officer.name for officer in queries_office.officers(session))
    if before != change.planned.before:
        raise Refused(
            sentence("the officers have changed since you began this change"),
            _SEE,
        )
    officers.appoint(session, names, proven.day)
    left = [name for name in before if name not in names]
    unfinished.end(session, left)
    saved_views.end(session, left)
    key_store.save(home, session, key_store.load(home, session))
    values = {**change.action.values, "sharing": proven.sharing.name, "quorum": proven.sharing.quorum}
    journal.note(session, change.by, replace(change.action, values=values))
    if Presence.SHEET in change.by.present.values():
        sheet_notice.tell_all(session, proven.day)
    # Until now, nothing was withheld from the only officer, and no text was searched for their name. From now
    # on, this officer has a colleague.
    joined = [name for name in names if len(before) == 1 or name not in before]
    for name in joined if len(names) > 1 else ():
        conflicts.search_for(session, change.by, name)
    return ceremony_papers.record(session, proven, "Fanal: record of a change of officers")


def _take_back(inbox: Inbox, sharing: Sharing, folder: Path, generation: int) -> None:
    withdraw(sharing, folder)
    inbox.home.sweep_vaults(generation)
    inbox.settle()


def _sweep(home: Home, opened: Vault, sharing: Sharing, generation: int) -> None:
    """Delete the files that were valid before: vault, key store, and any share in the home."""
    home.sweep_vaults(generation)
    with opened.transaction() as session:
        reconcile.settle(home, session)
    for path in home.root.glob("*.share"):
        if share_file.sharing_of(given_files.content(path)) not in {None, sharing.id}:
            path.unlink()
