"""With the figures of twenty years, an attacker finds each planted leak, but cannot narrow a hidden count."""

import json
import secrets
from collections.abc import Callable, Iterator, Mapping, Sequence
from random import Random  # noqa: TID251  no secret depends on these draws

import pytest
from hypothesis import given, settings
from hypothesis.strategies import integers, sampled_from

from crypto.toml_schema import Mismatch
from inbox.figures import certificate, checker, layout, plan, release, rule
from inbox.figures.counting import Kept
from inbox.figures.events import Event, Kind
from inbox.figures.rule import Fact, Layout, Shown, Table, Total, needed, protect
from tests.support import attacker, inference, random_plans
from tests.support.publication import AREA, OUTCOME, PATH, TOTALS, VECTOR, ends, plan_file, table, total

FIRST, YEARS = 2027, 20
SETS = 1_000
_NONE = (Kept.NOT_YET, Kept.UNREACHABLE)
_KEPT = [*Kept]
_KIND = table("measure", "art40 by kind", {"other": [], "art40": ["art40"]})
_CROSS = table("cross", "path by area", {"other": [], "north": ["north"], "south": ["south"]}, years=1, k=10)
_YEARLY_AREA = AREA.replace("years = 3", "years = 1")
_ACKNOWLEDGED = table("acknowledged", "received by acknowledged", {"in_time": [], "rest": ["late", *_NONE]})
_FEEDBACK = table("feedback", "received by feedback_given", {"other": [], "none": [*_NONE]}, years=3)
# Groups change from one plan to the next. Some plans have a cross-table. Areas are counted for each year or
# for three years.
_PARTS = (
    TOTALS + PATH + VECTOR + AREA + OUTCOME,
    TOTALS + PATH + VECTOR + OUTCOME + _CROSS,
    TOTALS + PATH + _YEARLY_AREA,
    TOTALS + PATH + VECTOR + _ACKNOWLEDGED + _FEEDBACK,
)
# How many reports come in a year, on average.
MEANS = (3, 12, 40, 120)


def _events(draw: Random, mean: int) -> Iterator[Event]:
    """Return random events of all years. In half of the years, nearly every group has reports."""
    still_open = 0
    for year in range(FIRST, FIRST + YEARS):
        received = draw.randrange(2 * mean)
        codes = {
            "path": draw.sample(["approached", "saw", "gave_in", "reprisals", "witness"], draw.randint(1, 5)),
            "vector": draw.sample(["online", "social", "work", "several", "nothing"], draw.randint(1, 5)),
            "area": draw.sample(["north", "west", "south", "nothing"], draw.randint(1, 4)),
            "acknowledged": draw.sample(_KEPT, draw.randint(1, 4)),
            "feedback_given": draw.sample(_KEPT, draw.randint(1, 4)),
        }
        for _ in range(received):
            yield Event(Kind.RECEIVED, year, _report(draw, codes))
        still_open += received
        for event in ends(draw, year, received, still_open):
            still_open -= event.kind is Kind.CLOSED
            yield event


def _report(draw: Random, codes: Mapping[str, Sequence[str]]) -> dict[str, str]:
    """Return the codes of a report. Some depend on each other: only some paths come with a vector."""
    said = {by: draw.choice(each) for by, each in codes.items()}
    if said["path"] not in {"approached", "gave_in"}:
        said["vector"] = "nothing"
    if said["acknowledged"] in _NONE:
        said["feedback_given"] = said["acknowledged"]
    return said


class _Published:
    """What an inspectorate publishes in all years: files of plans and editions, and the cells they show."""

    def __init__(self, seed: int, mean: int, parts: Sequence[str] = _PARTS) -> None:
        draw = Random(seed)  # noqa: S311  no secret depends on these draws
        plans = [
            plan.parse(plan_file(FIRST + place, opens=seed % 2 == 0, k=draw.choice([3, 5]), parts=each))
            for place, each in zip(
                range(0, YEARS, plan.YEARS), (parts * YEARS)[draw.randrange(len(parts)) :], strict=False
            )
        ]
        self.plans = [each.raw for each in plans]
        self.cells, self.facts = layout.layout(plans, FIRST + YEARS - 1)
        counted = layout.count(plans, _events(draw, mean))
        self.counts = {cell: counted[cell] for cell in self.cells.cells()}
        self.shown = protect(self.cells, self.counts)

    @property
    def files(self) -> dict[int, bytes]:
        """The file of each edition, by its year."""
        return {year: release.write(self.cells, self.shown, year) for year in range(FIRST, FIRST + YEARS)}

    def witnesses(self) -> bytes:
        """Return the file of the certificate."""
        found = certificate.certify(self.cells, self.facts, self.shown)
        return json.dumps({"witnesses": found}).encode()


def _holds(seed: int, mean: int, parts: Sequence[str] = _PARTS) -> int:
    """Attack one history, and check its certificate; return how many counts are hidden."""
    published = _Published(seed, mean, parts)
    said = f"history {seed} with about {mean} reports a year"
    assert inference.narrowed(published.cells, published.facts, published.shown) == {}, said
    checker.check(published.plans, published.files, published.witnesses())
    return len(needed(published.cells, published.shown))


@given(seed=integers(0, 2**32), mean=sampled_from(MEANS))
@settings(max_examples=6, deadline=None)
def test_an_attacker_cannot_narrow_a_hidden_count_in_twenty_years(seed: int, mean: int) -> None:
    _holds(seed, mean)


@pytest.mark.parametrize("parts", _PARTS)
def test_an_attacker_cannot_narrow_a_hidden_count_if_a_plan_is_renewed_for_twenty_years(parts: str) -> None:
    """The plan has yearly tables, and most have tables of three years."""
    for seed, mean in enumerate(MEANS[1:]):
        _holds(seed, mean, (parts,))


@pytest.mark.soak
@pytest.mark.parametrize("mean", MEANS)
def test_an_attacker_cannot_narrow_a_hidden_count_in_a_thousand_histories(
    mean: int, record_property: Callable[[str, object], None]
) -> None:
    start = secrets.randbits(32)
    histories = SETS // len(MEANS)
    hidden = sum(_holds(start + place, mean) for place in range(histories))
    record_property(
        f"about {mean} reports a year", f"{histories} histories from seed {start}, {hidden} hidden counts"
    )


def _under_random_plans(seed: int) -> tuple[list[bytes], range, Layout, list[Fact], Shown]:
    """Return up to nine years under random plans, and everything that is published about them."""
    draw = Random(seed)  # noqa: S311  no secret depends on these draws
    plans = random_plans.plans(draw, FIRST, draw.randint(1, 3))
    years = range(FIRST, plans[-1].first + draw.randint(1, plan.YEARS))
    cells, facts = layout.layout(plans, years[-1])
    counted = layout.count(plans, random_plans.events(draw, years, draw.choice(MEANS[:3])))
    shown = protect(cells, {cell: counted[cell] for cell in cells.cells()})
    return [each.raw for each in plans], years, cells, facts, shown


def _any_plan_holds(seed: int) -> int:
    """Attack a history under random plans, and check its certificate; return how many counts are hidden."""
    plans, years, cells, facts, shown = _under_random_plans(seed)
    assert inference.narrowed(cells, facts, shown) == {}, f"history {seed} under random plans"
    files = {year: release.write(cells, shown, year) for year in years}
    witnesses = json.dumps({"witnesses": certificate.certify(cells, facts, shown)}).encode()
    checker.check(plans, files, witnesses)
    return len(needed(cells, shown))


@given(seed=integers(0, 2**32))
@settings(max_examples=20, deadline=None)
def test_an_attacker_cannot_narrow_a_hidden_count_under_any_plan_that_the_program_accepts(seed: int) -> None:
    _any_plan_holds(seed)


def test_the_attacker_finds_what_a_careless_rule_reveals_under_random_plans(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The test above needs this control."""
    monkeypatch.setattr(rule, "to_hide", _alone)
    found = 0
    for seed in range(20):
        _, _, cells, facts, shown = _under_random_plans(seed)
        found += bool(inference.narrowed(cells, facts, shown, _alone))
    assert found


@pytest.mark.soak
def test_an_attacker_cannot_narrow_a_hidden_count_under_a_thousand_random_plans(
    record_property: Callable[[str, object], None],
) -> None:
    start = secrets.randbits(32)
    hidden = sum(_any_plan_holds(start + place) for place in range(SETS))
    record_property("random plans", f"{SETS} histories from seed {start}, {hidden} hidden counts")


def _alone(counts: Sequence[int], k: int) -> set[int]:
    """Hide small groups and no others."""
    return {place for place, count in enumerate(counts) if count < k}


def _next_smallest(counts: Sequence[int], k: int) -> set[int]:
    """Hide small groups, and at least two."""
    ascending = sorted(range(len(counts)), key=lambda place: (counts[place], place))
    small = _alone(counts, k)
    return {*ascending[: max(2, len(small))]} if small else set()


@pytest.mark.parametrize("careless", [_alone, _next_smallest])
@pytest.mark.parametrize("mean", [12, 40])
def test_the_attacker_finds_in_each_history_what_a_careless_rule_reveals(
    monkeypatch: pytest.MonkeyPatch, careless: inference.Rule, mean: int
) -> None:
    monkeypatch.setattr(rule, "to_hide", careless)
    for seed in range(5):
        published = _Published(seed, mean)
        assert inference.narrowed(published.cells, published.facts, published.shown, careless)


@pytest.mark.parametrize("seed", range(5))
def test_the_attacker_finds_a_hidden_count_through_a_sum_in_a_sentence(seed: int) -> None:
    """The sentence gives the number of all reports in the groups that are hidden because they are small."""
    published = _Published(seed, 12)
    said: list[inference.Sum] = []
    for each in published.cells.tables:
        rare = [group for group in each.groups[1:] if published.shown[group] is None]
        if rare and all(published.shown[cell] is not None for cell in each.divides):
            said.append((dict.fromkeys(rare, 1), {sum(published.counts[group] for group in rare)}))
    assert said
    assert inference.narrowed(published.cells, published.facts, published.shown, also=said[:1])


def test_the_attacker_finds_hidden_counts_if_yearly_tables_are_published_beside_one_for_three_years() -> None:
    """A plan with both tables is refused. This test publishes them without such a plan."""
    found = 0
    for seed in range(10):
        published = _Published(seed, 12, (TOTALS + _YEARLY_AREA,))
        cells = published.cells
        years = [each for each in cells.tables if "/area/" in each.groups[0]][:3]
        if any(published.shown[cell] is None for each in years for cell in each.divides):
            continue
        sums: list[inference.Sum] = []
        groups = []
        for place, name in enumerate(("other", "north", "south")):
            groups.append(f"{FIRST}-{FIRST + 2}/area/{name}")
            sums.append(({groups[-1]: -1, **{each.groups[place]: 1 for each in years}}, {0}))
        three = Table(tuple(cell for each in years for cell in each.divides), tuple(groups), years[0].k)
        both = Layout(cells.totals, [*cells.tables, three])
        counts = published.counts | {
            group: sum(published.counts[each.groups[place]] for each in years)
            for place, group in enumerate(groups)
        }
        shown = protect(both, counts)
        assert inference.narrowed(both, published.facts, shown) == {}
        found += bool(inference.narrowed(both, published.facts, shown, also=sums))
    assert found


def _some(n: int, event: Kind = Kind.RECEIVED, /, **codes: str) -> list[Event]:
    return [Event(event, FIRST, codes)] * n


@pytest.mark.parametrize(
    ("parts", "events", "few", "many"),
    [
        (
            PATH + VECTOR.replace("path.approached", "received"),
            [
                *_some(3, path="witness", vector="nothing"),
                *_some(6, path="approached", vector="online"),
                *_some(21, path="saw", vector="nothing"),
            ],
            ("vector/online", "vector/work"),
            "path/approached",
        ),
        (
            table("acknowledged", "received by acknowledged", {"other": [], "never": ["unreachable"]})
            + table(
                "feedback",
                "received by feedback_given",
                {"in_time": [], "never": ["unreachable"], "late": ["late", "not_yet"]},
            ),
            [
                *_some(3, acknowledged="late", feedback_given="in_time"),
                *_some(6, acknowledged="unreachable", feedback_given="unreachable"),
                *_some(21, acknowledged="late", feedback_given="late"),
            ],
            ("acknowledged/never",),
            "feedback/never",
        ),
        (
            total("measures", "measure")
            + table(
                "kind", "measures by kind", {"other": [], "sanction": ["sanction"], "hearing": ["hearing"]}
            )
            + table("degree", "measures by degree", {"none": [], "higher": ["group_2"]}),
            [
                *_some(30),
                *_some(3, Kind.MEASURE, kind="recovery", degree="nothing"),
                *_some(6, Kind.MEASURE, kind="sanction", degree="group_2"),
                *_some(21, Kind.MEASURE, kind="hearing", degree="nothing"),
            ],
            ("degree/higher",),
            "kind/sanction",
        ),
    ],
)
def test_the_attacker_finds_a_hidden_count_if_a_plan_has_tables_that_depend_on_each_other(
    monkeypatch: pytest.MonkeyPatch, parts: str, events: Sequence[Event], few: Sequence[str], many: str
) -> None:
    """Such a plan is refused. Of 9 events in two hidden groups, 6 to 9 are in one: four values, not five."""
    raw = plan_file(FIRST, parts=total("received", "received") + parts)
    with pytest.raises(Mismatch):
        plan.parse(raw)
    monkeypatch.setattr(plan, "DEPENDS", {})
    monkeypatch.setattr(plan, "ACKNOWLEDGED", {*Kept})
    plans = [plan.parse(raw)]
    cells, facts = layout.layout(plans, FIRST)
    counted = layout.count(plans, events)
    shown = protect(cells, {cell: counted[cell] for cell in cells.cells()})
    assert certificate.certify(cells, facts, shown)
    assert inference.narrowed(cells, facts, shown) == {}
    # The attacker knows that no event has one of the codes ``few`` without the code ``many``.
    known = {**{f"{FIRST}/{cell}": 1 for cell in few}, f"{FIRST}/{many}": -1}
    found = inference.narrowed(cells, facts, shown, also=[(known, range(-len(events), 1))])
    assert found[f"{FIRST}/{many}"] == {6, 7, 8, 9}


_SMALL = (
    (Layout([Total("all", 3)], [Table(("all",), ("a", "b", "c"), 3)]), []),
    (
        Layout([Total("all", 3)], [Table(("all",), ("a", "b"), 3), Table(("b",), ("b/x", "b/y"), 4)]),
        [],
    ),
    (
        Layout(
            [Total("1/in", 3), Total("1/out", 3, ("1/in",), stay=3), Total("2/in", 3), Total("2/out", 3)],
            [Table(("1/in", "2/in"), ("a", "b"), 3)],
        ),
        [Fact(("1/out",), ("1/in",)), Fact(("1/out", "2/out"), ("1/in", "2/in"))],
    ),
    (
        Layout([Total("received", 3), Total("measures", 3)], []),
        [Fact(("measures",), ("received",), is_at_most=False)],
    ),
)


@pytest.mark.parametrize("used", [rule.to_hide, _alone, _next_smallest])
@pytest.mark.parametrize(("cells", "facts"), _SMALL)
def test_the_attacker_narrows_each_count_as_far_as_a_search_of_all_counts_does(
    monkeypatch: pytest.MonkeyPatch, cells: Layout, facts: Sequence[Fact], used: inference.Rule
) -> None:
    """Near its limit, the search misses values of counts, so the test uses only files of few reports."""
    monkeypatch.setattr(rule, "to_hide", used)
    values: dict[tuple[int | None, ...], dict[str, set[int]]] = {}
    files: dict[tuple[int | None, ...], Shown] = {}
    for counts in attacker.possible(cells, facts, 7):
        shown = protect(cells, counts)
        files[*shown.values()] = shown
        found = values.setdefault((*shown.values(),), {})
        for cell in needed(cells, shown):
            found.setdefault(cell, set()).add(counts[cell])
    for seen, shown in files.items():
        narrow = inference.narrowed(cells, facts, shown, used)
        need = needed(cells, shown)
        assert narrow == {cell: values[seen][cell] for cell in narrow}
        assert all(cell in narrow for cell, k in need.items() if len(values[seen][cell]) < k), shown
