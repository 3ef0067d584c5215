"""The journal of this inbox: one entry for each act, in the transaction that does it (SPEC 9.3)."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from crypto import journal
from crypto.journal import Entry, Head, Signed
from inbox import records
from inbox.acts import Deed
from inbox.errors import Refused
from inbox.schema import JournalEntry


@dataclass(frozen=True, slots=True)
class By:
    """Who does something, and on which day."""

    officers: tuple[str, ...]
    today: date


def note(session: Session, by: By, deed: Deed) -> None:
    """Add an entry; Refused if the clock was set back since the last one."""
    last = records.last_journal_entry(session)
    if last is not None and by.today < (before := journal.ENTRY.parse(last.raw).day):
        raise Refused(
            f"the clock says {by.today}, but the journal already has an entry of {before}",
            "set the clock, try again",
        )
    office = records.office(session)
    end = head(session)
    entry = Entry(
        n=end.n + 1,
        previous=end.hash,
        day=by.today,
        officers=by.officers,
        act=deed.act.value,
        case=deed.case,
        about=deed.about,
        reason=deed.reason,
    )
    signed = journal.sign(entry, office.deployment, office.journal_seed)
    session.add(JournalEntry(n=entry.n, raw=signed.raw, signature=signed.signature, case=entry.case))
    session.flush()


def head(session: Session) -> Head:
    """Return how far the journal goes."""
    last = records.last_journal_entry(session)
    if last is None:
        return Head(0, records.office(session).journal_genesis)
    return Head(last.n, Signed(last.raw, last.signature).hash)
