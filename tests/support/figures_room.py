"""An inbox with made-up cases whose events the annual figures count."""

import json
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from inbox.deadlines import workflow
from inbox.figures import counting
from inbox.session.inbox import Inbox, Unlocked
from inbox.vault.casework_tables import Workflow
from inbox.vault.destroyed_tables import PublicationPlan
from inbox.vault.tables import Case
from tests.support.inbox_builders import Office, today
from tests.support.publication import plan_file, table, total

YEAR = today().year + 1
NEW_YEAR, MADE = date(YEAR, 1, 1), date(YEAR + 1, 4, 1)
TOTALS = total("received", "received") + total("closed", "closed") + total("measures", "measure")
CATEGORY = table("category", "received by category", {"other": [], "threat": ["threat"]}, k=3)
OUTCOME = table("outcome", "closed by outcome", {"other": [], "founded": ["founded"]}, k=3)
MEANS = table(
    "means",
    "received by means",
    {"other": [], "advantage": ["money", "gift"], "several": ["several"]},
    years=3,
    k=3,
)
PLAN = plan_file(YEAR, k=3, parts=TOTALS + CATEGORY + MEANS + OUTCOME)


@contextmanager
def three(founded: Office, folder: Path) -> Iterator[Unlocked]:
    """Yield a copy of an inbox of three officers, opened by two of them."""
    with founded.copy(folder / "office").unlocked() as opened:
        yield opened


@contextmanager
def undone(inbox: Inbox) -> Iterator[Session]:
    """Yield a session whose changes are undone."""
    with inbox.transaction() as session, session.begin_nested() as nested:
        yield session
        nested.rollback()
        session.expunge_all()


def with_plan(session: Session, raw: bytes = PLAN, first: int = YEAR) -> None:
    """Store a plan of publication as if officers had adopted it."""
    session.add(PublicationPlan(first_year=first, raw=raw, sha256=bytes(32), adopted=today()))
    session.flush()


def counted(session: Session, year: int = YEAR) -> dict[str, int]:
    """Return the counts of a year by cell, without the year."""
    found = counting.count(session, counting.book(session, date(year, 12, 31)), year)
    return {cell.partition("/")[2]: n for cell, n in found.items()}


def add(session: Session, number: int, received: date, collected: date | None = None, **changes: Any) -> Case:
    """Add a case; ``answers`` are those of its report, and ``changes`` those of its workflow."""
    answers = changes.pop("answers", {})
    case = Case(
        number=number,
        status="received",
        received=received,
        collected=collected or received,
        summary="made up",
        message=json.dumps({"answers": answers}).encode(),
        envelope=secrets.token_bytes(32),
        case_id=secrets.token_bytes(32),
        recipient=b"somebody",
    )
    session.add_all([case, Workflow(case=number, **changes)])
    session.flush()
    return case


def close(session: Session, number: int, day: date, outcome: str = "founded") -> None:
    """Close a case."""
    work = session.get_one(Workflow, number)
    work.outcome = outcome
    workflow.set_closed(work, day)
    session.flush()
