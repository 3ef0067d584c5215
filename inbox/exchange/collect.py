"""Collect intake bundles into the vault: each bundle completely or not at all."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import NamedTuple

from sqlalchemy.orm import Session

from crypto.bundle import Applied, IntakeHead, Link
from crypto.signing import fingerprint
from inbox.access import conflicts
from inbox.casework import link_index
from inbox.deadlines import portal_days, workflow
from inbox.deadlines.portal_days import Between
from inbox.exchange import after_restore as rejoining
from inbox.exchange import bundle_chain, entered_cases
from inbox.exchange.bundle_chain import Acceptance
from inbox.exchange.filing import Filed, Filing
from inbox.exchange.unopened import Item, kept
from inbox.exchange.unseal import Changed, Read, Reader, Search, Trust
from inbox.exchange.verify import Announced, Verified, announced, named_instance, verify
from inbox.keys import key_store
from inbox.language.errors import BundleRefused, Refused
from inbox.language.messages import sentence
from inbox.session import journal
from inbox.session.actions import Action, Actor, Code, action
from inbox.session.inbox import Inbox
from inbox.system.workers import spread
from inbox.vault import queries_access, queries_cases, queries_exchange, queries_office
from inbox.vault.tables import IntakeBundle
from inbox.vault.unopened_reasons import Kind

# Up to these limits (envelopes, total bytes), one process would finish before others had even started.
_FEW = 64
_LITTLE = 16 << 20

Progress = Callable[[int, int], None]


class _Turn(NamedTuple):
    """The sort key of bundles: the confirmed portal's bundles come first, sorted by number."""

    is_new: bool
    instance_key: bytes
    n: int
    path: Path


class State(StrEnum):
    """The result for one bundle, as a code."""

    COLLECTED = "collected"
    COLLECTED_BEFORE = "collected-before"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """The result for one bundle: ``filed`` or ``refused``, or neither if the bundle was collected before.

    ``n`` is the number of the bundle, or None if the bundle was refused. ``filed`` has only the cases and
    rows that the signed-in officers may see. ``kept_from`` contains the cases whose new texts name an
    officer. Each case is paired with an officer who is now excluded from it.
    """

    bundle: str
    n: int | None = None
    filed: Filed | None = None
    refused: Refused | None = None
    kept_from: list[tuple[int, str]] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)

    @property
    def state(self) -> State:
        """The result as a code."""
        if self.refused is not None:
            return State.REFUSED
        return State.COLLECTED_BEFORE if self.filed is None else State.COLLECTED


def collect(
    inbox: Inbox, who: Actor, bundles: Sequence[Path], acceptance: Acceptance, *, progress: Progress
) -> Iterator[Outcome]:
    """Collect bundles in the order of their numbers, each in its own transaction.

    Yields the outcome of each bundle. Bundles whose manifest cannot be read come first.
    """
    turns = []
    for path in bundles:
        try:
            turns.append(_turn(inbox, path))
        except BundleRefused as refused:
            yield Outcome(bundle=path.name, refused=refused)
    for turn in sorted(turns):
        try:
            yield _collect_one(inbox, who, turn, acceptance, progress)
        except BundleRefused as refused:
            inbox.settle()
            yield Outcome(bundle=turn.path.name, refused=refused)


def check_fingerprints(bundles: Sequence[Path], acceptance: Acceptance) -> None:
    """Raise BundleRefused if a given fingerprint belongs to none of the bundles. The vault is not needed.

    Bundles that cannot be read are skipped here; ``collect`` refuses them.
    """
    named = set()
    for path in bundles:
        with suppress(BundleRefused):
            named.add(named_instance(path))
    bundle_chain.check_given(named, acceptance)


def _turn(inbox: Inbox, path: Path) -> _Turn:
    with inbox.vault.transaction() as session:
        office, pinned = queries_office.office(session), queries_exchange.pinned_instance(session)
        intake = announced(path, office.deployment, office.channel).head
    is_new = pinned is None or pinned.key != intake.instance_key
    return _Turn(is_new, intake.instance_key, intake.n, path)


def _action(session: Session, intake: IntakeHead, *, after_restore: bool) -> Action:
    """Return the action of collecting a bundle; after a gap, or from a new portal, it needs two officers."""
    if after_restore and (gap := rejoining.gap(session, intake)):
        return action(Code.ACCEPT_GAP, **gap)
    pinned = queries_exchange.pinned_instance(session)
    if pinned is not None and pinned.key == intake.instance_key:
        return action(Code.COLLECT, bundle=intake.n)
    return action(Code.ACCEPT_INSTANCE, bundle=intake.n, portal=fingerprint(intake.instance_key))


def _collect_one(
    inbox: Inbox, who: Actor, turn: _Turn, acceptance: Acceptance, progress: Progress
) -> Outcome:
    today, after_restore = who.today, acceptance.after_restore
    with inbox.vault.transaction() as session:
        office = queries_office.office(session)
        begun = announced(turn.path, office.deployment, office.channel)
        # Check the key, and ask about a new key, before anybody confirms the action. The second call of
        # ``bundle_chain.follows`` asks nothing.
        is_next = bundle_chain.follows(session, begun, acceptance)
        taken = _action(session, begun.head, after_restore=after_restore)
    n = begun.head.n
    with inbox.acting(who, taken) as session:
        if not is_next or not bundle_chain.follows(session, begun, replace(acceptance, ask=_agreed)):
            return Outcome(bundle=turn.path.name, n=n)
        if _action(session, begun.head, after_restore=after_restore) != taken:
            raise _overtaken()
        # The entries are read only after the key is known to be the portal's.
        verified = verify(turn.path, begun)
        if taken.code is Code.ACCEPT_GAP:
            rejoining.go_on(session, begun.head, today)
        known = _known(session, begun.head, today)
        warnings = [*_accept(session, begun, known), *_doubted(verified, known)]
        filing = _file(inbox, session, verified, known, progress)
        for withdrawal in verified.intake.withdrawn:
            filing.withdraw(withdrawal)
        journal.note(session, journal.actor(session), *_filed(session, filing.filed.cases))
        kept = conflicts.keep(session, journal.actor(session), filing.meant)
    with inbox.vault.transaction(who.officers) as session:
        filed = filing.filed.among(
            queries_access.case_numbers(session), queries_access.unopened_numbers(session)
        )
        shown = [(row.case, row.officer) for row in queries_access.exclusions(session) if row.case in kept]
    return Outcome(bundle=turn.path.name, n=n, filed=filed, kept_from=shown, warnings=warnings)


def _filed(session: Session, numbers: Sequence[int]) -> Iterator[Action]:
    """Yield an action for each new case, so that the journal tells when each report arrived.

    Whether a reply is possible counts as the bundle left it: the bundle can also withdraw the report.
    """
    for number, received, answerable in queries_cases.arrivals(session, numbers):
        yield action(Code.FILED, number, received=received, unanswerable=not answerable)


def _agreed(_: str) -> bool:
    return True


def _altered() -> BundleRefused:
    return BundleRefused(
        sentence("the bundle was altered while it was read"), sentence("copy the bundle to a disk first")
    )


def _overtaken() -> BundleRefused:
    return BundleRefused(
        sentence("another bundle was collected in the meantime"), sentence("collect this bundle again")
    )


def _known(session: Session, intake: IntakeHead, today: date) -> Between:
    """Return the first and last possible day for a bundle's entries, before the bundle joins its chain."""
    before = queries_exchange.last_intake(session, intake.instance_key)
    return Between(before.exported if before else None, intake.exported, today)


def _doubted(verified: Verified, known: Between) -> Iterator[str]:
    days = [entry.day for entry in verified.intake.entries]
    if count := sum(portal_days.receipt(day, known).doubted is not None for day in days):
        yield sentence(
            "The portal gives an impossible day for some envelopes (number: {count}). Each of their cases"
            " shows a warning. A day before the previous export still counts, so that no deadline moves"
            " later. If the day is after this export, the inbox uses the first possible day instead. Check"
            " the portal's clock",
            count=count,
        )


def _accept(session: Session, begun: Announced, known: Between) -> list[str]:
    """Add the bundle to its chain; return warnings for the officers."""
    intake = begun.head
    warnings: list[str] = []
    ended = bundle_chain.accept(session, intake.instance_key)
    if ended is not None:
        queries_cases.tell_closings_again(session)
        entered_cases.tell_again(session)
        warnings.append(
            sentence(
                "a new portal is confirmed; the chain of the previous portal ended with bundle {n}", n=ended
            )
        )
    row = IntakeBundle(
        instance=intake.instance_key,
        n=intake.n,
        hash=begun.hash,
        exported=intake.exported,
        collected=known.today,
    )
    session.add(row)
    session.flush()
    if _is_ours(session, intake.applied):
        warnings += _confirm(session, intake.applied, known)
    else:
        warnings.append(
            sentence(
                "the portal has applied outbox {n}, which this inbox did not make; if the vault was restored"
                " from a backup, two officers can continue from that number: --after-restore",
                n=intake.applied.n,
            )
        )
    return warnings


def _is_ours(session: Session, applied: Link) -> bool:
    """Return whether this inbox made the last outbox that the portal applied; True without such an outbox."""
    if not applied.n:
        return True
    ours = queries_exchange.outbox(session, applied.n)
    return ours is not None and ours.hash == applied.hash


def _confirm(session: Session, applied: Applied, known: Between) -> Iterator[str]:
    """Record from which day each outbox counts that the portal has applied; yield warnings."""
    days = []
    for row in [each for each in queries_exchange.unconfirmed_outboxes(session) if each.n <= applied.n]:
        counts = portal_days.of(row.n, row.made, applied.imports, known)
        row.applied = counts.day
        days.append(counts)
        if counts.doubted:
            yield sentence(
                "the portal says that it applied outbox {n} on {said}, which is impossible; the first"
                " possible day, {day}, is used instead; check the portal's clock",
                n=row.n,
                said=counts.doubted,
                day=counts.day,
            )
    workflow.told(session, {each.n: each.day for each in days})


def _file(inbox: Inbox, session: Session, verified: Verified, known: Between, progress: Progress) -> Filing:
    contents = key_store.load(inbox.home, session)
    tried = contents.intake_digest
    filing = Filing(session, inbox.home, n=verified.intake.n, today=known.today, tried=tried)
    office = queries_office.office(session)
    trust = Trust(inbox.home, office.deployment, office.channel, contents.intake)
    how = trust, Search(link_index.marker(session), conflicts.watched(session))
    # Unfiled envelopes are tried again only when the keys have changed, because trying thousands takes
    # minutes.
    shut = kept(inbox.home, queries_exchange.untried(session, tried))
    try:
        filing.take(_read([*shut, *_new(verified, known)], how, progress))
        # Opening a large follow-up costs time and space, so the inbox tries again only when the case exists.
        awaited = [
            row for row in queries_exchange.set_aside(session, Kind.UNKNOWN_CASE) if filing.knows(row.case_id)
        ]
        filing.take(_read(kept(inbox.home, awaited), how, progress))
        filing.finish()
    except Changed:
        raise _altered() from None
    if filing.seeds:
        key_store.save(inbox.home, session, contents.with_attachments(filing.seeds))
    return filing


def _new(verified: Verified, known: Between) -> Iterator[Item]:
    """Yield the new envelopes with their day of receipt, which must not be in the future.

    A day in the future would delay every deadline.
    """
    for entry, place in zip(verified.intake.entries, verified.places, strict=True):
        came = portal_days.receipt(entry.day, known)
        yield Item(place, came.day, entry.case_id, doubted=came.doubted)


def _read(items: list[Item], how: tuple[Trust, Search], progress: Progress) -> Iterator[tuple[Item, Read]]:
    if not items:
        return
    places = [item.place for item in items]
    few = _FEW if sum(place.size for place in places) <= _LITTLE else 1
    results = spread(Reader, how, places, few=few)
    for done, pair in enumerate(zip(items, results, strict=True), 1):
        yield pair
        progress(done, len(items))
