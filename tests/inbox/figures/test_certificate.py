"""A certificate gives each hidden count k values, and the checker needs nothing but published files."""

import ast
import json
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from random import Random  # noqa: TID251  only its type: Hypothesis draws
from typing import TypeAlias

import pytest
from hypothesis import given, settings
from hypothesis.strategies import randoms, sampled_from

from inbox.figures import certificate, checker, events, layout, plan, release, rule
from inbox.figures.certificate import Narrowed
from inbox.figures.checker import Wrong
from inbox.figures.events import Event, Kind
from inbox.figures.rule import Fact, Layout, Shown, Table, Total, needed, protect
from tests.support import attacker
from tests.support.publication import PATH, TOTALS, ends, plan_file

FIRST = 2027
_FEW = [
    *(Event(Kind.RECEIVED, 2027, {"path": "saw", "vector": "nothing", "area": "north"}) for _ in range(7)),
    *(Event(Kind.RECEIVED, 2028, {"path": "saw", "vector": "nothing", "area": "south"}) for _ in range(12)),
    *(Event(Kind.RECEIVED, 2028, {"path": "approached", "vector": "work", "area": "west"}) for _ in range(9)),
    *(Event(Kind.CLOSED, 2028, {"outcome": "founded"}) for _ in range(6)),
    *(Event(Kind.MEASURE, 2028, {"kind": "art40"}) for _ in range(2)),
]
# The files of plans, the editions by year, and the witnesses.
Published: TypeAlias = tuple[list[bytes], dict[int, bytes], list[dict[str, int]]]


def _history(draw: Random, years: int, mean: int) -> Iterator[Event]:
    """Return random events: about ``mean`` reports in a year, some closings, and some measures."""
    still_open = 0
    for year in range(FIRST, FIRST + years):
        received = draw.randrange(2 * mean)
        for _ in range(received):
            yield Event(
                Kind.RECEIVED,
                year,
                {
                    "path": draw.choice(["approached", "saw", "saw", "gave_in", "reprisals"]),
                    "vector": draw.choice(["online", "social", "work", "several", "nothing"]),
                    "area": draw.choice(["north", "west", "south", "nothing"]),
                },
            )
        still_open += received
        for event in ends(draw, year, received, still_open):
            still_open -= event.kind is Kind.CLOSED
            yield event


def _published(events: Sequence[Event], years: int) -> tuple[Layout, list[Fact], Shown, list[bytes]]:
    """Return everything that an inspectorate publishes about these events, and the files of its plans."""
    plans = [plan.parse(plan_file(FIRST + place)) for place in range(0, years, plan.YEARS)]
    cells, facts = layout.layout(plans, FIRST + years - 1)
    counted = layout.count(plans, events)
    counts = {cell: counted[cell] for cell in cells.cells()}
    assert all(fact.holds(counts) for fact in facts)
    return cells, facts, protect(cells, counts), [each.raw for each in plans]


def _files(cells: Layout, shown: Shown, years: int) -> dict[int, bytes]:
    return {year: release.write(cells, shown, year) for year in range(FIRST, FIRST + years)}


def _written(witnesses: Sequence[Mapping[str, int]]) -> bytes:
    return json.dumps({"witnesses": witnesses}).encode()


@given(draw=randoms(use_true_random=False), years=sampled_from([1, 3, 6]), mean=sampled_from([3, 12, 40]))
@settings(max_examples=40, deadline=None)
def test_random_histories_get_a_certificate_that_the_checker_accepts(
    draw: Random, years: int, mean: int
) -> None:
    cells, facts, shown, plans = _published(list(_history(draw, years, mean)), years)
    witnesses = certificate.certify(cells, facts, shown)
    checker.check(plans, _files(cells, shown, years), _written(witnesses))


def test_histories_with_the_same_published_files_have_the_same_certificate() -> None:
    cells = Layout([Total("1/all", 5)], [Table(("1/all",), ("1/a", "1/b", "1/c"), 5)])
    one = protect(cells, {"1/all": 20, "1/a": 9, "1/b": 1, "1/c": 10})
    other = protect(cells, {"1/all": 20, "1/a": 6, "1/b": 4, "1/c": 10})
    assert one == other
    assert certificate.certify(cells, [], one) == certificate.certify(cells, [], other)


@pytest.mark.parametrize(
    ("shown", "cell"),
    [
        ({"all": 20, "a": 10, "b": None, "c": 8}, "b"),
        ({"all": 20, "a": None, "b": 16, "c": None}, "a"),
        ({"all": 20, "a": 10, "b": None, "c": None}, "b"),
    ],
)
def test_counts_published_by_another_rule_get_no_certificate(shown: Shown, cell: str) -> None:
    cells = Layout([Total("all", 5)], [Table(("all",), ("a", "b", "c"), 5)])
    with pytest.raises(Narrowed) as refused:
        certificate.certify(cells, [], shown)
    assert refused.value.cell == cell


def test_what_everybody_knows_can_narrow_a_hidden_total() -> None:
    cells = Layout([Total("received", 5), Total("closed", 5)], [])
    shown = {"received": None, "closed": 7}
    certificate.certify(cells, [], shown)
    with pytest.raises(Narrowed):
        certificate.certify(cells, [Fact(("closed",), ("received",))], shown)


def test_a_total_of_closed_reports_is_hidden_if_too_few_reports_would_stay_open() -> None:
    """Of 8 received reports, 4 to 7 are closed. So fewer than 5 stay open, but perhaps more than 3."""
    totals = [Total("received", 3), Total("closed", 3, out_of=("received",), stay=5)]
    cells = Layout([*totals, Total("at_least", 3), Total("at_most", 3)], [])
    facts = [Fact(("at_least",), ("closed",)), Fact(("closed",), ("at_most",))]
    shown = {"received": 8, "closed": None, "at_least": 4, "at_most": 7}
    found = {witness["closed"] for witness in certificate.certify(cells, facts, shown)}
    assert len(found) == 3
    assert found <= {4, 5, 6, 7}


@pytest.fixture(scope="module")
def published() -> Published:
    cells, facts, shown, plans = _published(_FEW, 3)
    witnesses = certificate.certify(cells, facts, shown)
    assert needed(cells, shown)
    return plans, _files(cells, shown, 3), witnesses


def test_the_checker_refuses_a_witness_with_one_changed_group(published: Published) -> None:
    plans, files, witnesses = published
    groups = [cell for cell in witnesses[0] if cell.count("/") > 1]
    assert groups
    for cell in groups:
        changed = [witnesses[0] | {cell: witnesses[0][cell] + 1}, *witnesses[1:]]
        with pytest.raises(Wrong, match=r"witness 1 (is impossible|leads to other figures)"):
            checker.check(plans, files, _written(changed))


@pytest.mark.parametrize("count", [-1, 1.0, True, None, "1"])
def test_the_checker_refuses_a_value_that_is_not_a_count(published: Published, count: object) -> None:
    plans, files, witnesses = published
    changed = [{**witnesses[0], next(iter(witnesses[0])): count}, *witnesses[1:]]
    with pytest.raises(Wrong, match="is not one count for every cell"):
        checker.check(plans, files, _written(changed))


@pytest.mark.parametrize("change", ["missing", "additional"])
def test_the_checker_refuses_a_witness_with_other_cells(published: Published, change: str) -> None:
    plans, files, witnesses = published
    witness = dict(witnesses[0])
    if change == "missing":
        witness.popitem()
    else:
        witness["2027/unknown"] = 3
    with pytest.raises(Wrong, match="is not one count for every cell"):
        checker.check(plans, files, _written([witness, *witnesses[1:]]))


def test_the_checker_refuses_too_few_witnesses(published: Published) -> None:
    plans, files, witnesses = published
    with pytest.raises(Wrong, match="has fewer than 5 values"):
        checker.check(plans, files, _written(witnesses[:4]))
    with pytest.raises(Wrong, match="there is no witness"):
        checker.check(plans, files, _written([]))


def test_the_checker_refuses_an_edition_that_shows_a_small_count_and_hides_none() -> None:
    """Without a witness, nothing would compare the edition with the rule."""
    plans = [plan_file(FIRST, parts=TOTALS + PATH)]
    cells, facts = layout.layout([plan.parse(each) for each in plans], FIRST)
    shown: Shown = dict.fromkeys(cells.cells(), 30)
    shown = {**shown, f"{FIRST}/path/other": 19, f"{FIRST}/path/approached": 10, f"{FIRST}/path/saw": 1}
    shown = {**shown, f"{FIRST}/closed": 20}
    careless = {FIRST: release.write(cells, shown, FIRST)}
    with pytest.raises(Wrong, match="there is no witness"):
        checker.check(plans, careless, _written([]))
    with pytest.raises(Wrong, match=f"leads to other figures for {FIRST}"):
        checker.check(plans, careless, _written([dict(shown)]))
    with pytest.raises(Wrong, match="leads to other figures"):
        checker.check(plans, careless, _written(certificate.certify(cells, facts, shown)))
    shown = {**shown, f"{FIRST}/path/other": 10, f"{FIRST}/path/saw": 10}
    right = {FIRST: release.write(cells, shown, FIRST)}
    assert certificate.certify(cells, facts, shown) == [shown]
    checker.check(plans, right, _written([shown]))


def test_the_checker_refuses_a_certificate_that_gives_a_hidden_count_one_value_too_few() -> None:
    """Each of five witnesses gives both hidden counts another value."""
    plans = [plan_file(FIRST, parts=TOTALS + PATH)]
    cells, _ = layout.layout([plan.parse(each) for each in plans], FIRST)
    totals = {f"{FIRST}/received": 30, f"{FIRST}/closed": 20, f"{FIRST}/art40": 9}
    paths = [f"{FIRST}/path/{group}" for group in ("other", "approached", "saw")]
    witnesses = [{**totals, **dict(zip(paths, (15 - n, 15, n), strict=True))} for n in range(5)]
    files = {FIRST: release.write(cells, protect(cells, witnesses[0]), FIRST)}
    checker.check(plans, files, _written(witnesses))
    for left_out in range(5):
        with pytest.raises(Wrong, match="has fewer than 5 values"):
            checker.check(plans, files, _written(witnesses[:left_out] + witnesses[left_out + 1 :]))


@pytest.mark.parametrize("witness", [1, None, "x", [], [["2027/received", 3]]])
def test_the_checker_refuses_a_witness_that_is_no_object(published: Published, witness: object) -> None:
    plans, files, witnesses = published
    with pytest.raises(Wrong, match="witness 1 is not one count for every cell"):
        checker.check(plans, files, json.dumps({"witnesses": [witness, *witnesses]}).encode())


def test_the_checker_refuses_an_edition_with_a_changed_or_missing_count(published: Published) -> None:
    plans, files, witnesses = published
    said = json.loads(files[2028])
    cell = next(cell for cell, count in said["cells"].items() if count is not None)
    said["cells"][cell] += 1
    changed = json.dumps(said, indent=1, sort_keys=True).encode() + b"\n"
    with pytest.raises(Wrong, match="leads to other figures"):
        checker.check(plans, files | {2028: changed}, _written(witnesses))
    del said["cells"][cell]
    with pytest.raises(Wrong, match="do not have exactly the cells"):
        checker.check(plans, files | {2028: json.dumps(said).encode()}, _written(witnesses))


def test_the_checker_imports_no_part_of_the_producer() -> None:
    said = "import sys, inbox.figures.{}; print({{'z3', 'inbox.figures.certificate'}} & set(sys.modules))"
    run = [sys.executable, "-c"]
    assert subprocess.check_output([*run, said.format("checker")], text=True) == "set()\n"
    assert "z3" in subprocess.check_output([*run, said.format("certificate")], text=True)


_ALONE = (checker, events, layout, plan, release, rule)


def test_the_checker_is_short_and_calculates_with_integers_only() -> None:
    """So do the modules of the inbox that the checker imports, and the control finds a division."""
    assert {*_imported()} == {module.__name__ for module in _ALONE}
    assert len(Path(checker.__file__).read_text().splitlines()) < 200
    for module in _ALONE:
        assert _of_fractions(Path(module.__file__).read_text()) == [], module.__name__
    planted = "from math import pi\nx = 1 / 2 + 0.5 + float(1) + round(1)"
    assert {"import of math", "/", "0.5", "float", "round"} == {*_of_fractions(planted)}


def _imported() -> list[str]:
    """Return the modules of the inbox that the checker imports, without packages."""
    said = (
        "import sys, inbox.figures.checker; print(*(name for name, module in sys.modules.items()"
        " if name.startswith('inbox.') and not hasattr(module, '__path__')))"
    )
    return subprocess.check_output([sys.executable, "-c", said], text=True).split()


def _of_fractions(code: str) -> list[str]:
    """Return what could make a number in the code of a module anything else than an integer."""
    found: list[str] = []
    for node in ast.walk(ast.parse(code)):
        match node:
            case ast.ImportFrom(module="math" | "fractions" | "decimal" | "statistics" as name):
                found.append(f"import of {name}")
            case ast.Import(names=[ast.alias(name="math" | "fractions" | "decimal" | "statistics" as name)]):
                found.append(f"import of {name}")
            case ast.Div():
                found.append("/")
            case ast.Constant(value=float() as value):
                found.append(str(value))
            case ast.Name(id="float" | "round" | "complex" as name):
                found.append(name)
    return found


_AGAIN = """
import json, sys
from inbox.figures import certificate, layout, plan
plans, editions = json.load(sys.stdin)
cells, facts = layout.layout([plan.parse(each.encode()) for each in plans], max(map(int, editions)))
shown = {cell: count for each in editions.values() for cell, count in json.loads(each)["cells"].items()}
json.dump(certificate.certify(cells, facts, shown), sys.stdout)
"""


def test_another_process_finds_the_same_certificate_from_the_published_files_alone(
    published: Published,
) -> None:
    """The order of sets differs from one process to the next."""
    plans, files, witnesses = published
    said = json.dumps(
        [[each.decode() for each in plans], {year: raw.decode() for year, raw in files.items()}]
    )
    for seed in ("1", "2"):
        found = subprocess.check_output(
            [sys.executable, "-c", _AGAIN], input=said, text=True, env={"PYTHONHASHSEED": seed}
        )
        assert json.loads(found) == witnesses


def test_the_rule_publishes_the_same_counts_for_every_witness_of_a_small_table() -> None:
    cells = Layout([Total("all", 3)], [Table(("all",), ("a", "b", "c"), 3)])
    for total in range(14):
        for split in attacker.splits(total, 3):
            shown = protect(cells, {"all": total, **dict(zip("abc", split, strict=True))})
            assert all(protect(cells, witness) == shown for witness in certificate.certify(cells, [], shown))


def test_counts_that_the_rule_would_have_shown_are_not_a_witness() -> None:
    """Of 6 events in ``a`` and ``b``, 3 to 5 are in ``b``; with 3 in each, the rule would hide nothing."""
    totals = [Total("all", 3), Total("three", 3), Total("five", 3)]
    cells = Layout(totals, [Table(("all",), ("a", "b", "c"), 3)])
    facts = [Fact(("three",), ("b",)), Fact(("b",), ("five",))]
    shown = {"all": 12, "three": 3, "five": 5, "a": None, "b": None, "c": 6}
    with pytest.raises(Narrowed):
        certificate.certify(cells, facts, shown)


def test_the_checker_refuses_a_witness_that_contradicts_what_everybody_knows(published: Published) -> None:
    """The rule would hide eight closed reports, but only seven had been received."""
    plans, files, witnesses = published
    closed = {
        "2027/closed": 8,
        "2027/outcome/other": 8,
        "2027/outcome/founded": 0,
        "2027/outcome/unfounded": 0,
    }
    with pytest.raises(Wrong, match="witness 1 is impossible"):
        checker.check(plans, files, _written([witnesses[0] | closed, *witnesses[1:]]))
