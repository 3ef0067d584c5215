"""The notice that shares were renewed with a sheet, shown for 60 days and until all have confirmed it.

Anybody who finds a sheet can bring it, so its officer may learn of the renewal from this notice alone. To
confirm, an officer must be present by their own passphrase. That proves little: whoever brought a sheet chose
the passphrase of its officer, and can confirm in that name. So what all have confirmed stays, and says with
which passphrases. Opening the inbox is no proof of reading: a command whose output nobody sees opens it too.
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

# Longer than anybody is away at a stretch: French civil servants have at most 31 days of leave in a row.
_SHOWN = timedelta(days=60)


@dataclass(frozen=True, slots=True)
class Notice:
    """The notice of a renewal on ``day``, which the journal has in ``line``; shown at least ``until`` a day.

    It ``waits_for`` some of the officers whom it was for; the others have ``confirmed`` it.
    """

    line: Line
    day: date
    until: date
    waits_for: tuple[str, ...]
    confirmed: tuple[str, ...]

    @property
    def by(self) -> Mapping[str, Presence]:
        """Who was there, and how; nobody if the entry is damaged."""
        return self.line.entry.officers if self.line.entry else {}

    @property
    def passphrases_lost(self) -> str | None:
        """Why too few gave their passphrases, with any other reason for the renewal; None if enough did."""
        entry = self.line.entry
        return entry.reason if entry and "passphrases_lost" in entry.values else None

    @property
    def confirmed_by_sheet(self) -> tuple[str, ...]:
        """Those who confirmed with a passphrase that whoever brought their sheet chose."""
        return tuple(name for name in self.confirmed if self.by.get(name) is Presence.SHEET)

    @property
    def confirmed_by_own(self) -> tuple[str, ...]:
        """The others who confirmed it."""
        return tuple(name for name in self.confirmed if self.by.get(name) is not Presence.SHEET)


def tell_all(session: Session, today: date) -> None:
    """Give every officer notice of the newest entry of the journal, by which the shares were renewed."""
    n = journal.head(session).n
    for officer in queries_office.officers(session):
        session.add(RenewalNotice(renewal=n, officer=officer.name, day=today))


def pending(inbox: Inbox, today: date) -> tuple[Notice, ...]:
    """Return the renewals that officers have yet to confirm, or that are too recent to be put away."""
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


def acknowledge(inbox: Inbox, who: Actor) -> None:
    """Note that those who are present by their own passphrases have read it.

    Raises Refused if none of them has anything to read, otherwise as ``Inbox.acting`` does.
    """
    with inbox.acting(who, action(Code.ACKNOWLEDGE_RENEWAL)) as session:
        here = _waiting_for(session, who)
        if not here:
            raise Refused(
                sentence("no renewal of shares waits to be read by those who are here"),
                sentence("there is nothing to do"),
            )
        for row in here:
            row.confirmed = True


def _waiting_for(session: Session, who: Actor) -> Sequence[RenewalNotice]:
    return [
        row
        for row in queries_office.renewal_notices(session)
        if not row.confirmed and who.present.get(row.officer, Presence.SHEET) is not Presence.SHEET
    ]
