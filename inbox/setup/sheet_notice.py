"""The notice that shares were renewed with a sheet, shown until every officer has confirmed reading it.

Anybody who finds a sheet can bring it, so its officer may learn of the renewal from this notice alone. To
confirm, an officer must be present by their own passphrase. Opening the inbox is no proof of reading: a
command whose output nobody sees opens it too.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy.orm import Session

from crypto.journal import Presence
from inbox.language.errors import Refused
from inbox.language.messages import sentence
from inbox.session import journal
from inbox.session.actions import Actor, Code, action
from inbox.session.inbox import Inbox
from inbox.session.journal import Line
from inbox.vault import queries_office
from inbox.vault.tables import Officer


@dataclass(frozen=True, slots=True)
class Notice:
    """A renewal, as the journal has it; ``unacknowledged_by`` are the officers who have yet to confirm it."""

    line: Line
    unacknowledged_by: tuple[str, ...]

    @property
    def by(self) -> Mapping[str, Presence]:
        """Who was there, and how; nobody if the entry is damaged."""
        return self.line.entry.officers if self.line.entry else {}


def tell_all(session: Session) -> None:
    """Let every officer be told of the newest entry of the journal, by which the shares were renewed."""
    n = journal.head(session).n
    for officer in queries_office.officers(session):
        officer.unseen = n


def pending(inbox: Inbox) -> Notice | None:
    """Return the newest renewal that an officer has yet to confirm, or None."""
    with inbox.vault.transaction() as session:
        waiting = _unacknowledged(session)
        if not waiting:
            return None
        newest = max(officer.unseen or 0 for officer in waiting)
        return Notice(next(journal.lines(session, newest)), tuple(officer.name for officer in waiting))


def acknowledge(inbox: Inbox, who: Actor) -> None:
    """Note that those who are present by their own passphrases have read it.

    Raises Refused if none of them has anything to read, otherwise as ``Inbox.acting`` does.
    """
    with inbox.acting(who, action(Code.ACKNOWLEDGE_RENEWAL)) as session:
        here = [
            each
            for each in _unacknowledged(session)
            if who.present.get(each.name, Presence.SHEET) is not Presence.SHEET
        ]
        if not here:
            raise Refused(
                sentence("no renewal of shares waits to be read by those who are here"),
                sentence("there is nothing to do"),
            )
        for officer in here:
            officer.unseen = None


def _unacknowledged(session: Session) -> list[Officer]:
    return [each for each in queries_office.officers(session) if each.unseen is not None]
