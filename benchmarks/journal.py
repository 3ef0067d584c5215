"""Compare the verification of a long journal by `inbox journal verify` with a minimal reference program."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from nacl.signing import VerifyKey
from sqlalchemy import insert

from crypto import journal, signing
from crypto.journal import Entry, Presence, Signed
from crypto.signing import Label
from inbox.session import anchors
from inbox.session.actions import Code
from inbox.session.inbox import Inbox
from inbox.session.journal import head
from inbox.vault import queries_access
from inbox.vault.tables import JournalEntry, Office
from tests.support.inbox_builders import Office as Room
from tests.support.inbox_builders import today

_BATCH = 5_000


class Journal:
    """The journal of an open inbox, extended by entries that record the reading of cases."""

    def __init__(self, inbox: Inbox, entries: int) -> None:
        self._inbox = inbox
        with inbox.transaction() as session:
            office = session.get_one(Office, 1)
            self._deployment = office.deployment
            self._key = VerifyKey(signing.public_key(office.journal_seed))
            end = head(session)
            while end.n < entries:
                rows = []
                for _ in range(min(_BATCH, entries - end.n)):
                    entry = Entry(
                        n=end.n + 1,
                        previous=end.hash,
                        day=today(),
                        officers=dict.fromkeys(("alice", "bruno"), Presence.OWN),
                        action=Code.SHOW,
                        values={},
                        reason="",
                        case=end.n,
                    )
                    signed = journal.sign(entry, office.deployment, office.journal_seed)
                    row = {"n": entry.n, "raw": signed.raw, "signature": signed.signature}
                    rows.append(row | {"case": entry.case})
                    end = journal.Head(entry.n, signed.hash)
                session.execute(insert(JournalEntry), rows)

    def verify(self) -> None:
        """Verify the journal as the command does."""
        with self._inbox.transaction() as session:
            anchors.check(session, None, None)

    def verify_bare(self, signed: list[Signed]) -> None:
        """Verify the same signatures over the same bytes, and do nothing else."""
        covered = Label.JOURNAL.value + b"\0" + self._deployment
        for each in signed:
            self._key.verify(covered + each.raw, each.signature)

    def signed(self) -> list[Signed]:
        """Return all entries."""
        with self._inbox.transaction() as session:
            return [Signed(row.raw, row.signature) for row in queries_access.journal(session)]


@contextmanager
def opened(folder: Path, entries: int) -> Iterator[Journal]:
    """Yield the journal of a new inbox with this many entries."""
    with Room.found(folder).opened() as inbox:
        yield Journal(inbox, entries)
