"""The journal of this inbox: one entry for each action, in the same transaction (SPEC 9.3)."""

import os
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date
from itertools import batched

from sqlalchemy.orm import Session

from crypto import journal, signing
from crypto.errors import Malformed
from crypto.journal import Chain, Entry, Head, JournalBroken, Signed
from inbox.language.errors import Refused
from inbox.language.messages import sentence
from inbox.session.actions import Action, Actor, Code
from inbox.vault import queries_access, queries_office
from inbox.vault.tables import JournalEntry

_ACTOR = "actor"
# How many entries one thread checks at a time.
_AT_ONCE = 64


def begin(session: Session, who: Actor) -> None:
    """Record which officers act in a session."""
    session.info[_ACTOR] = who


def actor(session: Session) -> Actor:
    """Return the officers who act in a session, or the two officers who have confirmed the action."""
    found: Actor = session.info[_ACTOR]
    return found


@dataclass(frozen=True, slots=True)
class Line:
    """An entry as the signed-in officers may read it. ``entry`` is None if it is damaged or withheld.

    A withheld line says neither why it is withheld nor which case it is about. Otherwise, an excluded officer
    would learn the case and the reason.
    """

    n: int
    day: date | None
    entry: Entry | None


def note(session: Session, who: Actor, *actions: Action) -> None:
    """Add an entry for each action, in this order.

    Raises Refused if the clock went back since the last entry, except for a correction.
    """
    last = queries_access.last_journal_entry(session)
    office = queries_office.office(session)
    end, before = _head(session, last), _parsed(last) if last is not None else None
    for action in actions:
        _check_clock(before, who, action)
        before = Entry(
            n=end.n + 1,
            previous=end.hash,
            day=who.today,
            officers=who.present,
            action=action.code.value,
            case=action.case,
            values=action.values,
            reason=action.reason,
        )
        signed = journal.sign(before, office.deployment, office.journal_seed)
        session.add(JournalEntry(n=before.n, raw=signed.raw, signature=signed.signature, case=before.case))
        end = Head(before.n, signed.hash)
    session.flush()


def _check_clock(before: Entry | None, who: Actor, action: Action) -> None:
    """Raise Refused if the clock went back since the entry ``before``, except for a correction."""
    is_back = before is not None and who.today < before.day
    if before is not None and is_back and action.code is not Code.CORRECT_CLOCK:
        raise Refused(
            sentence(
                "the clock says {today}, but the journal already has an entry dated {day}",
                today=who.today,
                day=before.day,
            ),
            sentence(
                "if the clock is behind, set it and try again; if the clock is correct now but was"
                " ahead before, two officers record the correction: inbox journal correct-clock"
                " --reason TEXT"
            ),
        )
    if action.code is Code.CORRECT_CLOCK and not is_back:
        raise Refused(
            sentence(
                "there is nothing to correct: no journal entry is dated later than {today}", today=who.today
            ),
            sentence(
                "if the clock is wrong, set it and try again; if the clock is right, there is nothing to do"
            ),
        )


def head(session: Session) -> Head:
    """Return the head of the journal."""
    return _head(session, queries_access.last_journal_entry(session))


def _head(session: Session, last: JournalEntry | None) -> Head:
    if last is None:
        return Head(0, queries_office.office(session).journal_genesis)
    return Head(last.n, Signed(last.raw, last.signature).hash)


def follow(session: Session) -> Iterator[Head]:
    """Yield the first head (number 0, the genesis), then the head after each entry.

    Raises JournalBroken at a wrong entry. The columns next to an entry in the vault serve to find and
    withhold entries, so they must agree with the entry.
    """
    chain = _chain(session)
    yield chain.head
    for _ in _taken(session, chain):
        yield chain.head


def verified(session: Session) -> Iterator[Entry]:
    """Yield each entry once it is verified; raise JournalBroken at a wrong entry.

    The entries include those that the signed-in officers may not read.
    """
    yield from _taken(session, _chain(session))


def _chain(session: Session) -> Chain:
    office = queries_office.office(session)
    return Chain(office.journal_genesis, office.deployment, signing.public_key(office.journal_seed))


def _taken(session: Session, chain: Chain) -> Iterator[Entry]:
    for row, signed, is_signed in _checked(chain, queries_access.journal(session)):
        entry = chain.follow(signed, is_signed=is_signed)
        if (row.n, row.case) != (entry.n, entry.case):
            raise JournalBroken(entry.n, "does not match its row in the vault")
        yield entry


def _checked(chain: Chain, rows: Iterable[JournalEntry]) -> Iterator[tuple[JournalEntry, Signed, bool]]:
    """Yield each row with whether the journal key signed it.

    Other threads check the next rows, on all processor cores, while the caller follows the chain: the
    library verifies a signature without Python's global lock.
    """
    cores = len(os.sched_getaffinity(0))
    ahead: deque[tuple[Sequence[JournalEntry], list[Signed], Future[list[bool]]]] = deque()
    with ThreadPoolExecutor(cores) as pool:
        for some in batched(rows, _AT_ONCE, strict=False):
            signed = [Signed(row.raw, row.signature) for row in some]
            ahead.append((some, signed, pool.submit(list, map(chain.is_signed, signed))))
            if len(ahead) > 2 * cores:
                yield from _next(ahead)
        while ahead:
            yield from _next(ahead)


def _next(
    ahead: deque[tuple[Sequence[JournalEntry], list[Signed], Future[list[bool]]]],
) -> Iterator[tuple[JournalEntry, Signed, bool]]:
    some, signed, checks = ahead.popleft()
    yield from zip(some, signed, checks.result(), strict=True)


def lines(session: Session, first: int | None = None) -> Iterator[Line]:
    """Yield all entries, or the entries from number ``first`` on, without verifying them.

    An entry about a case that is hidden from a signed-in officer has only its number and day.
    """
    open_to_all = set(queries_access.journal_numbers(session))
    for row in queries_access.journal(session, first):
        entry = _parsed(row)
        day = entry.day if entry else None
        yield Line(row.n, day, entry if row.n in open_to_all else None)


def newest(session: Session, code: Code) -> Entry | None:
    """Return the newest entry of an action, or None if the journal has no such entry.

    The entry is not verified. The entries of this action must name no case. The query starts with the newest
    entry, so it is fast enough for pages that officers open all day.
    """
    found = map(_parsed, queries_access.journal_naming(session, code.value))
    return next((entry for entry in found if entry and entry.action == code.value), None)


def of_case(session: Session, number: int) -> Iterator[Entry]:
    """Yield the undamaged entries about a case, without verifying them."""
    yield from filter(None, map(_parsed, queries_access.journal_of(session, number)))


def _parsed(row: JournalEntry) -> Entry | None:
    """Return the entry of a row, or None for a damaged entry: `journal verify` reports the damage."""
    try:
        return journal.ENTRY.parse(row.raw)
    except Malformed:
        return None
