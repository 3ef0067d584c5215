"""How long cases and unfiled envelopes are kept (Directive (EU) 2019/1937, article 18)."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from crypto import bundle
from inbox.deadlines import clocks, legal_duties, office, proceedings, visas
from inbox.deadlines.bonds import Relation
from inbox.deadlines.obstacles import Obstacle
from inbox.deadlines.office import Practice
from inbox.law import in_use
from inbox.system import atomic_files, given_files
from inbox.system.home import Home
from inbox.vault import queries_cases, queries_exchange
from inbox.vault.casework_tables import Link, Workflow
from inbox.vault.tables import Case, FollowUp
from templates.law.rules import DutyRole


class Rule(StrEnum):
    """Reasons to destroy a case, other than the end of a retention period of the law."""

    JUNK = "junk"
    PROCEEDINGS = "proceedings"


@dataclass(frozen=True, slots=True)
class Due:
    """A closed or junk case, the rule or legal period for its destruction, and the first possible day.

    ``facts`` are facts of the case that may be obstacles; ``casework.exits`` decides which are.
    ``by_one_clock`` is true until the inbox has a bundle that the portal exported on or after the first day
    on which the case may be destroyed.
    """

    case: int
    rule: str
    day: date
    facts: frozenset[Obstacle]
    by_one_clock: bool


@dataclass(frozen=True, slots=True)
class UnopenedTerm:
    """Counts of the unfiled envelopes: all envelopes, and the envelopes that may be discarded now.

    ``next_day`` is the day from which more envelopes may be discarded, or None. Of the envelopes collected up
    to the day ``unasked_to``, ``unasked`` have expired but lack the archives' approval. ``by_one_clock`` is
    the number of envelopes whose expiry only the clock of this machine confirms (``day_of_two_clocks``).
    """

    count: int
    due: int
    next_day: date | None
    unasked: int
    unasked_to: date | None
    by_one_clock: int


def day_of_two_clocks(session: Session, today: date) -> date | None:
    """Return the latest day that both this machine's clock (``today``) and the portal's clock have reached.

    The portal's clock is known from the latest export of a collected bundle; before the first bundle, return
    None. Irreversible actions depend on this day. Otherwise, a single clock that runs ahead, by mistake or on
    purpose, could allow irreversible actions too early.
    """
    known = queries_exchange.newest_export(session)
    return None if known is None else min(known, today)


def unopened_until(session: Session, collected: date) -> date:
    """Return the day from which an unfiled envelope may be discarded.

    The period begins on the day of collection, because the portal could claim any day of receipt.
    """
    how = office.of(session)
    return clocks.kept_until(collected, how.law.retention.unopened, how.calendar)


def junk_over(session: Session, today: date) -> set[int]:
    """Return the cases whose retention period as junk has expired according to this machine's clock.

    The reporters of these cases are informed by an outbox. If a case is recovered later, its slot is filled
    again, so nothing is lost.
    """
    how, junk = office.of(session), queries_cases.junked_by_day(session)
    period = how.law.retention.junk
    over = [day for day in junk if clocks.kept_until(day, period, how.calendar) <= today]
    return {number for day in over for number in junk[day]}


def unopened(session: Session, today: date) -> UnopenedTerm:
    """Return how many unfiled envelopes there are, and how many of them are expired.

    Envelopes that name a case in the vault are not counted, because they belong to that case and are
    destroyed with it.
    """
    found = queries_exchange.caseless_by_day(session)
    until = {day: unopened_until(session, day) for day in found}
    over = set(_expired(session, today))
    agreed, known = {*discardable(session, today)}, day_of_two_clocks(session, today)
    due = {*discardable(session, known)} if known else set()
    return UnopenedTerm(
        count=sum(found.values()),
        due=sum(found[day] for day in due),
        next_day=min((until[day] for day in found.keys() - over), default=None),
        unasked=sum(found[day] for day in over - agreed),
        unasked_to=max(over - agreed, default=None),
        by_one_clock=sum(found[day] for day in agreed - due),
    )


def discardable(session: Session, today: date) -> list[date]:
    """Return the collection days whose unfiled envelopes may be discarded on the day ``today``.

    On that day, the envelopes have expired, and have the archives' approval if the law asks for it.
    """
    needs_visa = office.of(session).law.retention.unopened.visa
    agreed = visas.unopened_to(session) if needs_visa else today
    return [day for day in _expired(session, today) if agreed and day <= agreed]


def _expired(session: Session, today: date) -> list[date]:
    """Return the collection days whose unfiled envelopes have expired by this day."""
    days = queries_exchange.caseless_by_day(session)
    return [day for day in days if unopened_until(session, day) <= today]


def listing(home: Home, session: Session) -> list[Due]:
    """Return the closed and junk cases that the signed-in officers may read, ordered by due day."""
    ended = Workflow.closed.is_not(None) | Workflow.junked.is_not(None)
    rows = session.execute(select(Case, Workflow).join(Workflow, Workflow.case == Case.number).where(ended))
    written = {number: day for number, day in session.execute(_LAST_WRITTEN)}  # noqa: C416  for the types
    pursued, decided = proceedings.pursued(session), proceedings.decided(session)
    held = proceedings.held(session)
    undecided = {what: legal_duties.undecided(session, role) for what, role in _DECISIONS.items()}
    undecided[Obstacle.UNDECIDED] = legal_duties.undecided_others(session)
    unread = set(session.scalars(select(FollowUp.case).where(FollowUp.unread.is_(True))))
    awaited, how = _Awaited(home, session), office.of(session)
    agreed = visas.given(session)
    found = []
    for case, work in rows:
        if term := _term(how, work, written.get(case.number), decided.get(case.number)):
            facts = {
                Obstacle.JUNK: work.junked is not None,
                Obstacle.QUARANTINE: work.quarantined is not None,
                Obstacle.HELD: case.number in held,
                Obstacle.PROCEEDINGS: case.number in pursued,
                Obstacle.UNREAD: case.number in unread,
                Obstacle.PORTAL: awaited.has(case),
                Obstacle.VISA: case.number not in agreed and _needs_visa(how, work, decided.get(case.number)),
            }
            # A decision that was put off also counts as undecided.
            facts |= {what: case.number in numbers for what, numbers in undecided.items()}
            found.append((case.number, *term, frozenset(what for what, is_so in facts.items() if is_so)))
    return sorted(_with_originals(session, found), key=lambda due: (due.day, due.case))


def _with_originals(
    session: Session, found: Sequence[tuple[int, str, date, frozenset[Obstacle]]]
) -> Iterator[Due]:
    """Yield these cases; an original is due no earlier than the duplicates that refer to the original."""
    days = {case: day for case, _, day, _ in found}
    known = queries_exchange.newest_export(session)
    rows = select(Link.other, Link.case).join(Workflow, Workflow.case == Link.case)
    rows = rows.where(Link.kind == Relation.DUPLICATE, Workflow.outcome.in_(in_use.of(session).linked))
    duplicates = defaultdict[int, list[int]](list)
    for original, duplicate in session.execute(rows):
        duplicates[original].append(duplicate)
    for case, rule, own, facts in found:
        also = (days[each] for each in duplicates[case] if each in days)
        day = max([own, *also])
        yield Due(case, rule, day, facts, by_one_clock=known is None or known < day)


_DECISIONS = {
    Obstacle.PROSECUTOR: DutyRole.PROSECUTOR,
    Obstacle.PERSONS: DutyRole.PERSONS,
    Obstacle.ADMISSIBILITY: DutyRole.ADMISSIBILITY,
}
_LAST_WRITTEN = select(FollowUp.case, func.max(FollowUp.received)).group_by(FollowUp.case)


def _term(
    how: Practice, work: Workflow, written: date | None, decided: date | None
) -> tuple[str, date] | None:
    """Return the rule for destroying a case, with the first possible day, or None for an open case.

    Each message restarts the period. If there was a final decision in proceedings, the later of the two
    periods counts.
    """
    ended = work.junked or work.closed
    if ended is None:
        return None
    rule = Rule.JUNK if work.junked else how.period(work.outcome)
    period = how.law.retention.junk if work.junked else how.law.retention.periods[rule]
    term = (rule, clocks.kept_until(max(ended, written or ended), period, how.calendar))
    if decided is None:
        return term
    after = clocks.kept_until(decided, how.law.retention.proceedings, how.calendar)
    return max(term, (Rule.PROCEEDINGS, after), key=lambda each: each[1])


def archive_from(how: Practice, work: Workflow, written: date | None, decided: date | None) -> date | None:
    """Return the day from which a closed or junk case is archived, or None if it is never archived.

    By that day, all periods that keep the case out of the archive have ended. The caller checks for a hold or
    proceedings.
    """
    ended = work.junked or work.closed
    if ended is None:
        return None
    kept = how.law.retention
    period = kept.junk if work.junked else kept.periods[how.period(work.outcome)]
    terms = [(max(ended, written or ended), period)]
    if decided is not None:
        terms.append((decided, kept.proceedings))
    begins = max(each.keep.after(since, how.calendar.legal) for since, each in terms)
    over = max(clocks.kept_until(since, each, how.calendar) for since, each in terms)
    return begins if begins < over else None


def _needs_visa(how: Practice, work: Workflow, decided: date | None) -> bool:
    """Return whether a period that applies to a case can end only with the archives' approval."""
    kept = how.law.retention
    ended = kept.junk if work.junked else kept.periods[how.period(work.outcome)]
    return ended.visa or (decided is not None and kept.proceedings.visa)


class _Awaited:
    """Cases that cannot be destroyed yet, because the portal still has to receive something about them.

    Cases that are named in an unconfirmed outbox also wait.
    """

    def __init__(self, home: Home, session: Session) -> None:
        self._heard = set(queries_exchange.confirmed_outboxes(session))
        self._named: set[bytes] = set()
        for path in home.outbox.glob("*.tar"):
            with given_files.opened(path) as file:
                manifest, _ = bundle.read(atomic_files.pieces(file))
            self._named |= {slot.case_id for slot in bundle.OUTBOX.parse(manifest.raw).slots}

    def has(self, case: Case) -> bool:
        """Return whether the portal still has to receive something about a case."""
        told = case.closed_in in self._heard
        return case.case_id in self._named or (case.mailbox is not None and not told)
