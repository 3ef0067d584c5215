"""Years without cases or with few of them, and an attacker who knows all cases but one.

The edition of such a year is not refused: a missing edition would reveal that there were few cases.
"""

import json
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from inbox.figures import adoption, certificate, editions, files, layout, plan, release
from inbox.figures.events import Event, Kind
from inbox.figures.rule import protect
from inbox.vault.casework_tables import Measure, Workflow
from inbox.vault.tables import Exclusion
from tests.support.figures_room import MADE, NEW_YEAR, PLAN, YEAR, add, close, three
from tests.support.inbox_builders import Office, today
from tests.support.publication import PATH, TOTALS, plan_file

K = 3


def published(founded: Office, folder: Path, cases: int) -> Mapping[str, bytes]:
    """Return the public files of a year with this many cases, each of them closed after a measure."""
    with three(founded, folder / f"{cases}") as room:
        adoption.adopt(room.inbox, room.by_opening(today()), PLAN)
        with room.inbox.transaction() as session:
            for number in range(1, cases + 1):
                add(session, number, NEW_YEAR, category="threat")
                close(session, number, NEW_YEAR)
                session.add(Measure(case=number, position=1, kind="hearing", day=NEW_YEAR, recorded=NEW_YEAR))
        made = editions.make(room.inbox, room.by_opening(MADE), YEAR)
        assert made.exact[f"{YEAR}/received"] == cases
        return files.public(made)


def test_a_year_with_no_case_or_one_or_fewer_than_k_has_the_same_public_files(
    founded_three: Office, tmp_path: Path
) -> None:
    """The same pages, PDFs, data, figures and certificate; with k cases, all of them differ."""
    none, *few = (published(founded_three, tmp_path, cases) for cases in range(K))
    assert few == [none] * (K - 1)
    assert set(none[f"figures-{YEAR}.json"].split()) & {b"0", b"0,"} == set()
    enough = published(founded_three, tmp_path, K)
    assert none.keys() == enough.keys()
    assert {name for name in none if none[name] == enough[name]} == {f"plan-{YEAR}.toml"}


def with_rare(founded: Office, folder: Path, rare: int) -> Mapping[str, bytes]:
    """Return the public files of a year with 20 reports and 9 closings, a number of them of the rare kind.

    As many measures are recorded.
    """
    with three(founded, folder / f"{rare}") as room:
        adoption.adopt(room.inbox, room.by_opening(today()), PLAN)
        with room.inbox.transaction() as session:
            for number in range(1, 21):
                is_rare = number <= rare
                add(session, number, NEW_YEAR, category="threat" if is_rare else "other", area=f"area {rare}")
                if number <= 9:
                    close(session, number, NEW_YEAR, "founded" if is_rare else "unfounded")
                if is_rare:
                    row = Measure(case=number, position=1, kind="hearing", day=NEW_YEAR, recorded=NEW_YEAR)
                    session.add(row)
        return files.public(editions.make(room.inbox, room.by_opening(MADE), YEAR))


def test_with_other_hidden_counts_every_public_file_is_the_same_and_the_solver_has_the_same_task(
    founded_three: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """So neither a size, a date nor a bar can tell them, nor the time that the certificate takes."""
    tasks: list[object] = []

    def certify(*task: Any) -> Any:
        tasks.append(task)
        return certificate_of(*task)

    certificate_of = certificate.certify
    monkeypatch.setattr(certificate, "certify", certify)
    none, *few = (with_rare(founded_three, tmp_path, rare) for rare in range(K))
    assert few == [none] * (K - 1)
    assert tasks == tasks[:1] * K
    enough = with_rare(founded_three, tmp_path, K)
    assert {name for name in none if none[name] == enough[name]} == {f"plan-{YEAR}.toml"}
    assert tasks[0] != tasks[-1]


SAID = ("saw", "approached", "another")


def told(known: list[str]) -> list[set[str]]:
    """Return what an attacker who knows all reports of a year but one can find out about it.

    The attacker tries every path that the last report can have, and the case that there is no such report.
    Each set contains the possibilities that lead to the same file, so the attacker cannot tell them apart.
    ``known`` are the paths of the known reports.
    """
    under = plan.parse(plan_file(YEAR, k=K, parts=TOTALS + PATH))
    cells, _ = layout.layout([under], YEAR)
    alike: dict[bytes, set[str]] = {}
    for last in ("none", *SAID):
        paths = [*known, last] if last != "none" else known
        events = [Event(Kind.RECEIVED, YEAR, {"path": path}) for path in paths]
        counted = layout.count([under], events)
        file = release.write(cells, protect(cells, {cell: counted[cell] for cell in cells.cells()}), YEAR)
        alike.setdefault(file, set()).add(last)
    return sorted(alike.values(), key=len)


@pytest.mark.parametrize("known", [[], ["saw"], ["approached"]])
def test_who_knows_all_cases_but_one_learns_nothing_if_the_total_is_hidden(known: list[str]) -> None:
    """Not even whether there is another case."""
    assert told(known) == [{"none", *SAID}]


def test_who_knows_all_cases_but_one_learns_only_that_it_exists_if_all_groups_are_hidden() -> None:
    assert told(["saw", "approached", "another"]) == [{"none"}, {*SAID}]


def test_who_knows_all_cases_but_one_learns_everything_if_all_groups_are_shown() -> None:
    """The threat model names this limit: shown counts are exact."""
    assert told([*SAID] * 10) == [{each} for each in ("none", *SAID)]


@pytest.mark.parametrize(("threats", "learns"), [(2, None), (4, {"other": 0, "threat": 1})])
def test_an_excluded_officer_learns_the_group_of_the_case_only_if_the_counts_of_the_table_are_shown(
    founded_three: Office, tmp_path: Path, threats: int, learns: Mapping[str, int] | None
) -> None:
    """The officer subtracts the cases in the queue from the published counts. The threat model says so."""
    with three(founded_three, tmp_path) as room:
        who = room.by_opening(MADE)
        adoption.adopt(room.inbox, room.by_opening(today()), PLAN)
        with room.inbox.transaction() as session:
            for number in range(1, 21):
                add(session, number, NEW_YEAR, category="threat" if number <= threats else "other")
            session.add(Exclusion(case=1, officer=min(who.officers), since=NEW_YEAR))
        made = editions.make(room.inbox, who, YEAR)
        with room.inbox.vault.transaction(who.officers) as session:
            seen = Counter(session.scalars(select(Workflow.category)))
    assert seen == {"other": 20 - threats, "threat": threats - 1}
    cells = json.loads(made.releases[YEAR])["cells"]
    shown = {group: cells[f"{YEAR}/category/{group}"] for group in ("other", "threat")}
    left = {group: count - seen[group] for group, count in shown.items() if count is not None}
    assert (left or None) == learns
