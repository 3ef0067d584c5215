"""A closed case that the portal knows to be closed, for tests of retention and destruction."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from sqlalchemy import select, update

from crypto.bundle import Intake, Link
from inbox.deadlines import workflow
from inbox.system import clock
from inbox.vault.casework_tables import Measure, Workflow
from inbox.vault.tables import Case, FollowUp, IntakeBundle
from tests.support.inbox_builders import Office, Portal, Sent, read_outbox, today

# This time is longer than any retention period.
AGES = timedelta(3_000)


def tell_portal(
    office: Office, portal: Portal, *sent: Sent, imported: date | None = None, exported: date | None = None
) -> Any:
    """Make an outbox, and collect a bundle from a portal that has applied the outbox. Return the JSON output.

    By default, the bundle says that the portal applied the outbox today, and exported the bundle today.
    """
    n = office.json("exchange", "outbox", "--out", office.out)["n"]
    _, made, _ = read_outbox(office.out / f"outbox-inspection-{n}.tar", portal.world)
    link = Link(n, made.hash)

    def edit(intake: Intake) -> Intake:
        return replace(intake, exported=exported or intake.exported)

    bundle = portal.bundle(*sent, applied=link, imported=imported, edit=edit)
    return office.json("exchange", "collect", bundle)[0]


def work_on(office: Office, **changes: Any) -> None:
    """Change columns of case 1's workflow, and set the status that its reporter sees to “closed”."""
    with office.opened() as inbox, inbox.transaction() as session:
        for name, value in changes.items():
            setattr(session.get_one(Workflow, 1), name, value)
        session.get_one(Case, 1).status = "closed"


def aged(office: Office) -> None:
    """Date all cases, messages and measures so far back that every retention period is over."""
    with office.opened() as inbox, inbox.transaction() as session:
        long_ago = today() - AGES
        for work in session.scalars(select(Workflow)):
            work.closed = work.closed and long_ago
            work.junked = work.junked and long_ago
        for letter in session.scalars(select(FollowUp)):
            letter.received = long_ago
        for measure in session.scalars(select(Measure)):
            measure.day = long_ago


def dated_by_portal(office: Office) -> None:
    """Record that all bundles were exported and collected today, by this process's clock."""
    day = clock.today()
    with office.opened() as inbox, inbox.transaction() as session:
        session.execute(update(IntakeBundle).values(exported=day, collected=day))


def heard(office: Office, number: int = 1, day: date | None = None) -> None:
    """Record that the reporter could read the acknowledgement, and any feedback, from ``day`` on.

    The default is today. Days that are already recorded stay unchanged.
    """
    day = day or today()
    with office.opened() as inbox, inbox.transaction() as session:
        work = session.get_one(Workflow, number)
        work.acknowledged = work.acknowledged or day
        work.answered = work.answered or (day if work.feedback else None)
        workflow.keep_in_step(session, number)
