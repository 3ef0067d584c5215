"""An inbox of three officers. Bruno is excluded from case 3, which has everything that a case can have."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Table, delete, select, update
from sqlalchemy.orm import Session

from crypto.bundle import Withdrawal
from inbox.deadlines import workflow
from inbox.language.errors import Refused
from inbox.session.inbox import Inbox
from inbox.vault import casework_tables
from inbox.vault.tables import Base, Case, Exclusion, FollowUp, Message
from tests.support.inbox_builders import CLOSING, Office, Portal, Reporter, Sent, World, first, today
from tests.support.inbox_visas import agree

NAMES = ("alice", "bruno", "chloe")
CANARY = "zibeline-quartz"
KEPT = 3

Asked = Callable[[Session], Any]

TABLES: Mapping[str, Table] = Base.metadata.tables
# The tables with the work on a case.
OF_THE_WORK = (
    "notes",
    "tags",
    "measures",
    "duties",
    "links",
    "dismissals",
    "terms",
    "identities",
    "disclosures",
    "declarations",
    "handlers",
    "access_cases",
    "strikes",
    "struck_texts",
    "listed_cases",
    "archive_openings",
    "openings",
    "unfinished",
)
# A table whose rows refer to another table comes before the other table.
OF_THE_CASE = (
    "attachments",
    "follow_ups",
    "messages",
    "receipts",
    "exclusions",
    "fulltext",
    *OF_THE_WORK,
    "workflows",
    "unopened",
    "journal",
    "cases",
)
# A virtual table without foreign keys, whose rowid is the number of the case.
FULLTEXT = "fulltext"


class Trio:
    """Three officers, any two of whom open the inbox.

    Each method returns the inbox with two of the three officers present.
    """

    def __init__(self, office: Office) -> None:
        self.office = office

    @property
    def others(self) -> Office:
        """Return the inbox, opened by the two officers who are not excluded."""
        return self.office.of("alice", "chloe")

    @property
    def excluded(self) -> Office:
        """Return the inbox, opened by two officers, one of whom is excluded from case 3."""
        return self.office.of("alice", "bruno")

    def decide_all(self) -> None:
        """Record all decisions on the cases without a command: a closed case must not lack a decision."""
        with self.others.opened() as inbox, inbox.transaction() as session:
            session.execute(update(casework_tables.Duty).values(decided=today()))
            for number in (1, 2, 3):
                workflow.keep_in_step(session, number)


def found(folder: Path) -> Trio:
    """Create the inbox with cases 1 to 3. Only case 3 has the canary, and Bruno is excluded from case 3."""
    trio = Trio(Office.found_by(folder, NAMES, 2).of("alice", "chloe"))
    world = World(trio.office)
    portal = Portal(world, folder / "medium")
    confirmed = ("--confirm-instance", portal.fingerprint)
    for number in (1, 2, 3):
        reporter = Reporter(world)
        text = CANARY if number == KEPT else f"case {number}"
        early = Sent(reporter.follow_up(f"{text}, before its report", files=[text.encode()]))
        late = [
            first(reporter, text=text, files=[text.encode()]),
            Sent(reporter.follow_up(text, files=[text.encode()])),
        ]
        odd = [
            Sent(reporter.report("another under the same id")),
            Sent(reporter.follow_up("by another hand", seed=bytes(32))),
            Sent(Reporter(world).report(), reporter.keys.case_id),
        ]
        false = Withdrawal(reporter.keys.case_id, bytes(32))
        for bundle in (portal.bundle(early), portal.bundle(*late), portal.bundle(*odd, withdrawn=[false])):
            trio.office.json("exchange", "collect", bundle, *confirmed)
        with trio.office.opened() as inbox, inbox.transaction() as session:
            session.execute(update(Case).values(new=False))
            session.execute(update(FollowUp).values(unread=False))
            session.add_all(
                casework_tables.Declaration(case=number, officer=name, day=today()) for name in NAMES
            )
        trio.office.json("message", "reply", str(number), "--text", text)
        trio.office.settle(number)
        trio.office.json("case", "close", str(number), *CLOSING)
    with trio.office.opened() as inbox, inbox.transaction() as session:
        session.add(
            casework_tables.AccessRequest(
                n=1,
                received=today(),
                way="letter",
                names="Nobody",
                earliest=today(),
                due=today(),
                answered=today(),
                by="alice",
            )
        )
        session.flush()
        session.add_all(row for number in (1, 2, 3) for row in work_on(number))
        agree(session)
        session.execute(update(Message).filter_by(case=3).values(acknowledges=True, feedback=True))
        session.execute(update(Case).values(new=True))
        session.execute(update(FollowUp).values(unread=True))  # follow-ups arrived after the closing
    trio.office.json("exchange", "outbox", "--out", trio.office.out)
    trio.office.json("access", "conflict", "add", str(KEPT), "bruno", "--reason", "he is named")
    trio.office.json("case", "list")
    return trio


def work_on(number: int) -> Iterator[Base]:
    """Yield a row of each kind of work on a case. Each of the three cases is linked to the others."""
    text, day = CANARY if number == KEPT else f"case {number}", today()
    yield casework_tables.Note(case=number, position=1, by="alice", day=day, text=text)
    yield casework_tables.Tag(case=number, name=text)
    yield casework_tables.Measure(
        case=number, position=1, kind="process_fix", day=day, recorded=day, addressee=text
    )
    yield casework_tables.Duty(case=number, kind="art40", known=day - timedelta(1), due=day)
    for other in {1, 2, 3} - {number}:
        yield casework_tables.Link(case=number, other=other, kind="same_place", since=day)
        yield casework_tables.Dismissal(case=number, other=other)
    yield casework_tables.Term(case=number, kind="plate", value=text.encode()[:8])
    yield casework_tables.Identity(case=number, day=day, text=text)
    yield casework_tables.Disclosure(
        case=number, position=1, day=day, by="alice", recipient=text, what="report", ground="consent"
    )
    for name in NAMES:
        yield casework_tables.Handler(case=number, officer=name, since=day)
    yield casework_tables.AccessCase(case=number, request=1, reference=text, given=False, reason=text)
    for name in NAMES:
        yield casework_tables.ArchiveOpening(case=number, officer=name, day=day)
        yield casework_tables.Unfinished(
            officer=name, case=number, form="note", day=day, fields=json.dumps([("text", text)])
        )
    yield casework_tables.Strike(case=number, position=1, day=day, by="alice", place="what")
    yield casework_tables.StruckText(case=number, place="what", words=9)
    yield casework_tables.Opening(case=number, memo=f"{text} {number} memo".encode().ljust(60, b"\0"))


@contextmanager
def entrusted(trio: Trio) -> Iterator[Inbox]:
    """Open the inbox.

    Nobody is excluded from case 3, but the case is restricted to handlers other than Bruno.
    """
    with trio.others.opened() as inbox:
        with inbox.vault.transaction() as session:
            session.execute(delete(Exclusion))
            session.execute(delete(casework_tables.Handler).filter_by(case=KEPT, officer="bruno"))
        yield inbox


class Undone(Exception):
    """Raised to undo everything that was done in a session."""


def plain(value: Any) -> Any:
    """Return the result of a query as a comparable value."""
    if isinstance(value, Base):
        return {column.key: getattr(value, column.key) for column in type(value).__mapper__.columns}
    if isinstance(value, dict):
        return {key: plain(each) for key, each in value.items()}
    if isinstance(value, set | frozenset):
        return sorted(map(repr, value))
    if isinstance(value, str | bytes | int | date | None):
        return value
    return [plain(each) for each in value]


def answer(session: Session, ask: Asked) -> Any:
    """Return the result of a query, or its refusal, as plain values."""
    try:
        return plain(ask(session))
    except Refused as refused:
        return str(refused)


def of_the_case(session: Session) -> dict[str, list[Any]]:
    """Return every row of case 3, read without the ORM."""
    run = session.connection().execute
    case_id = run(select(TABLES["cases"].c.case_id).filter_by(number=KEPT)).scalar()
    found = {}
    for name in OF_THE_CASE:
        table = TABLES[name]
        column = {"cases": "number", FULLTEXT: "rowid"}.get(name, "case")
        belongs = table.c[column] == KEPT
        if name == "unopened":
            belongs |= table.c.case_id == case_id
        if "other" in table.c:
            belongs |= table.c.other == KEPT
        found[name] = run(select(table).where(belongs)).all()
    return found


@contextmanager
def undone(opened: Inbox, present: Sequence[str] = ()) -> Iterator[Session]:
    """Yield a session whose changes are undone at the end."""
    with suppress(Undone), opened.vault.transaction(present) as session:
        yield session
        raise Undone


def without_the_case(opened: Inbox, ask: Asked) -> Any:
    """Return the answer of a vault in which case 3 never existed."""
    with undone(opened) as session:
        for name, rows in of_the_case(session).items():
            keys = [column.name for column in TABLES[name].primary_key]
            for row in rows:
                session.execute(delete(TABLES[name]).filter_by(**{key: getattr(row, key) for key in keys}))
        return answer(session, ask)


def three_answers(opened: Inbox, ask: Asked) -> tuple[Any, Any, Any]:
    """Return three answers: with Bruno, with Bruno in a vault without the case, and with nobody present.

    With Bruno present, the query must not change the case either.
    """
    with undone(opened, ("alice", "bruno")) as session:
        before = of_the_case(session)
        narrowed = answer(session, ask)
        assert before == of_the_case(session)
    with undone(opened) as session:
        whole = answer(session, ask)
    return narrowed, without_the_case(opened, ask), whole
