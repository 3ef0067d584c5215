"""The queue offers filter choices with counts.

Each count equals the number of cases that the choice finds.
"""

from collections.abc import Iterator, Mapping
from contextlib import ExitStack, closing, suppress
from dataclasses import fields, replace
from datetime import date, timedelta
from itertools import cycle
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete
from sqlalchemy.orm import Session

from inbox.overview import facets, queue
from inbox.overview.facets import COUNTED, FIELDS
from inbox.overview.queue_filter import ME, NOBODY, Due, Filter, Order, State
from inbox.setup import upgrade
from inbox.vault import score
from inbox.vault.casework_tables import Declaration, Fulltext, Handler, Tag, Workflow
from inbox.vault.database import Vault
from inbox.vault.tables import Case, Exclusion, Officer
from tests.support.inbox_trio import Undone

TODAY = date(2026, 11, 24)
CASES = 24
# Nobody may read this case. The queue shows its line only for filters that reveal nothing of its report.
QUARANTINED = 12

THREE = ("alice", "bruno", "chloe")
# These are the default filter and several filters that, taken together, use every field.
WANTED = [
    Filter(),
    Filter(state=State.ALL),
    Filter(search="quai"),
    Filter(search="quai", state=State.OPEN, category="threat"),
    Filter(status="assessing", state=State.ALL),
    Filter(due=Due.WEEK, officer=ME),
    Filter(danger=True, state=State.ALL),
    Filter(language="fr", state=State.ALL),
    Filter(undeclared=True, state=State.ALL),
    Filter(area="atlantic", state=State.ALL),
    Filter(priority=2, to_read=True),
    Filter(tag="crime", state=State.ALL),
]


def test_the_filters_in_this_module_use_every_field() -> None:
    used = {each.name for each in fields(Filter) for one in WANTED if one != one.without(each.name)}
    assert used == {each.name for each in fields(Filter)}


@pytest.mark.parametrize("name", [each.name for each in fields(Filter)])
def test_a_filter_field_counts_as_revealing_unless_it_is_listed_here(name: str) -> None:
    """A new field therefore counts as revealing.

    Otherwise a filtered list of undeclared cases could reveal what their reports contain.
    """
    wordless = {"state", "status", "category", "priority", "due", "to_read", "undeclared", "officer"}
    empty = {str: "x", bool: True, int: 1}[type(getattr(Filter(), name))]
    assert replace(Filter(), **{name: empty}).tells_words is (name not in wordless)


def is_kept(number: int) -> bool:
    """Return whether alice is excluded from a case."""
    return number % 6 == 1


def filed(session: Session, number: int) -> None:
    """Add a case whose properties depend on its number.

    The properties repeat in cycles of different lengths, which gives many combinations.
    """
    state = (State.OPEN, State.OPEN, State.CLOSED, State.OPEN, State.JUNK)[number % 5]
    day = TODAY + timedelta((-3, 0, 4, 90)[number % 4])
    parts = score.Parts(danger=score.HIGHEST if number % 3 == 1 else number % 3, access=number % 4)
    session.add(
        Case(
            number=number,
            received=TODAY,
            collected=TODAY,
            summary="",
            message=b"",
            envelope=b"",
            status=("received", "assessing", "closed")[number % 3],
            language=("fr", "en", "")[number % 3],
            new=number % 5 != 2,
        )
    )
    session.add(Fulltext(case=number, text="au quai" if number % 7 else "ailleurs"))
    work = Workflow(
        case=number,
        category=("threat", "access", "")[number % 3],
        area=("", "atlantic")[number % 2],
        waits=state is State.OPEN,
        closed=TODAY if state is State.CLOSED else None,
        junked=TODAY if state is State.JUNK else None,
        deadline=None if number % 7 == 5 else day,
        assigned=(None, *THREE)[number % 4],
        quarantined=TODAY if number == QUARANTINED else None,
    )
    work.parts = parts
    session.add(work)
    session.flush()
    declared = [name for name in THREE if name != "bruno" or number % 4]
    session.add_all(Declaration(case=number, officer=name, day=TODAY) for name in declared)
    if number % 3:
        session.add(Tag(case=number, name="crime"))
    if is_kept(number):
        session.add(Exclusion(case=number, officer="alice", since=TODAY))
    if number % 8 == 0:
        session.add(Handler(case=number, officer="chloe", since=TODAY))


def vault_of(folder: Path, numbers: list[int]) -> Vault:
    made = upgrade.create(folder / "vault.sqlite", bytes(32))
    with made.transaction() as session:
        session.add_all(Officer(name=name, since=TODAY, member=n) for n, name in enumerate(THREE, 1))
        session.flush()
        for number in numbers:
            filed(session, number)
    made.today = TODAY
    return made


@pytest.fixture(scope="module")
def vaults(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Vault, Vault]]:
    """Two vaults: one has cases of every kind, and the other lacks the cases from which alice is excluded."""
    every = list(range(1, CASES + 1))
    left = [number for number in every if not is_kept(number)]
    assert 15 < len(left) < CASES
    with ExitStack() as opened:
        whole, fewer = (
            opened.enter_context(closing(vault_of(tmp_path_factory.mktemp("facets"), numbers)))
            for numbers in (every, left)
        )
        yield whole, fewer


@pytest.fixture
def vault(vaults: tuple[Vault, Vault]) -> Vault:
    return vaults[0]


def counts(session: Session, wanted: Filter) -> Mapping[str, Mapping[str, int | None]]:
    return {
        facet.field: {choice.value: choice.count for choice in facet.choices}
        for facet in facets.look(session, wanted, TODAY)
    }


def given(field: str, value: str) -> Any:
    return {"priority": int, "danger": bool}.get(field, str)(value)


@pytest.mark.parametrize(("wanted", "officer"), list(zip(WANTED, cycle(THREE), strict=False)), ids=repr)
def test_the_count_of_each_choice_equals_the_number_of_cases_that_the_choice_finds(
    vault: Vault, wanted: Filter, officer: str
) -> None:
    """The officers are excluded from a case, have declared few cases, or may read all cases."""
    with vault.transaction([officer]) as session:
        found = counts(session, wanted)
        pressed = {
            field: {
                value: queue.count(session, replace(wanted, **{field: given(field, value)}), today=TODAY)
                for value in values
            }
            for field, values in found.items()
        }
    assert pressed == found
    assert found


@pytest.mark.parametrize("name", [each.name for each in fields(Filter)])
def test_each_field_of_a_filter_narrows_the_queue(vault: Vault, name: str) -> None:
    """If the query ignored a field, the test would fail, because nothing else narrows the queue.

    Chloe may read all cases that are compared, and has declared her interests in them. The cases that bruno
    has not declared are compared with the cases of a category. That list has no lines of cases that are
    reserved for other handlers.
    """
    officer, category = ("bruno", "access") if name == "undeclared" else ("chloe", "")
    value = next(found for one in WANTED if (found := getattr(one, name)) not in {"", 0, State.ALL})
    free = Filter(state=State.ALL, category=category)
    with vault.transaction([officer]) as session:
        narrowed, whole = (
            {line.number for line in queue.page(session, wanted, Order.PRIORITY, today=TODAY)} - {QUARANTINED}
            for wanted in (replace(free, **{name: value}), free)
        )
    assert set() < narrowed < whole


def test_the_queue_page_offers_every_filter_choice(vault: Vault) -> None:
    with vault.transaction(["chloe"]) as session:
        found = counts(session, Filter(state=State.ALL))
    assert list(FIELDS) == list(found)
    assert {*State} == found["state"].keys()
    assert {*Due} == found["due"].keys()
    assert {ME, NOBODY, *THREE} == found["officer"].keys()
    assert {"fr", "en"} == found["language"].keys()


def test_a_search_finds_open_and_closed_cases_and_junk_and_lists_the_open_cases_first(vault: Vault) -> None:
    """Without search words, only open cases are listed. A search can also be limited to one state."""
    with vault.transaction(["chloe"]) as session:
        states = [
            {line.state for line in queue.page(session, wanted, order=Order.PRIORITY, today=TODAY)}
            for wanted in (Filter(search="quai"), Filter(), Filter(search="quai", state=State.JUNK))
        ]
        in_order = [
            line.state
            for line in queue.page(session, Filter(search="quai"), order=Order.PRIORITY, today=TODAY)
        ]
    assert [{State.OPEN, State.CLOSED, State.JUNK}, {State.OPEN}, {State.JUNK}] == states
    assert sorted(in_order, key=list(State).index) == in_order


def test_a_queue_of_several_states_lists_each_case_exactly_once_across_its_pages(
    vault: Vault, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The test tries every page size. The control is one page with all cases."""
    with vault.transaction(["chloe"]) as session:
        ask = lambda first: [  # noqa: E731
            line.number
            for line in queue.page(session, Filter(state=State.ALL), Order.PRIORITY, today=TODAY, first=first)
        ]
        whole = ask(0)
        assert len(whole) == CASES
        for size in (1, 5, 7):
            monkeypatch.setattr(queue, "PAGE", size)
            pages = [ask(first) for first in range(0, len(whole) + size, size)]
            assert whole == [number for page in pages for number in page]


@pytest.mark.parametrize("wanted", WANTED, ids=repr)
def test_an_excluded_officer_sees_the_same_counts_as_if_the_case_did_not_exist(
    vaults: tuple[Vault, Vault], wanted: Filter
) -> None:
    """The test tries every filter. The control is an officer who is not excluded."""
    told = []
    for officer in ("alice", "chloe"):
        for vault in vaults:
            with vault.transaction([officer]) as session:
                told.append(counts(session, wanted))
    narrowed, never_was, whole, fewer = told
    assert never_was == narrowed
    assert whole != fewer or wanted.undeclared


def test_an_undeclared_case_is_not_counted_in_choices_that_reveal_its_report(vault: Vault) -> None:
    """Danger and area are taken from the report.

    As a control, the same cases are counted once they are declared.
    """
    every = Filter(state=State.ALL)
    with suppress(Undone), vault.transaction(["chloe"]) as session:
        session.execute(delete(Declaration))
        before = counts(session, every)
        raise Undone
    with vault.transaction(["chloe"]) as session:
        after = counts(session, every)
    assert {"danger", "area", "language"} == after.keys() - before.keys()
    assert {name: after[name] for name in before} == before


def test_choices_have_no_counts_if_there_are_very_many_cases(
    vault: Vault, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Officers can still use the choices. With fewer cases, the counts are shown."""
    monkeypatch.setattr(facets, "COUNTED", 5)
    with vault.transaction(["chloe"]) as session:
        many, few = counts(session, Filter()), counts(session, Filter(category="threat", due="week"))
    assert {None} == {count for counted in (many["status"], many["due"]) for count in counted.values()}
    assert few["state"]["open"] is not None
    assert COUNTED == 10_000


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("search", "x"),
        ("", ""),
        ("priority", "9"),
        ("priority", "99999999999999999999"),
        ("due", "x"),
        ("state", ""),
    ],
)
def test_a_choice_that_no_page_offers_is_refused(field: str, value: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - The message depends on the value.
        facets.toggled(Filter(), field, value)


def test_a_second_click_removes_a_choice_but_not_a_state() -> None:
    """The other choices remain."""
    begun = Filter(search="quai", status="received")
    for field, value in (("status", "assessing"), ("priority", "2"), ("danger", "True"), ("due", "week")):
        pressed = facets.toggled(begun, field, value)
        assert pressed != begun
        assert "quai" == pressed.search
        again = facets.toggled(pressed, field, value)
        assert replace(begun, **{field: getattr(Filter(), field)}) == again
    closed = facets.toggled(begun, "state", "closed")
    assert closed == facets.toggled(closed, "state", "closed") == replace(begun, state="closed")
