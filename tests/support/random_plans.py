"""Random plans of publication, of every form that the program accepts, and random events for them."""

from collections.abc import Iterator, Sequence
from random import Random  # noqa: TID251  only the type is used here; the tests make the numbers

from crypto.toml_schema import Mismatch
from inbox.figures import plan
from inbox.figures.events import CODES, Event, Kind
from inbox.figures.plan import CROSS, YEARS, Plan
from tests.support.publication import plan_file, table, total

# The codes of every event: each plan names some of them.
_LETTERS = "abcdef"
_BY = sorted(frozenset().union(*CODES.values()))
_THRESHOLDS = (3, 5, 7)


def plans(draw: Random, first: int, number: int) -> list[Plan]:
    """Return the plans of successive periods; about half of them renew the plan before."""
    opens = draw.random() < 0.5
    found = [_plan(draw, first, opens=opens)]
    while len(found) < number:
        renewal = plan.renewed(found[-1])
        found.append(renewal if draw.random() < 0.5 else _plan(draw, renewal.first, opens=opens))
    return found


def _plan(draw: Random, first: int, *, opens: bool) -> Plan:
    """Return a plan with random tables; tables that the program refuses are left out."""
    k = draw.choice(_THRESHOLDS)
    totals = {
        "closed": total("closed", "closed"),
        "some": total("some", "measure", ["a", "b"]),
        "others": total("others", "measure", ["c", "d"]),
    }
    said = total("received", "received")
    said += "".join(each for each in totals.values() if draw.random() < 0.7)
    found = plan.parse(plan_file(first, opens=opens, k=k, parts=said))
    for n in range(draw.randint(1, 6)):
        more = said + _table(draw, found, f"table{n}")
        try:
            found = plan.parse(plan_file(first, opens=opens, k=k, parts=more))
        except Mismatch:
            continue
        said = more
    return found


def _table(draw: Random, made: Plan, name: str) -> str:
    """Return a table that divides a total, a table or a group of a plan."""
    plain = [each for each in made.tables.values() if not made.is_cross(each)]
    groups = [f"{each.id}.{group.id}" for each in plain for group in each.groups]
    divides = draw.choice([*made.totals, *(each.id for each in plain), *groups])
    above = divides.partition(".")[0]
    kind = made.totals[above].event if above in made.totals else made.event(made.tables[above])
    codes = draw.sample(_LETTERS, draw.randint(1, 4))
    k = draw.randint(CROSS, CROSS + 2) if divides in made.tables else draw.randint(3, 9)
    by = draw.choice(sorted(CODES[kind]))
    shape = {"first": [], **{f"group_{code}": [code] for code in codes}}
    return table(name, f"{divides} by {by}", shape, years=draw.choice([1, YEARS]), k=k)


def events(draw: Random, years: Sequence[int], mean: int) -> Iterator[Event]:
    """Yield about ``mean`` reports in a year, with closings and measures; some codes are rare in a year."""
    received = still_open = 0
    for year in years:
        common = {by: draw.sample(_LETTERS, draw.randint(1, len(_LETTERS))) for by in _BY}
        came = draw.randrange(2 * mean)
        received, still_open = received + came, still_open + came
        ended = draw.choice([still_open, draw.randrange(still_open + 1)])
        still_open -= ended
        taken = draw.randrange(15) if received else 0
        for kind, n in ((Kind.RECEIVED, came), (Kind.CLOSED, ended), (Kind.MEASURE, taken)):
            for _ in range(n):
                yield Event(kind, year, {by: draw.choice(common[by]) for by in sorted(CODES[kind])})
