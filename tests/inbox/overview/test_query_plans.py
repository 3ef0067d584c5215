"""No list of cases scans or sorts all cases.

The tests read SQLite's query plans. The vault has no statistics, because the program never runs ANALYZE.
Therefore an empty vault has the same plans as a vault with 100,000 cases.
"""

import re
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import fields
from datetime import date
from typing import Any

import pytest
from sqlalchemy import Boolean, Connection, Engine, Row, event, select, text
from sqlalchemy.orm import Session

from inbox.access import declarations
from inbox.casework import links
from inbox.deadlines import legal_duties
from inbox.overview import queue, queue_filter, timeline
from inbox.overview.queue_filter import Filter, Order
from inbox.setup import upgrade
from inbox.vault import queries_access, queries_cases
from inbox.vault.casework_tables import Workflow
from inbox.vault.database import Vault
from inbox.vault.tables import Base, Case, Officer
from tests.support.laws import FRENCH

TODAY = date(2026, 11, 24)
PRESENT = ("alice", "bruno")
# These tables stay small even with many cases, because few cases have exclusions or handlers.
FEW = {"exclusions", "past_exclusions", "handlers", "officers"}
# These tables contain the signed-in officers, the day and the cases hidden from these officers. These tables
# also contain the archived cases opened on that day.
FEW |= {"present", "temp.present", "today", "temp.today", "hidden", "hidden_unseen", "kept"}
FEW |= {"archive_openings"}
# With this filter and order, SQLite sorts all rows that have the same priority. With 100,000 cases in four
# priorities, this takes 25 ms.
MEASURED = {("priority", Order.DEADLINE)}
SAMPLES: dict[Any, Any] = {str: "received", int: 2, bool: True}
# These fields have a fixed list of values. Each query asks for one state.
OWN = {"state": "closed", "due": "week"}
BIG = "this goes through all rows"
SORTED = "this sorts all rows"

Asked = Callable[[Session], Any]


@pytest.fixture(scope="module")
def vault(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Vault]:
    """An empty vault with three officers, who must declare their interests."""
    with closing(upgrade.create(tmp_path_factory.mktemp("plans") / "vault.sqlite", bytes(32))) as made:
        with made.transaction() as session:
            session.add_all(
                Officer(name=name, since=TODAY, member=n) for n, name in enumerate((*PRESENT, "chloe"), 1)
            )
            # All plans below depend on the absence of statistics.
            assert not session.scalar(
                text("SELECT count(*) FROM sqlite_master WHERE name LIKE 'sqlite_stat%'")
            )
        yield made


@contextmanager
def listening() -> Iterator[list[tuple[str, Any]]]:
    """Yield a list to which each executed SQL statement is added."""
    heard: list[tuple[str, Any]] = []

    def hear(_: Connection, __: Any, statement: str, given: Any, *___: Any) -> None:
        heard.append((statement, given))

    event.listen(Engine, "before_cursor_execute", hear)
    yield heard
    event.remove(Engine, "before_cursor_execute", hear)


Step = Row[int, int, int, str]


def plans(vault: Vault, ask: Asked) -> list[list[Step]]:
    """Run a query as two officers, and return the query plan of each of its SQL statements."""
    with vault.transaction(PRESENT) as session:
        with listening() as heard:
            ask(session)
        asked = [each for each in heard if each[0].lstrip().startswith(("SELECT", "WITH"))]
        assert asked
        run = session.connection().exec_driver_sql
        return [list(run(f"EXPLAIN QUERY PLAN {said}", given)) for said, given in asked]


def faults(steps: list[Step]) -> Iterator[tuple[str, str]]:
    """Yield the steps whose cost grows with the number of all cases."""
    for _, parent, _, said in steps:
        if (scanned := SCAN.match(said)) and scanned[1] not in FEW:
            yield BIG, said
        # SQLite would read the table once for each row of the index.
        if said.startswith("SEARCH") and " COVERING " not in said and not _is_narrow(said):
            yield BIG, said
        if said == "USE TEMP B-TREE FOR ORDER BY":
            outer = next(each for _, beside, _, each in steps if beside == parent)
            if not _is_narrow(outer):
                yield SORTED, outer


SCAN = re.compile(r"SCAN (?!CONSTANT|\(subquery|anon_)(?!fulltext VIRTUAL TABLE INDEX \d+:=?M)(\S+)")
# Nearly all cases have the same value of a flag, so only a partial index finds few rows.
FLAGS = {
    column.name
    for table in Base.metadata.tables.values()
    for column in table.columns
    if isinstance(column.type, Boolean)
}
PARTIAL = {
    index.name
    for table in Base.metadata.tables.values()
    for index in table.indexes
    if index.dialect_options["sqlite"]["where"] is not None
}


def _is_narrow(step: str) -> bool:
    """Return whether a step of a query plan finds few rows.

    Such a step reads a small table or a partial index, or it searches by a value that is not a flag.
    """
    known = {*re.findall(r"\w+ (\w+) USING", step), *re.findall(r"INDEX (\w+) ", step)} & {*FEW, *PARTIAL}
    return bool(known) or not set(re.findall(r"(\w+)=", step)) <= FLAGS


def found(vault: Vault, ask: Asked) -> set[tuple[str, str]]:
    """Return the faults of all SQL statements of a query."""
    return {fault for steps in plans(vault, ask) for fault in faults(steps)}


def wanted(*names: str) -> Filter:
    """Return a filter with a value for each of these fields."""
    kinds = {field.name: type(field.default) for field in fields(Filter)}
    return Filter(**{name: SAMPLES[kinds[name]] for name in names})


@pytest.mark.parametrize("dense", [0, 10_000], ids=["words of many cases", "words of few"])
@pytest.mark.parametrize("order", Order)
@pytest.mark.parametrize("name", ["", *(field.name for field in fields(Filter))])
def test_no_filter_or_order_of_the_queue_scans_or_sorts_all_cases(
    vault: Vault, name: str, order: Order, dense: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The test covers every field of the filter and every order.

    The test asks for a page of the queue, the count, and the case numbers.
    """
    monkeypatch.setattr(queue_filter, "_DENSE", dense)
    asked = Filter(
        **{
            field.name: OWN.get(name, SAMPLES[type(field.default)])
            for field in fields(Filter)
            if field.name == name
        }
    )
    assert (asked == Filter()) is (not name)
    shown = found(vault, lambda session: queue.page(session, asked, order, today=TODAY))
    assert shown == found(vault, lambda session: queue.ordered(session, asked, order, today=TODAY))
    assert ({SORTED} if (name, order) in MEASURED else set()) == {fault for fault, _ in shown}
    assert set() == found(vault, lambda session: queue.count(session, asked, today=TODAY))
    assert set() == found(vault, lambda session: queue.numbers(session, asked, today=TODAY))


OF_A_CASE: dict[str, Asked] = {
    "links, proposed": lambda session: links._shared(session, 1),
    "links, settled": lambda session: links._settled(session, 1),
    "linked": lambda session: links.linked(session, 1),
    "timeline": lambda session: timeline._of(session, 1),
    "journal": lambda session: queries_access.journal_of(session, 1),
    "letters": lambda session: queries_cases.follow_ups(session, 1),
    "files": lambda session: queries_cases.attachments(session, 1),
    "messages": lambda session: queries_cases.messages(session, 1),
    "declared": lambda session: declarations.given(session, range(1, 51)),
    "letters to closed cases": queue.unread_closed,
    "decisions about closed cases": lambda session: session.scalars(legal_duties.owed_rows(FRENCH)).all(),
}


@pytest.mark.parametrize("name", OF_A_CASE)
def test_a_list_about_one_case_does_not_scan_all_cases(vault: Vault, name: str) -> None:
    row = Case(number=1, status="", received=TODAY, collected=TODAY, summary="", message=b"", envelope=b"")
    with vault.transaction() as session:
        session.merge(row)
        session.merge(Workflow(case=1))
    assert set() == found(vault, OF_A_CASE[name])


def _page(*conditions: Any, by: Any = Workflow.rank) -> Asked:
    return lambda session: session.scalars(
        select(Workflow.case).where(Workflow.waits, *conditions).order_by(by).limit(50)
    ).all()


@pytest.mark.parametrize(
    ("ask", "said"),
    [
        (_page(Workflow.credibility == "1"), BIG),
        (_page(Workflow.case.in_(select(Case.number).where(Case.keyring_warning == "old"))), BIG),
        (lambda session: session.scalars(select(Case.number).where(Case.withdrawn == True)).all(), BIG),  # noqa: E712
        (_page(by=Workflow.acknowledged), BIG),
        (_page(by=Workflow.category), SORTED),
    ],
    ids=[
        "no index",
        "no index of the other table",
        "a flag",
        "order without index",
        "order by the last column",
    ],
)
def test_these_tests_detect_a_filter_or_an_order_without_an_index(
    vault: Vault, ask: Asked, said: str
) -> None:
    assert said in {fault for fault, _ in found(vault, ask)}
