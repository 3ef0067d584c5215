"""Editions of the annual figures: what they count, when they are refused, and that they are final."""

import json
import shutil
import subprocess
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from crypto import minisign
from crypto.journal import Presence
from inbox.deadlines import workflow
from inbox.desk import translate
from inbox.figures import adoption, certificate, counting, editions, files, layout, plan
from inbox.figures.certificate import Narrowed
from inbox.language.errors import Locked, Refused
from inbox.session import journal
from inbox.session.actions import Actor
from inbox.session.inbox import Inbox, Unlocked
from inbox.vault import queries_office, row_security
from inbox.vault.casework_tables import Measure, Workflow
from inbox.vault.destroyed_tables import Counted, Edition, PublicationPlan
from inbox.vault.tables import Base
from templates import shipped
from templates.catalogues import LANGUAGES
from tests.support.figures_room import MADE, NEW_YEAR, TOTALS, YEAR, add, close
from tests.support.inbox_builders import Office, today
from tests.support.publication import PATH, VECTOR, plan_file

CANARY = "zibeline"
SHIPPED = (shipped.FOLDER / "publication" / "fr.toml").read_text()
PLAN = f"""
first_year = {YEAR}
k = 3
opens = true
[total.received]
title = {{ fr = "Reçus", en = "Received" }}
event = "received"
[total.closed]
title = {{ fr = "Clos", en = "Closed" }}
event = "closed"
[total.measures]
title = {{ fr = "Mesures", en = "Measures" }}
event = "measure"
[table.category]
title = {{ fr = "Objet", en = "Subject" }}
divides = "received"
by = "category"
group = [
  {{ id = "others", label = {{ fr = "Autre", en = "Other" }} }},
  {{ id = "threat", label = {{ fr = "Menace", en = "Threat" }}, codes = ["threat"] }},
]
[table.means]
title = {{ fr = "Moyen", en = "Means" }}
divides = "received"
by = "means"
years = 3
group = [
  {{ id = "others", label = {{ fr = "Autre", en = "Other" }} }},
  {{ id = "advantage", label = {{ fr = "Avantage", en = "Advantage" }}, codes = ["money", "gift"] }},
  {{ id = "several", label = {{ fr = "Plusieurs", en = "Several" }}, codes = ["several"] }},
]
[table.outcome]
title = {{ fr = "Issue", en = "Outcome" }}
divides = "closed"
by = "outcome"
group = [
  {{ id = "others", label = {{ fr = "Autre", en = "Other" }} }},
  {{ id = "founded", label = {{ fr = "Fondé", en = "Founded" }}, codes = ["founded"] }},
]
"""


@pytest.fixture
def room(founded_three: Office, tmp_path: Path) -> Iterator[Unlocked]:
    """An inbox of three officers without cases, opened by two of them."""
    with founded_three.copy(tmp_path / "office").unlocked() as opened:
        yield opened


def by_two(opened: Unlocked, day: date) -> Actor:
    return opened.by_opening(day)


def adopted(opened: Unlocked, plan: str = PLAN) -> None:
    adoption.adopt(opened.inbox, by_two(opened, today()), plan.encode())


def stored(inbox: Inbox) -> dict[str, list[Any]]:
    """Return every row about figures."""
    with inbox.transaction() as session:
        return {
            kind.__tablename__: sorted(map(tuple, session.execute(select(*kind.__table__.columns))))
            for kind in (PublicationPlan, Counted, Edition)
        }


def refused(do: Callable[[], object], inbox: Inbox) -> str:
    """Return the words of a refusal that changed nothing, not even the journal."""
    with inbox.transaction() as session:
        before = journal.head(session)
    rows = stored(inbox)
    with pytest.raises(Refused) as error:
        do()
    with inbox.transaction() as session:
        assert before == journal.head(session)
    assert rows == stored(inbox)
    return str(error.value.what)


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        (f"first_year = {YEAR}", f"first_year = {YEAR - 1}", "has begun"),
        ("opens = true", "opens = false", "there are none"),
        ("k = 3", "k = 2", "'k' must be a number from 3 to 100"),
        ('by = "category"', 'by = "category"\nk = 2', "'table.category.k' must be a number from 3 to 100"),
        ('codes = ["threat"]', 'codes = ["treat"]', "unknown code in the group threat: treat"),
        ('codes = ["founded"]', 'codes = ["grounded"]', "unknown code in the group founded: grounded"),
        (
            'event = "measure"',
            'event = "measure"\nonly = ["prison"]',
            "the total measures names an unknown code: prison",
        ),
    ],
)
def test_a_wrong_plan_is_refused(room: Unlocked, old: str, new: str, why: str) -> None:
    assert old in PLAN
    raw = PLAN.replace(old, new).encode()
    assert why in refused(lambda: adoption.adopt(room.inbox, by_two(room, today()), raw), room.inbox)
    with pytest.raises(Refused) as error:
        adoption.check(room.inbox, by_two(room, today()), raw)
    assert why in str(error.value.what)


_TRANSMITTED = """[table.outcome]
title = { fr = "Issue", en = "Outcome" }
divides = "closed"
by = "outcome"
group = [
  { id = "others", label = { fr = "Autre", en = "Other" } },
  { id = "sent", label = { fr = "Transmis", en = "Sent" }, codes = ["transmitted"] },
]
"""
_BY_OUTCOME = PLAN[: PLAN.index("[table.outcome]")] + _TRANSMITTED


def test_a_plan_is_refused_if_a_group_of_outcomes_needs_a_measure_that_a_total_counts(room: Unlocked) -> None:
    """A case is closed as transmitted only after a transmission.

    So if 12 such closings were shown, and 0 to 4 transmissions were hidden in each of three years, each of
    these years would have 4.
    """
    why = refused(at(room, today(), YEAR, _BY_OUTCOME), room.inbox)
    assert "the group sent of the table outcome has only outcomes that need a measure" in why
    only = 'event = "measure"\nonly = ["art40_transmission"]'
    refused(at(room, today(), YEAR, _BY_OUTCOME.replace('event = "measure"', only)), room.inbox)
    with pytest.raises(Refused, match="has only outcomes that need"):
        adoption.check(room.inbox, by_two(room, today()), _BY_OUTCOME.encode())


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('codes = ["transmitted"]', 'codes = ["transmitted", "founded"]'),
        ('event = "measure"', 'event = "measure"\nonly = ["hearing"]'),
    ],
)
def test_a_group_may_have_an_outcome_that_needs_a_measure_if_it_has_others_or_nothing_counts_the_measure(
    room: Unlocked, old: str, new: str
) -> None:
    assert old in _BY_OUTCOME
    adopted(room, _BY_OUTCOME.replace(old, new))


def test_the_second_plan_follows_the_first_without_gap_or_overlap(room: Unlocked) -> None:
    adopted(room)
    for first in (YEAR, YEAR + 2, YEAR + 4):
        raw = PLAN.replace(f"first_year = {YEAR}", f"first_year = {first}").encode()
        why = refused(lambda raw=raw: adoption.adopt(room.inbox, by_two(room, today()), raw), room.inbox)
        assert f"the next one must begin in {YEAR + 3}" in why
    adopted(room, PLAN.replace(f"first_year = {YEAR}", f"first_year = {YEAR + 3}"))
    found = adoption.listing(room.inbox, by_two(room, today()))
    assert [YEAR, YEAR + 3] == [each.plan.first for each in found]


def at(room: Unlocked, day: date, first: int, plan: str = PLAN) -> Callable[[], object]:
    """Return a function that adopts a plan for the years from ``first`` on, on this day."""
    raw = plan.replace(f"first_year = {YEAR}", f"first_year = {first}").encode()
    return lambda: adoption.adopt(room.inbox, by_two(room, day), raw)


def test_a_plan_is_adopted_on_the_last_day_before_its_first_year_but_never_later(room: Unlocked) -> None:
    assert f"the year {YEAR} has begun" in refused(at(room, NEW_YEAR, YEAR), room.inbox)
    at(room, NEW_YEAR - timedelta(1), YEAR)()
    later = date(YEAR + 3, 1, 1)
    other = PLAN.replace("k = 3", "k = 4")
    assert f"the year {YEAR + 3} has begun" in refused(at(room, later, YEAR + 3, other), room.inbox)


@pytest.mark.parametrize("first", [YEAR, YEAR + 1, YEAR + 2])
@pytest.mark.parametrize("day", [NEW_YEAR - timedelta(1), NEW_YEAR, date(YEAR + 1, 7, 1)])
def test_the_groups_of_a_period_never_change_neither_before_nor_after_it_has_begun(
    room: Unlocked, day: date, first: int
) -> None:
    adopted(room)
    other = PLAN.replace('codes = ["threat"]', 'codes = ["approach"]')
    assert PLAN != other
    refused(at(room, day, first, other), room.inbox)


def test_a_plan_is_renewed_if_nobody_adopts_another_in_time(room: Unlocked, tmp_path: Path) -> None:
    """The next plan can then be adopted only for the period after the renewal."""
    adopted(room)
    first, late = YEAR + 3, date(YEAR + 3, 1, 1)
    with room.inbox.transaction() as session:
        for number in range(1, 8):
            add(session, number, late, category="threat")
        counting.keep(session, [1, 2], late)
        row_security.forget(session, [1, 2])
    found = adoption.listing(room.inbox, by_two(room, late))
    assert [(YEAR, today()), (first, None)] == [(each.plan.first, each.day) for each in found]
    other = PLAN.replace("k = 3", "k = 4")
    assert f"begin in {YEAR + 6}" in refused(at(room, late, YEAR + 4, other), room.inbox)
    at(room, late, YEAR + 6, other.replace("opens = true", "opens = false"))()
    for year in range(YEAR, YEAR + 4):
        made = editions.make(room.inbox, by_two(room, date(first + 1, 4, 1)), year)
    assert 7 == made.exact[f"{first}/category/threat"]
    files.write(room.inbox.home, made, tmp_path / "figures")
    public = tmp_path / "figures" / "public"
    renewal = PLAN.replace(f"first_year = {YEAR}", f"first_year = {first}")
    assert renewal == (public / f"plan-{first}.toml").read_text()
    assert first == files.check(public).year
    assert (
        f"The plan that begins in {first} is that of {YEAR}"
        in (public / f"edition-{first}.en.html").read_text()
    )


def test_a_plan_is_not_replaced_if_cases_were_counted_under_it_while_the_clock_was_ahead(
    room: Unlocked,
) -> None:
    """On New Year the plan is renewed. Then officers correct the clock, and it is December again."""
    adopted(room)
    first, december = YEAR + 3, date(YEAR + 2, 12, 31)
    other = PLAN.replace('codes = ["threat"]', 'codes = ["approach"]')
    with room.inbox.transaction() as session:
        add(session, 1, date(first, 1, 1), category="threat")
        counting.keep(session, [1], date(first, 1, 1))
        row_security.forget(session, [1])
    why = refused(at(room, december, first, other), room.inbox)
    assert f"cases already count in {first}: its plan can no longer be adopted" == why
    with pytest.raises(Refused):
        adoption.check(
            room.inbox, by_two(room, december), other.replace(f"= {YEAR}", f"= {first}", 1).encode()
        )
    with room.inbox.transaction() as session:
        session.execute(delete(Counted))
    at(room, december, first, other)()


def _collected(session: Session, day: date) -> None:
    add(session, 1, day)


def _closed(session: Session, day: date) -> None:
    add(session, 1, today())
    close(session, 1, day)


def _measured(session: Session, day: date) -> None:
    add(session, 1, today())
    session.add(Measure(case=1, position=1, kind="hearing", day=today(), recorded=day))


@pytest.mark.parametrize("happens", [_collected, _closed, _measured])
@pytest.mark.parametrize("has_plan", [False, True])
def test_officers_who_turn_the_clock_back_cannot_adopt_a_plan_for_a_year_in_which_something_counts(
    room: Unlocked, happens: Callable[[Session, date], None], *, has_plan: bool
) -> None:
    """They could choose groups that suit the counts. A later period is still free."""
    if has_plan:
        adopted(room)
    first = YEAR + 3 if has_plan else YEAR
    with room.inbox.transaction() as session:
        happens(session, date(first + 2, 12, 31))
    plan = PLAN.replace("opens = true", "opens = false")
    why = refused(at(room, date(first - 1, 12, 31), first, plan), room.inbox)
    assert f"cases already count in {first + 2}: its plan can no longer be adopted" == why
    at(room, date(first if has_plan else first - 1, 12, 31), first + 3, plan)()


@pytest.mark.parametrize("said", ["first_year = 2_{}", "'first_year' = 2{}", "first_year = 0x{:x}"])
def test_a_plan_that_the_program_could_not_renew_is_refused(room: Unlocked, said: str) -> None:
    written = said.format(YEAR if "x" in said else f"{YEAR}"[1:])
    raw = PLAN.replace(f"first_year = {YEAR}", written).encode()
    why = refused(lambda: adoption.adopt(room.inbox, by_two(room, today()), raw), room.inbox)
    assert "cannot renew this plan" in why


def test_a_plan_that_denies_earlier_reports_is_refused(room: Unlocked) -> None:
    with room.inbox.transaction() as session:
        add(session, 1, today())
    why = refused(lambda: adopted(room), room.inbox)
    assert "there are some" in why
    adopted(room, PLAN.replace("opens = true", "opens = false"))


def test_one_officer_alone_cannot_adopt_a_plan_or_make_or_read_an_edition(room: Unlocked) -> None:
    alone = replace(by_two(room, today()), confirm=lambda *_: {"alice": Presence.OWN})
    with pytest.raises(Locked):
        adoption.adopt(room.inbox, alone, PLAN.encode())
    adopted(room)
    with pytest.raises(Locked):
        editions.make(room.inbox, replace(alone, today=MADE), YEAR)
    editions.make(room.inbox, by_two(room, MADE), YEAR)
    with pytest.raises(Locked):
        editions.read(room.inbox, replace(alone, today=MADE), YEAR)


def test_an_edition_is_refused_if_it_has_no_plan_or_comes_too_early_or_out_of_order_or_twice(
    room: Unlocked,
) -> None:
    def make(year: int, day: date) -> Callable[[], object]:
        return lambda: editions.make(room.inbox, by_two(room, day), year)

    assert "no adopted plan covers" in refused(make(YEAR, MADE), room.inbox)
    adopted(room)
    early = MADE - timedelta(1)
    assert f"cannot be made before {MADE}" in refused(make(YEAR, early), room.inbox)
    later = date(YEAR + 2, 4, 1)
    assert f"the edition for {YEAR} comes first" in refused(make(YEAR + 1, later), room.inbox)
    assert "no adopted plan covers" in refused(make(YEAR - 1, later), room.inbox)
    make(YEAR, MADE)()
    assert "is final" in refused(make(YEAR, later), room.inbox)
    make(YEAR + 1, later)()


@pytest.mark.parametrize("day", [NEW_YEAR, date(YEAR, 7, 1), date(YEAR, 12, 31), MADE - timedelta(1)])
def test_the_edition_of_a_year_that_is_half_over_or_just_over_is_refused(room: Unlocked, day: date) -> None:
    adopted(room)
    with room.inbox.transaction() as session:
        for number in range(1, 8):
            add(session, number, NEW_YEAR)
    why = refused(lambda: editions.make(room.inbox, by_two(room, day), YEAR), room.inbox)
    assert f"the edition for {YEAR} cannot be made before {MADE}" == why


def meanwhile(opened: Unlocked, change: Callable[[], object]) -> Actor:
    """Return two officers who confirm an edition after something has changed."""
    who = by_two(opened, MADE)

    def confirm(*asked: Any) -> Mapping[str, Presence]:
        change()
        return who.confirm(*asked)

    return replace(who, confirm=confirm)


def test_an_edition_that_somebody_else_makes_meanwhile_is_not_replaced(room: Unlocked) -> None:
    adopted(room)
    made = []

    def make() -> None:
        made.append(editions.make(room.inbox, by_two(room, MADE), YEAR))

    other = meanwhile(room, make)
    with pytest.raises(Refused) as error:
        editions.make(room.inbox, other, YEAR)
    assert "is final" in str(error.value.what)
    assert made == [editions.read(room.inbox, by_two(room, MADE), YEAR)]


def test_a_case_that_is_destroyed_while_officers_confirm_an_edition_counts_once(room: Unlocked) -> None:
    adopted(room)
    with room.inbox.transaction() as session:
        for number in range(1, 6):
            add(session, number, NEW_YEAR)
            close(session, number, MADE)

    def destroy() -> None:
        with room.inbox.transaction() as session:
            counting.keep(session, [1, 2], MADE)
            row_security.forget(session, [1, 2])

    assert 5 == editions.make(room.inbox, meanwhile(room, destroy), YEAR).exact[f"{YEAR}/received"]
    next_one = editions.make(room.inbox, by_two(room, date(YEAR + 2, 4, 1)), YEAR + 1)
    assert 5 == next_one.exact[f"{YEAR + 1}/closed"]


def test_if_an_edition_gets_no_certificate_the_refusal_names_the_edition_that_prevents_it(
    room: Unlocked, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With the present rule, every edition has a certificate, so the test makes the certificate fail."""
    adopted(room)
    editions.make(room.inbox, by_two(room, MADE), YEAR)

    def narrowed(*_: object) -> None:
        raise Narrowed(f"{YEAR}/received")

    monkeypatch.setattr(certificate, "certify", narrowed)
    later = date(YEAR + 2, 4, 1)
    why = refused(lambda: editions.make(room.inbox, by_two(room, later), YEAR + 1), room.inbox)
    assert f"the figures for {YEAR + 1} cannot be published: together with the edition for {YEAR}" in why
    assert why.endswith(f"a hidden figure: {YEAR}, Received")


_PARTS = TOTALS + PATH.replace("years = 1", "years = 3") + VECTOR.replace("years = 1", "years = 3")


@pytest.mark.parametrize(
    "cell",
    [
        # The table by path divides the totals of earlier years, and the table by vector divides its group.
        "path/saw",
        "vector/online",
    ],
)
def test_the_refusal_names_the_latest_edition_on_which_a_cell_of_three_years_depends(
    room: Unlocked, monkeypatch: pytest.MonkeyPatch, cell: str
) -> None:
    adopted(room, plan_file(YEAR, k=3, parts=_PARTS).decode())
    for year in (YEAR, YEAR + 1):
        editions.make(room.inbox, by_two(room, date(year + 1, 4, 1)), year)

    def narrowed(*_: object) -> None:
        raise Narrowed(f"{YEAR}-{YEAR + 2}/{cell}")

    monkeypatch.setattr(certificate, "certify", narrowed)
    later = date(YEAR + 3, 4, 1)
    why = refused(lambda: editions.make(room.inbox, by_two(room, later), YEAR + 2), room.inbox)
    assert f"together with the edition for {YEAR + 1}" in why


def test_the_refusal_names_the_hidden_figure_by_its_titles_in_both_languages(
    room: Unlocked, monkeypatch: pytest.MonkeyPatch
) -> None:
    adopted(room)

    def narrowed(*_: object) -> None:
        raise Narrowed(f"{YEAR}/category/threat")

    monkeypatch.setattr(certificate, "certify", narrowed)
    with pytest.raises(Refused) as error:
        editions.make(room.inbox, by_two(room, MADE), YEAR)
    assert f"{error.value.what}".endswith(f"a hidden figure: {YEAR}, Subject - Threat")
    assert f"un chiffre masqué\u00a0: {YEAR}, Objet - Menace" in translate.told("fr", error.value.what)


def test_the_refusal_names_no_earlier_edition_if_none_is_in_the_way(
    room: Unlocked, monkeypatch: pytest.MonkeyPatch
) -> None:
    adopted(room)

    def narrowed(*_: object) -> None:
        raise Narrowed(f"{YEAR}/category/threat")

    monkeypatch.setattr(certificate, "certify", narrowed)
    why = refused(lambda: editions.make(room.inbox, by_two(room, MADE), YEAR), room.inbox)
    assert f"the figures for {YEAR} cannot be published: they would reveal too much" in why


@pytest.mark.parametrize(
    ("small", "why"),
    [
        (
            None,
            "together with the edition for {}, they would reveal too much about a hidden figure: {}, Subject",
        ),
        (1, "this version of the program would not have published the edition for {}"),
    ],
)
def test_an_edition_is_refused_if_another_rule_published_the_earlier_edition(
    room: Unlocked, small: int | None, why: str
) -> None:
    """The earlier edition shows a small group, or hides it alone, so that the total reveals it."""
    adopted(room)
    with room.inbox.transaction() as session:
        for number in range(1, 11):
            add(session, number, NEW_YEAR, category="threat" if number == 1 else "other")
    editions.make(room.inbox, by_two(room, MADE), YEAR)
    with room.inbox.transaction() as session:
        made = session.get_one(Edition, YEAR)
        said = json.loads(made.figures)
        said["cells"] |= {f"{YEAR}/category/threat": small, f"{YEAR}/category/others": 9}
        made.figures = json.dumps(said, indent=1, sort_keys=True).encode() + b"\n"
    later = date(YEAR + 2, 4, 1)
    found = refused(lambda: editions.make(room.inbox, by_two(room, later), YEAR + 1), room.inbox)
    assert why.format(YEAR, YEAR) in found


def test_the_published_files_alone_give_the_certificate(out: Path) -> None:
    public = out / "public"
    under = plan.parse((public / f"plan-{YEAR}.toml").read_bytes())
    cells, facts = layout.layout([under], YEAR)
    shown = json.loads((public / f"figures-{YEAR}.json").read_bytes())["cells"]
    assert None in shown.values()
    written = json.loads((public / f"certificate-{YEAR}.json").read_bytes())
    assert {"witnesses": certificate.certify(cells, facts, shown)} == written


def test_an_edition_is_final(room: Unlocked) -> None:
    """The case is judged anew, reopened, closed again and destroyed; a late report counts next year."""
    adopted(room)
    with room.inbox.transaction() as session:
        add(session, 1, NEW_YEAR, category="threat")
        session.add(Measure(case=1, position=1, kind="hearing", day=NEW_YEAR, recorded=NEW_YEAR))
        close(session, 1, date(YEAR, 6, 1))
    made = editions.make(room.inbox, by_two(room, MADE), YEAR)
    later = date(YEAR + 1, 5, 2)
    with room.inbox.transaction() as session:
        session.get_one(Workflow, 1).category = "other"
        workflow.set_closed(session.get_one(Workflow, 1), None)
        close(session, 1, later, "unfounded")
        add(session, 2, date(YEAR, 12, 31), later)
        counting.keep(session, [1], later)
        row_security.forget(session, [1])
    assert made == editions.read(room.inbox, by_two(room, later), YEAR)
    exact = editions.make(room.inbox, by_two(room, date(YEAR + 2, 4, 1)), YEAR + 1).exact
    assert (1, 0) == (exact[f"{YEAR + 1}/received"], exact[f"{YEAR + 1}/closed"])
    assert made == editions.read(room.inbox, by_two(room, date(YEAR + 2, 4, 1)), YEAR)


def test_no_table_of_figures_names_a_case() -> None:
    for kind in (PublicationPlan, Counted, Edition):
        assert kind in {mapper.class_ for mapper in Base.registry.mappers}
        assert not {"case", "other", "officer", "by"} & set(kind.__table__.columns.keys())
        assert not any(column.foreign_keys for column in kind.__table__.columns)


@pytest.fixture
def out(room: Unlocked, tmp_path: Path) -> Path:
    """The folder of the first edition, which has four reports."""
    adopted(room)
    with room.inbox.transaction() as session:
        for number in (70_001, 70_002, 70_003, 70_004):
            add(session, number, NEW_YEAR, category="threat" if number % 2 else "other")
    made = editions.make(room.inbox, by_two(room, MADE), YEAR)
    files.write(room.inbox.home, made, tmp_path / "figures")
    with pytest.raises(Refused, match="already exists"):
        files.write(room.inbox.home, made, tmp_path / "figures")
    return tmp_path / "figures"


def test_the_public_files_have_no_hidden_counts_or_case_numbers_and_the_exact_files_are_kept_apart(
    out: Path,
) -> None:
    public = out / "public"
    assert {
        f"plan-{YEAR}.toml",
        f"figures-{YEAR}.json",
        f"certificate-{YEAR}.json",
        "figures.pub",
        f"edition-{YEAR}.json",
        *(f"edition-{YEAR}.{language}.{kind}" for language in LANGUAGES for kind in ("html", "pdf", "csv")),
    } == {path.name for path in public.iterdir() if path.suffix != ".minisig"}
    assert f'"{YEAR}/received": 4' in (public / f"figures-{YEAR}.json").read_text()
    assert "Received: 4." in (public / f"edition-{YEAR}.en.html").read_text()
    for path in public.iterdir():
        assert b"7000" not in path.read_bytes()
    assert {f"exact-{YEAR}.json", f"exact-{YEAR}.csv"} == {
        path.name for path in (out / "restricted").iterdir()
    }
    sheet = (out / "restricted" / f"exact-{YEAR}.csv").read_bytes().decode("utf-8-sig").splitlines()
    assert "cell;fr;en;count" == sheet[0]
    assert f"{YEAR}/category/threat;{YEAR}, Objet - Menace;{YEAR}, Subject - Threat;2" in sheet


def test_pages_and_data_name_the_office_and_the_day_and_the_licence(room: Unlocked, tmp_path: Path) -> None:
    adopted(room, f'licence = "Licence Ouverte"\n{PLAN}')
    files.write(room.inbox.home, editions.make(room.inbox, by_two(room, MADE), YEAR), tmp_path / "figures")
    public = tmp_path / "figures" / "public"
    data = json.loads((public / f"edition-{YEAR}.json").read_bytes())
    assert {"fr": "Inspection des douanes", "en": "Customs inspectorate"} == data["publisher"]
    assert ("Licence Ouverte", MADE.isoformat()) == (data["licence"], data["published"])
    page = (public / f"edition-{YEAR}.fr.html").read_text()
    assert "Inspection des douanes" in page
    assert "Licence\u00a0: Licence Ouverte" in page
    assert f"1er avril {YEAR + 1}" in page.replace("\u00a0", " ")


def test_minisign_verifies_every_public_file_and_refuses_a_changed_one(out: Path) -> None:
    public = out / "public"
    named = [path for path in public.iterdir() if path.suffix not in {".minisig", ".pub"}]
    assert len(named) == 10
    for path in named:
        _verify(public, path)
    named[0].write_bytes(b"{}")
    with pytest.raises(subprocess.CalledProcessError):
        _verify(public, named[0])


def _verify(public: Path, file: Path) -> None:
    subprocess.run(
        ["minisign", "-V", "-p", public / "figures.pub", "-m", file], check=True, capture_output=True
    )


def sign(room: Unlocked, path: Path, comment: str = "") -> None:
    """Sign a public file again, as an office would that made it with another program."""
    with room.inbox.transaction() as session:
        seed = queries_office.office(session).card_seed
    said = minisign.sign(path.read_bytes(), seed, f"x: {comment or path.name}")
    path.with_name(f"{path.name}.minisig").write_bytes(said)


def refusal(public: Path) -> str:
    with pytest.raises(Refused) as error:
        files.check(public)
    return str(error.value.what)


def test_a_public_folder_is_checked_without_the_inbox(room: Unlocked, out: Path) -> None:
    public = out / "public"
    found = files.check(public)
    assert (YEAR, (public / "figures.pub").read_text().splitlines()[1]) == (found.year, found.key)
    assert "is not the public folder" in refusal(out)
    proof = public / f"certificate-{YEAR}.json"
    proof.write_bytes(json.dumps({"witnesses": json.loads(proof.read_bytes())["witnesses"][:1]}).encode())
    assert f"{proof.name} has no valid signature" == refusal(public)
    sign(room, proof)
    assert "does not protect" in refusal(public)


@pytest.mark.parametrize("name", ["fr.html", "en.html", "fr.pdf", "en.pdf", "fr.csv", "en.csv", "json"])
def test_a_page_or_data_that_differ_from_the_release_are_refused_although_they_are_signed(
    room: Unlocked, out: Path, name: str
) -> None:
    """The test changes the publisher in the JSON file, so that the pages disagree with the file."""
    path = out / "public" / f"edition-{YEAR}.{name}"
    raw = path.read_bytes()
    path.write_bytes(raw.replace(b"4", b"5") if name.endswith(("html", "csv", "json")) else raw + b"\n")
    assert raw != path.read_bytes()
    sign(room, path)
    assert "this version of the program makes a different" in refusal(out / "public")


def test_a_public_folder_is_refused_if_a_file_is_missing_or_additional_or_exchanged(
    room: Unlocked, out: Path
) -> None:
    public = out / "public"
    page, other = public / f"edition-{YEAR}.fr.html", public / f"edition-{YEAR}.en.html"
    kept = {path: path.read_bytes() for path in public.iterdir()}
    for missing in sorted(kept):
        missing.unlink()
        assert refusal(public), missing
        missing.write_bytes(kept[missing])
    exact = out / "restricted" / f"exact-{YEAR}.json"
    (public / exact.name).write_bytes(exact.read_bytes())
    assert f"{exact.name} has no valid signature" == refusal(public)
    sign(room, public / exact.name)
    assert f"{exact.name} does not belong to an edition" == refusal(public)
    (public / exact.name).unlink()
    (public / f"{exact.name}.minisig").rename(public / "notes.minisig")
    assert "notes.minisig does not belong to an edition" == refusal(public)
    (public / "notes.minisig").unlink()
    sign(room, page, other.name)
    assert f"{page.name} has no valid signature" == refusal(public)
    sign(room, page)
    (public / f"plan-{YEAR}.toml").write_text("first_year = 3")
    sign(room, public / f"plan-{YEAR}.toml")
    assert "does not protect" in refusal(public)


def test_the_public_folders_of_all_editions_are_checked_together(room: Unlocked, tmp_path: Path) -> None:
    """The folder on the portal collects them."""
    adopted(room)
    together = tmp_path / "all"
    for year in (YEAR, YEAR + 1):
        out = tmp_path / str(year)
        files.write(room.inbox.home, editions.make(room.inbox, by_two(room, date(year + 1, 4, 1)), year), out)
        shutil.copytree(out / "public", together, dirs_exist_ok=True)
    assert YEAR + 1 == files.check(together).year
    earlier = together / f"edition-{YEAR}.en.csv"
    earlier.write_bytes(earlier.read_bytes() + b"x\r\n")
    sign(room, earlier)
    assert f"makes a different {earlier.name} from" in refusal(together)


def test_the_shipped_plan_can_be_adopted_and_an_edition_made(room: Unlocked) -> None:
    plan = SHIPPED.replace("first_year = 2027", f"first_year = {YEAR}")
    adopted(room, plan)
    with room.inbox.transaction() as session:
        for number in range(1, 31):
            add(session, number, NEW_YEAR, category="threat" if number % 3 else "info_leak")
            if number % 2:
                close(session, number, NEW_YEAR)
        for number in range(31, 51):
            add(session, number, date(YEAR + 1 + number % 2, 1, 1), category="info_leak")
    for year in (YEAR, YEAR + 1, YEAR + 2):
        editions.make(room.inbox, by_two(room, date(year + 1, 4, 1)), year)
    found = editions.read(room.inbox, by_two(room, date(YEAR + 3, 4, 1)), YEAR + 2)
    assert 20 == found.exact[f"{YEAR}-{YEAR + 2}/category/approach"]
    published = json.loads(found.releases[YEAR + 2])["cells"]
    assert 30 == published[f"{YEAR}-{YEAR + 2}/category/information"]
    assert all(line[2] for line in files.lines(found))


def test_no_file_of_an_edition_repeats_a_text_of_a_case(room: Unlocked, tmp_path: Path) -> None:
    """Areas, subjects and answers that the plan does not name count in the first groups.

    Such a text could identify somebody, and a spreadsheet could take it for a formula.
    """
    adopted(room)
    with room.inbox.transaction() as session:
        for number, begin in enumerate("=+-@", 1):
            said = f"{begin}{CANARY}"
            case = add(session, number, NEW_YEAR, category=said, area=said, answers={"means": said})
            case.summary = said
            close(session, number, NEW_YEAR, said)
    files.write(room.inbox.home, editions.make(room.inbox, by_two(room, MADE), YEAR), tmp_path / "figures")
    found = [path.read_bytes() for path in (tmp_path / "figures").rglob("*.*")]
    assert any(f"{YEAR}, Subject - Other;4".encode() in each for each in found)
    assert not any(CANARY.encode() in each for each in found)
