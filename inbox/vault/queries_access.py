"""Queries about the journal and about the rights of officers."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from inbox.vault import row_security
from inbox.vault.casework_tables import Handler, Workflow
from inbox.vault.row_security import WHOLE_JOURNAL
from inbox.vault.tables import (
    Alias,
    Case,
    Exclusion,
    JournalEntry,
    Unopened,
)

_AT_ONCE = 1_000


def last_journal_entry(session: Session) -> JournalEntry | None:
    """Return the newest journal entry, regardless of the signed-in officers; None if the journal is empty."""
    newest = select(JournalEntry).order_by(JournalEntry.n.desc()).limit(1)
    return session.scalar(newest.execution_options(**WHOLE_JOURNAL))


def journal(session: Session, first: int | None = None) -> Iterable[JournalEntry]:
    """Return all entries of the journal, or the entries from ``first`` on; use them for verification only.

    The result ignores the rights of the signed-in officers, so do not show it. Entries with an invalid number
    below 1 come last, where verification of the chain finds them.
    """
    rows = select(JournalEntry).order_by(JournalEntry.n < 1, JournalEntry.n)
    rows = rows if first is None else rows.where(JournalEntry.n >= first)
    return session.scalars(rows.execution_options(yield_per=_AT_ONCE, **WHOLE_JOURNAL))


def journal_numbers(session: Session) -> Iterable[int]:
    """Return the numbers of the entries that the signed-in officers may read."""
    return session.scalars(select(JournalEntry.n))


def journal_naming(session: Session, word: str) -> Iterable[JournalEntry]:
    """Return the entries without a case that contain this word in quotation marks, newest first."""
    named = func.instr(JournalEntry.raw, f'"{word}"'.encode()) > 0
    rows = select(JournalEntry).where(JournalEntry.case.is_(None), named)
    return session.scalars(rows.order_by(JournalEntry.n.desc()))


def journal_of(session: Session, number: int) -> Sequence[JournalEntry]:
    """Return the entries about a case."""
    return session.scalars(select(JournalEntry).filter_by(case=number).order_by(JournalEntry.n)).all()


def aliases(session: Session) -> Sequence[Alias]:
    """Return the other names that reports may use for officers."""
    return session.scalars(select(Alias).order_by(Alias.officer, Alias.name)).all()


def exclusions(session: Session) -> Sequence[Exclusion]:
    """Return the exclusions of officers from cases."""
    return session.scalars(select(Exclusion).order_by(Exclusion.case, Exclusion.officer)).all()


def for_others(session: Session, numbers: Sequence[int]) -> set[int]:
    """Return which of these cases have handlers that do not include all signed-in officers."""
    handlers = defaultdict[int, set[str]](set)
    for row in session.scalars(select(Handler).where(Handler.case.in_(numbers))):
        handlers[row.case].add(row.officer)
    here = set(row_security.present(session))
    return {number for number, names in handlers.items() if not here <= names}


def not_shown(session: Session) -> int:
    """Return the number of cases that officers see only as a queue line, because others handle them."""
    lines = select(func.count()).select_from(Workflow)
    known = session.scalar(lines.execution_options(**row_security.AS_A_LINE)) or 0
    return known - (session.scalar(lines) or 0)


def for_other_handlers(session: Session) -> set[int]:
    """Return the cases that officers see only as a queue line, because others handle them."""
    rows = select(Workflow.case)
    lines = session.scalars(rows.execution_options(**row_security.AS_A_LINE))
    return set(lines) - set(session.scalars(rows))


def archived(session: Session, seen: Collection[int]) -> set[int]:
    """Return the archived cases that the signed-in officers cannot read: all except ``seen``."""
    day = row_security.day(session)
    rows = select(Workflow.case).where(Workflow.archive_from <= day, Workflow.quarantined.is_(None))
    found = set(session.scalars(rows.execution_options(**row_security.AS_A_LINE))).difference(seen)
    return found - for_others(session, sorted(found))


def excluded_from(session: Session, number: int) -> set[str]:
    """Return the officers whom a case excludes."""
    return set(session.scalars(select(Exclusion.officer).filter_by(case=number)))


def case_numbers(session: Session) -> set[int]:
    """Return the numbers of all cases."""
    return set(session.scalars(select(Case.number)))


def unopened_numbers(session: Session) -> set[int]:
    """Return the numbers of all entries that did not become a case at first."""
    return set(session.scalars(select(Unopened.number)))
