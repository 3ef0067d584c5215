"""List the exchange medium: the portal's bundles, and the outboxes that the portal has not confirmed."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy.orm import Session

from crypto.signing import fingerprint
from inbox.exchange.outbox import HANDED
from inbox.exchange.verify import announced
from inbox.keys import expiry_warnings
from inbox.language.errors import BundleRefused
from inbox.language.messages import Sentence
from inbox.replies import holding
from inbox.session.actions import Actor, Code, Viewed, action
from inbox.session.inbox import Inbox
from inbox.vault import queries_exchange, queries_office
from inbox.vault.tables import Office, OutboxBundle


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A possible intake bundle; ``portal`` is the key of the portal instance.

    ``why`` says why the file is not an intake bundle.
    """

    name: str
    n: int = 0
    portal: str = ""
    is_known: bool = False
    is_collected: bool = False
    why: str = ""


@dataclass(frozen=True, slots=True)
class Contents:
    """The bundles on the medium, the number of unfiled envelopes, and the unconfirmed outboxes.

    ``warnings`` name keys that expire soon, and messages that the next outbox would hold back.
    """

    bundles: list[Found]
    unopened: int
    unconfirmed: Sequence[OutboxBundle]
    warnings: list[Sentence]


def look(inbox: Inbox, who: Actor, folder: Path | None) -> Contents:
    """Return what is on the medium in ``folder``, if given, and what still has to go to the portal."""
    with inbox.acting(who, action(Code.LIST, view=Viewed.MEDIUM)) as session:
        found = _bundles(session, folder) if folder else []
        unopened = queries_exchange.count_unopened(session)
        warnings = [*expiry_warnings.warnings(session, who.today), *holding.warnings(session)]
        unconfirmed = queries_exchange.unconfirmed_outboxes(session)
        return Contents(found, unopened, unconfirmed, warnings)


def waiting(inbox: Inbox, folder: Path | None) -> int:
    """Return how many bundles in ``folder`` are not collected yet; 0 without a folder.

    The journal gets no entry, because the number reveals nothing about the contents of bundles. If the medium
    is being removed, the result is 0.
    """
    if folder is None:
        return 0
    with inbox.vault.transaction() as session:
        return sum(not each.is_collected and not each.why for each in _found(session, folder))


def files(folder: Path) -> list[Path]:
    """Return the files in a folder that may be intake bundles.

    Symbolic links are left out. The list is empty if the folder cannot be read.
    """
    return [
        path for path in _files(folder) if path.name.endswith(".tar") and not path.name.startswith(HANDED)
    ]


def loose(folder: Path | None) -> list[Path]:
    """Return the files in a folder that are not bundles. An officer may have put these files there.

    Hidden files, tar archives and symbolic links are left out. The list is empty without a folder, or if the
    folder cannot be read.
    """
    every = _files(folder) if folder else []
    return [path for path in every if path.suffix != ".tar" and not path.name.startswith(".")]


def _files(folder: Path) -> list[Path]:
    """Return a folder's files, without links; no files if the folder cannot be read or is being removed."""
    try:
        return sorted(path for path in folder.iterdir() if path.is_file() and not path.is_symlink())
    except OSError:
        return []


def _bundles(session: Session, folder: Path) -> list[Found]:
    """Return what the files in a folder claim to be, in the order in which they must be collected."""
    return sorted(
        _found(session, folder), key=lambda each: (not each.is_known, each.portal, each.n, each.name)
    )


def _found(session: Session, folder: Path) -> Iterator[Found]:
    office = queries_office.office(session)
    for path in files(folder):
        try:
            yield _intake(session, office, path)
        except BundleRefused as refused:
            yield Found(name=path.name, why=refused.what)


def _intake(session: Session, office: Office, path: Path) -> Found:
    intake = announced(path, office.deployment, office.channel).head
    pinned = queries_exchange.pinned_instance(session)
    return Found(
        name=path.name,
        n=intake.n,
        portal=fingerprint(intake.instance_key),
        is_known=pinned is not None and pinned.key == intake.instance_key,
        is_collected=queries_exchange.intake(session, intake.instance_key, intake.n) is not None,
    )
