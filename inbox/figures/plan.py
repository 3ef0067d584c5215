"""The plan of publication: which figures an inspectorate publishes, and in which groups.

A plan covers three calendar years and is adopted before they begin, so nobody can choose groups that suit the
figures.

If nobody adopts the next plan in time, the plan in use goes on for three more years, and again after that
(``in_force``). Otherwise, a forgotten plan would leave years without figures, because a plan can no longer be
adopted once its first year has begun. If it could, somebody could choose the groups after seeing the counts.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from crypto.keyring import Texts
from crypto.messages import ID
from crypto.toml_schema import (
    YES_OR_NO,
    Document,
    Expected,
    Fault,
    Schema,
    belongs,
    expected,
    list_of,
    map_of,
    number,
    one_of,
    table,
    text,
    texts,
)
from inbox.figures.events import CODES, Kind

YEARS = 3
# The smallest and the largest threshold of a table, and the smallest threshold of a cross-table.
FLOOR, MOST, CROSS = 3, 100, 10
_LONGEST = 200
# A code that another code of the same event can rule out: the questionnaire asks for the vector, the service
# and the means only after some answers about the path, and only some kinds of measures have a degree. Readers
# know this, and the certificate does not. If a plan divided all reports by path and by vector, readers would
# know that at least as many have one of these paths as name a vector. Thus a table by such a code can only
# divide one group of a table by the other code. Within this group, any counts are possible. (If nobody in the
# group is asked, readers know that some counts are 0; what else follows is at least 2k - 1.)
DEPENDS: Mapping[Kind, Mapping[str, str]] = {
    Kind.RECEIVED: {"vector": "path", "service_sought": "path", "means": "path"},
    Kind.MEASURE: {"degree": "kind"},
}
# Whoever got no acknowledgement got nothing else either, and no message reaches some reporters at all. If a
# plan counts acknowledgements and what follows them, each group of the acknowledgements contains one of these
# codes. Such reports can have any of the codes that follow, so no table limits another.
_ACKNOWLEDGED, _FOLLOWING = "acknowledged", frozenset({"feedback_given", "extended", "wrote_again"})
ACKNOWLEDGED = frozenset({"in_time", "in_longer_time", "late"})
_FIRST_YEAR = re.compile(rb"^first_year[ \t]*=[ \t]*[0-9]+", re.MULTILINE)
_ID = {"type": "string", "pattern": rf"^{ID}\Z", **expected("id")}
_SCHEMA = Schema(
    "plan of publication",
    table(
        {
            "first_year": number(2000, 9999),
            "k": number(FLOOR, MOST),
            "opens": YES_OR_NO,
            "total": map_of(
                table({"title": texts(_LONGEST), "event": one_of(tuple(Kind))}, {"only": list_of(_ID)})
            ),
        },
        {
            "licence": text(_LONGEST),
            "table": map_of(
                table(
                    {
                        "title": texts(_LONGEST),
                        "divides": {"type": "string"},
                        "by": _ID,
                        "group": list_of(
                            table({"id": _ID, "label": texts(_LONGEST)}, {"codes": list_of(_ID)}), least=2
                        ),
                    },
                    {"years": number(1, YEARS), "k": number(FLOOR, MOST)},
                )
            ),
        },
    ),
)


@dataclass(frozen=True, slots=True)
class Total:
    """All events of one kind; if ``only`` is not empty, those whose ``kind`` is among these codes."""

    id: str
    title: Texts
    event: Kind
    only: frozenset[str]


@dataclass(frozen=True, slots=True)
class Group:
    """The codes that a table counts together."""

    id: str
    label: Texts
    codes: frozenset[str]


@dataclass(frozen=True, slots=True)
class Planned:
    """A table: it divides a total or a group by the codes ``by``, for each year or for all three.

    ``divides`` names what the table divides: a total by its id, or a group by the ids of its table and the
    group with a dot between them. A cross-table divides each group of the table with the id ``divides``. The
    first group is the first to be hidden, and it contains all codes that no other group lists.
    """

    id: str
    title: Texts
    divides: str
    by: str
    years: int
    k: int
    groups: tuple[Group, ...]

    def group(self, code: str) -> str:
        """Return the id of the group that contains ``code``."""
        return next((each.id for each in self.groups if code in each.codes), self.groups[0].id)

    def codes(self, group: Group, known: Iterable[str]) -> frozenset[str]:
        """Return which of all ``known`` codes a group counts."""
        return frozenset(each for each in known if self.group(each) == group.id)


@dataclass(frozen=True, slots=True)
class Plan:
    """A plan for the year ``first`` and the two years after it; ``raw`` is its file.

    ``opens`` means that there was no report before the year ``first``. ``licence`` is the licence under which
    the figures are published, or empty.
    """

    raw: bytes
    first: int
    opens: bool
    k: int
    licence: str
    totals: Mapping[str, Total]
    tables: Mapping[str, Planned]

    def total(self, each: Planned) -> Total:
        """Return the total that a table divides, or of which it divides a part."""
        above = each.divides.partition(".")[0]
        return self.totals[above] if above in self.totals else self.total(self.tables[above])

    def event(self, each: Planned) -> Kind:
        """Return the kind of events that a table counts."""
        return self.total(each).event

    def is_cross(self, each: Planned) -> bool:
        """Return whether a table divides each group of another table."""
        return each.divides in self.tables


def parse(raw: bytes) -> Plan:
    """Return the plan in a file; raises Mismatch for its first mistake."""
    document = _SCHEMA.read(raw)
    said = document.value
    plan = Plan(
        raw=raw,
        first=said["first_year"],
        opens=said["opens"],
        k=said["k"],
        licence=said.get("licence", ""),
        totals={
            name: Total(name, Texts(**row["title"]), Kind(row["event"]), frozenset(row.get("only", ())))
            for name, row in said["total"].items()
        },
        tables={name: _planned(name, row, said["k"]) for name, row in said.get("table", {}).items()},
    )
    _check(document, plan)
    return plan


def renewed(before: Plan) -> Plan:
    """Return the plan for the next three years if nobody adopts another: only its first year differs.

    ``adoption`` refuses a file whose first year cannot be replaced.
    """
    first = before.first + YEARS
    raw = _FIRST_YEAR.sub(f"first_year = {first}".encode(), before.raw, count=1)
    return replace(before, raw=raw, first=first)


def in_force(adopted: Iterable[Plan], last: int) -> list[Plan]:
    """Return the plans of all years up to ``last`` and all adopted plans, in the order of their years.

    ``adopted`` is in this order. Where no plan was adopted, the plan before it is renewed.
    """
    found: list[Plan] = []
    for each in adopted:
        found += _renewals(found, each.first - 1)
        found.append(each)
    return [*found, *_renewals(found, last)]


def _renewals(plans: Sequence[Plan], last: int) -> Iterator[Plan]:
    """Yield the renewals of the last of the plans, for the years up to ``last``."""
    plan = plans[-1] if plans else None
    while plan and plan.first + YEARS <= last:
        plan = renewed(plan)
        yield plan


def _planned(name: str, row: Mapping[str, Any], k: int) -> Planned:
    return Planned(
        id=name,
        title=Texts(**row["title"]),
        divides=row["divides"],
        by=row["by"],
        years=row.get("years", 1),
        k=row.get("k", k),
        groups=tuple(
            Group(each["id"], Texts(**each["label"]), frozenset(each.get("codes", ())))
            for each in row["group"]
        ),
    )


def _check(document: Document, plan: Plan) -> None:
    """Raise Mismatch for the first mistake that the schema cannot detect."""
    _check_totals(document, plan)
    # No event is in two totals, so each total can be divided by the same code.
    used: defaultdict[str, set[str]] = defaultdict(set)
    for place, (name, each) in enumerate(plan.tables.items()):
        _check_place(document, plan, each, list(plan.tables.values())[:place])
        total = plan.total(each)
        free = sorted(CODES[total.event] - used[total.id])
        if each.by not in free:
            raise document.mismatch(("table", name, "by"), Fault.WRONG, _one_of(free))
        if other := next(_related(plan, each, used[total.id]), None):
            raise document.mismatch(("table", name, "by"), Fault.WRONG, belongs("independent", other=other))
        used[total.id].add(each.by)
        _check_groups(document, each)
    _check_acknowledged(document, plan)


def _related(plan: Plan, each: Planned, used: Iterable[str]) -> Iterator[str]:
    """Yield the codes of other tables of the same total that depend on the code of a table, or the reverse.

    A table may depend on a table if it divides one group of it, or a part of one group.
    """
    depends = DEPENDS.get(plan.event(each), {})
    yield from (other for other in used if depends.get(other) == each.by)
    inside: set[str] = set()
    above, _, group = each.divides.partition(".")
    while above in plan.tables:
        inside |= {plan.tables[above].by} if group else set()
        above, _, group = plan.tables[above].divides.partition(".")
    yield from (other for other in used if depends.get(each.by) == other and other not in inside)


def _check_acknowledged(document: Document, plan: Plan) -> None:
    """Raise Mismatch if the tables of acknowledgements and of what follows them limit each other."""
    tables = {each.by: each for each in plan.tables.values() if plan.event(each) is Kind.RECEIVED}
    if _ACKNOWLEDGED not in tables or not _FOLLOWING & tables.keys():
        return
    each = tables[_ACKNOWLEDGED]
    if not all(each.codes(group, ACKNOWLEDGED) for group in each.groups):
        known = ", ".join(sorted(ACKNOWLEDGED))
        raise document.mismatch(
            ("table", each.id, "group"), Fault.WRONG, belongs("acknowledged", known=known)
        )


def _check_totals(document: Document, plan: Plan) -> None:
    """Raise Mismatch if a total selects codes that its events lack, or if two totals count the same event.

    Also raise it if no total counts the received reports: without them, no edition of closings or measures
    could get a certificate, because readers know that these need a report.
    """
    seen: list[Total] = []
    if all(total.event is not Kind.RECEIVED for total in plan.totals.values()):
        raise document.mismatch(("total",), Fault.WRONG, belongs("some-received"))
    for total in plan.totals.values():
        if total.only and total.event is not Kind.MEASURE:
            raise document.mismatch(("total", total.id, "only"), Fault.UNKNOWN)
        rivals = [each for each in seen if each.event is total.event]
        if any(not each.only or not total.only or each.only & total.only for each in rivals):
            raise document.mismatch(("total", total.id), Fault.WRONG, belongs("counted-once"))
        seen.append(total)


def _check_place(document: Document, plan: Plan, each: Planned, earlier: Sequence[Planned]) -> None:
    """Raise Mismatch if a table divides something unknown, or if its period or its threshold is too small."""
    path = ("table", each.id)
    plain = {table.id: table for table in earlier if not plan.is_cross(table)}
    groups = [f"{table.id}.{group.id}" for table in plain.values() for group in table.groups]
    known = [*plan.totals, *plain, *groups]
    if each.id in plan.totals:
        raise document.mismatch(path, Fault.WRONG, belongs("own-id"))
    if each.divides not in known:
        raise document.mismatch((*path, "divides"), Fault.WRONG, _one_of(known))
    above = plain.get(each.divides.partition(".")[0])
    allowed = [years for years in (1, YEARS) if above is None or years >= above.years]
    if each.years not in allowed:
        raise document.mismatch((*path, "years"), Fault.WRONG, _one_of(map(str, allowed)))
    if plan.is_cross(each) and each.k < CROSS:
        raise document.mismatch((*path, "k"), Fault.WRONG, belongs("number", least=CROSS, most=MOST))


def _check_groups(document: Document, each: Planned) -> None:
    ids = Counter(group.id for group in each.groups)
    codes = Counter(code for group in each.groups for code in group.codes)
    for place, group in enumerate(each.groups):
        path = ("table", each.id, "group", place)
        if ids[group.id] > 1:
            raise document.mismatch((*path, "id"), Fault.WRONG, belongs("own-id"))
        if place == 0 and group.codes:
            raise document.mismatch((*path, "codes"), Fault.UNKNOWN)
        if place and not group.codes:
            raise document.mismatch((*path, "codes"), Fault.MISSING)
        if any(codes[code] > 1 for code in group.codes):
            raise document.mismatch((*path, "codes"), Fault.WRONG, belongs("codes-once"))


def _one_of(known: Iterable[str]) -> Expected:
    return belongs("one-of", known=", ".join(known))
