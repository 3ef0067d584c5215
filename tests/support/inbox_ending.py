"""A case that has ended, and its portal told of it: for tests of how long it is kept, and of its end."""

from typing import Any

from crypto.bundle import Link
from inbox.vault.casework_tables import Workflow
from inbox.vault.tables import Case
from tests.support.inbox_builders import Office, Portal, Sent, read_outbox


def tell_portal(office: Office, portal: Portal, *sent: Sent) -> None:
    """Make an outbox and collect a bundle of a portal that has applied it."""
    n = office.json("outbox", "--out", office.out)["n"]
    _, made, _ = read_outbox(office.out / f"outbox-inspection-{n}.tar", portal.world)
    office.json("collect", portal.bundle(*sent, applied=Link(n, made.hash)))


def work_on(office: Office, **changes: Any) -> None:
    """Change the state of the work on case 1, and what its reporter reads of it."""
    with office.opened() as inbox, inbox.transaction() as session:
        for name, value in changes.items():
            setattr(session.get_one(Workflow, 1), name, value)
        session.get_one(Case, 1).status = "closed"
