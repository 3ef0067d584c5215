"""The filter choices of the queue and their counts: a count equals what the choice finds."""

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

THREE = ("alice", "bruno", "chloe")
# The default, and filters that together use every field.
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


def test_the_filters_of_these_tests_use_every_field() -> None:
    used = {each.name for each in fields(Filter) for one in WANTED if one != one.without(each.name)}
    assert used == {each.name for each in fields(Filter)}


@pytest.mark.parametrize("name", [each.name for each in fields(Filter)])
def test_a_field_of_a_filter_reveals_words_unless_it_is_one_of_these(name: str) -> None:
    """A new field counts as revealing.

    A filtered list of undeclared cases would otherwise show what their reports say.
    """
    wordless = {"state", "status", "category", "priority", "due", "to_read", "undeclared", "officer"}
    empty = {str: "x", bool: True, int: 1}[type(getattr(Filter(), name))]
    assert replace(Filter(), **{name: empty}).tells_words is (name not in wordless)


def is_kept(number: int) -> bool:
    """Return whether alice is excluded from a case."""
    return number % 6 == 1


def filed(session: Session, number: int) -> None:
    """Add a case whose properties depend on its number, in steps without a common divisor."""
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
        quarantined=TODAY if number == 12 else None,
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
    """A vault with cases of every kind, and one without the cases that alice is excluded from."""
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
def test_the_count_of_each_choice_equals_what_it_finds(vault: Vault, wanted: Filter, officer: str) -> None:
    """For an excluded officer, for one who has declared few cases, and for one who may read all."""
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


def test_the_queue_offers_every_choice(vault: Vault) -> None:
    with vault.transaction(["chloe"]) as session:
        found = counts(session, Filter(state=State.ALL))
    assert list(FIELDS) == list(found)
    assert {*State} == found["state"].keys()
    assert {*Due} == found["due"].keys()
    assert {ME, NOBODY, *THREE} == found["officer"].keys()
    assert {"fr", "en"} == found["language"].keys()


def test_a_search_finds_open_closed_and_junk_cases_and_lists_open_ones_first(vault: Vault) -> None:
    """Without words, only open cases are listed. A search can be limited to one state, too."""
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


def test_a_queue_of_several_states_lists_each_case_once_over_its_pages(
    vault: Vault, monkeypatch: pytest.MonkeyPatch
) -> None:
    """For any size of a page. Control: one page with all cases."""
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
    """For every filter. Control: an officer who is not excluded."""
    told = []
    for officer in ("alice", "chloe"):
        for vault in vaults:
            with vault.transaction([officer]) as session:
                told.append(counts(session, wanted))
    narrowed, never_was, whole, fewer = told
    assert never_was == narrowed
    assert whole != fewer or wanted.undeclared


def test_an_undeclared_case_is_not_counted_by_choices_that_reveal_its_report(vault: Vault) -> None:
    """Danger and area come from the report. Control: the same cases once they are declared."""
    every = Filter(state=State.ALL)
    with suppress(Undone), vault.transaction(["chloe"]) as session:
        session.execute(delete(Declaration))
        before = counts(session, every)
        raise Undone
    with vault.transaction(["chloe"]) as session:
        after = counts(session, every)
    assert {"danger", "area", "language"} == after.keys() - before.keys()
    assert {name: after[name] for name in before} == before


def test_choices_show_no_counts_when_there_are_very_many_cases(
    vault: Vault, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They can still be chosen. Fewer cases are counted."""
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
    with pytest.raises(ValueError):  # noqa: PT011  of whichever of the values
        facets.toggled(Filter(), field, value)


def test_choosing_again_removes_a_choice_except_the_state() -> None:
    """The other choices stay."""
    begun = Filter(search="quai", status="received")
    for field, value in (("status", "assessing"), ("priority", "2"), ("danger", "True"), ("due", "week")):
        pressed = facets.toggled(begun, field, value)
        assert pressed != begun
        assert "quai" == pressed.search
        again = facets.toggled(pressed, field, value)
        assert replace(begun, **{field: getattr(Filter(), field)}) == again
    closed = facets.toggled(begun, "state", "closed")
    assert closed == facets.toggled(closed, "state", "closed") == replace(begun, state="closed")
