"""Intake bundles into the vault: all of one bundle, or nothing of it."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from sqlalchemy.orm import Session

from crypto.bundle import Link
from inbox import chain, keystore, outbox, records
from inbox.chain import Acceptance
from inbox.errors import BundleRefused, Refused
from inbox.filing import Filed, Filing, Item
from inbox.intake import Verified, verify
from inbox.parallel import spread
from inbox.schema import IntakeBundle
from inbox.unlocking import Inbox
from inbox.unsealing import Changed, Trust, Unsealed, Unsealer

# Up to here one process is done before another has started: envelopes, bytes in all.
_FEW = 64
_LITTLE = 16 << 20

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of one bundle: ``filed`` or ``refused``; neither if it was collected before."""

    bundle: str
    n: int = 0
    filed: Filed | None = None
    refused: Refused | None = None
    warnings: list[str] = field(default_factory=list)

    @property
    def state(self) -> str:
        """Return ``collected``, ``refused`` or ``already collected``."""
        if self.refused is not None:
            return "refused"
        return "already collected" if self.filed is None else "collected"


def collect(
    inbox: Inbox, bundles: Sequence[Path], acceptance: Acceptance, *, today: date, progress: Progress
) -> Iterator[Outcome]:
    """Collect bundles in the order given, each in a transaction of its own; yield what became of each."""
    for path in bundles:
        try:
            yield _collect_one(inbox, path, acceptance, today=today, progress=progress)
        except BundleRefused as refused:
            yield Outcome(bundle=path.name, refused=refused)
        finally:
            with inbox.transaction() as session:
                outbox.sweep(inbox.home, session)


def _collect_one(
    inbox: Inbox, path: Path, acceptance: Acceptance, *, today: date, progress: Progress
) -> Outcome:
    with inbox.transaction() as session:
        office = records.office(session)
        verified = verify(path, office.deployment, office.channel)
        n = verified.intake.n
        if not chain.follows(session, verified, acceptance):
            return Outcome(bundle=path.name, n=n)
        warnings = _accept(session, verified, today)
        filing = Filing(session, inbox.home, n=n, today=today)
        _file(inbox, session, verified, filing, progress)
        return Outcome(bundle=path.name, n=n, filed=filing.filed, warnings=warnings)


def _accept(session: Session, verified: Verified, today: date) -> list[str]:
    """Take the bundle into its chain; return what an officer should know."""
    intake = verified.intake
    warnings = []
    ended = chain.accept(session, intake.instance_key, today)
    if ended is not None:
        records.tell_closings_again(session)
        warnings.append(
            f"a new portal is confirmed; the chain of the one before it ended with bundle {ended}"
        )
    row = IntakeBundle(instance=intake.instance_key, n=intake.n, hash=verified.hash, collected=today)
    session.add(row)
    session.flush()
    if not _confirm(session, intake.applied):
        warnings.append(
            f"the portal has applied an outbox {intake.applied.n} that this inbox did not make;"
            " was the vault put back from an older copy?"
        )
    return warnings


def _confirm(session: Session, applied: Link) -> bool:
    """Note which outboxes the portal has applied; return False if it names one that is not ours."""
    if not applied.n:
        return True
    ours = records.outbox(session, applied.n)
    if ours is None or ours.hash != applied.hash:
        return False
    records.confirm_outboxes(session, applied.n)
    return True


def _file(inbox: Inbox, session: Session, verified: Verified, filing: Filing, progress: Progress) -> None:
    contents = keystore.load(inbox.home, session)
    office = records.office(session)
    trust = Trust(inbox.home, office.deployment, office.channel, contents.intake)
    try:
        filing.file(_unsealed(verified, trust, progress))
    except Changed:
        raise BundleRefused("the bundle was altered while it was read", "copy it to a disk first") from None
    for withdrawal in verified.intake.withdrawn:
        filing.withdraw(withdrawal)
    if filing.seeds:
        keystore.save(inbox.home, session, contents.with_attachments(filing.seeds))


def _unsealed(verified: Verified, trust: Trust, progress: Progress) -> Iterator[tuple[Item, Unsealed]]:
    items = [Item(*pair) for pair in zip(verified.intake.entries, verified.places, strict=True)]
    few = _FEW if sum(place.size for place in verified.places) <= _LITTLE else 1
    results = spread(Unsealer, trust, verified.places, few=few)
    for done, pair in enumerate(zip(items, results, strict=True), 1):
        yield pair
        progress(done, len(items))
