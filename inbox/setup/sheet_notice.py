"""The notice to officers that shares were renewed with a paper sheet.

The notice is shown for at least 60 days, and until all officers have confirmed it.

Anybody who finds a sheet can use it, so the officer of the sheet may learn about the renewal only from this
notice. To confirm, an officer must sign in with their own passphrase. A confirmation proves little. The
person who brought the sheet chose a new passphrase for the sheet's officer, and can confirm in that officer's
name. The notice therefore stays for 60 days even if all officers have confirmed it, and the notice shows
which passphrases they used. Opening the inbox does not prove that an officer read the notice, because a
command whose output nobody sees also opens the inbox.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby

from sqlalchemy.orm import Session

from crypto.journal import Presence
from inbox.language.errors import Refused
from inbox.language.messages import sentence
from inbox.session import journal
from inbox.session.actions import Actor, Code, action
from inbox.session.inbox import Inbox
from inbox.session.journal import Line
from inbox.vault import queries_office
from inbox.vault.tables import RenewalNotice

# This period is longer than any absence, because French civil servants may take at most 31 days of leave in a
# row.
_SHOWN = timedelta(days=60)


@dataclass(frozen=True, slots=True)
class Notice:
    """The notice of a renewal on ``day``, recorded in entry ``line`` of the journal.

    The notice is shown at least until the day ``until``. ``waits_for`` are the officers who have yet to
    confirm the notice, and ``confirmed`` are the officers who have confirmed it.
    """

    line: Line
    day: date
    until: date
    waits_for: tuple[str, ...]
    confirmed: tuple[str, ...]

    @property
    def by(self) -> Mapping[str, Presence]:
        """Who renewed the shares, and how each officer was present; empty if the entry is damaged."""
        return self.line.entry.officers if self.line.entry else {}

    @property
    def passphrases_lost(self) -> str | None:
        """The reason for the renewal without enough passphrases; None if enough officers gave passphrases."""
        entry = self.line.entry
        return entry.reason if entry and "passphrases_lost" in entry.values else None

    @property
    def confirmed_by_sheet(self) -> tuple[str, ...]:
        """Officers whose passphrase for the confirmation was chosen by the person who brought their sheet."""
        return tuple(name for name in self.confirmed if self.by.get(name) is Presence.SHEET)

    @property
    def confirmed_by_own(self) -> tuple[str, ...]:
        """Officers who confirmed with a passphrase of their own."""
        return tuple(name for name in self.confirmed if self.by.get(name) is not Presence.SHEET)


def tell_all(session: Session, today: date) -> None:
    """Give every officer a notice of the newest journal entry, which renewed the shares."""
    n = journal.head(session).n
    for officer in queries_office.officers(session):
        session.add(RenewalNotice(renewal=n, officer=officer.name, day=today))


def pending(inbox: Inbox, today: date) -> tuple[Notice, ...]:
    """Return the notices that some officers have yet to confirm, or that are less than 60 days old."""
    with inbox.vault.transaction() as session:
        return tuple(_pending(session, today))


def _pending(session: Session, today: date) -> Iterator[Notice]:
    present = {officer.name for officer in queries_office.officers(session)}
    for n, group in groupby(queries_office.renewal_notices(session), lambda row: row.renewal):
        rows = list(group)
        until = rows[0].day + _SHOWN
        waits_for = tuple(row.officer for row in rows if not row.confirmed and row.officer in present)
        if waits_for or today <= until:
            confirmed = tuple(row.officer for row in rows if row.confirmed)
            yield Notice(next(journal.lines(session, n)), rows[0].day, until, waits_for, confirmed)


def acknowledge(inbox: Inbox, who: Actor) -> list[str]:
    """Record that the officers who signed in with their own passphrases have read their notices.

    Returns the names of these officers.

    Raises Refused if there is no notice that these officers could read. Also raises the same errors as
    ``Inbox.acting``.
    """
    with inbox.acting(who, action(Code.ACKNOWLEDGE_RENEWAL)) as session:
        here = _waiting_for(session, who)
        if not here:
            raise Refused(
                sentence("the officers who are here have no renewal of shares to confirm"),
                sentence("there is nothing to do"),
            )
        for row in here:
            row.confirmed = True
        return sorted({row.officer for row in here})


def _waiting_for(session: Session, who: Actor) -> Sequence[RenewalNotice]:
    return [
        row
        for row in queries_office.renewal_notices(session)
        if not row.confirmed and who.present.get(row.officer, Presence.SHEET) is not Presence.SHEET
    ]
