"""Counts that limit each other by the rules of the law. The certificate does not know these rules.

Some outcomes need a measure, and a decision that ends proceedings needs the measure that opened them. If a
plan counted both, readers could infer a hidden count from the other one.
"""

from collections.abc import Iterator

from inbox.figures import known_codes
from inbox.figures.events import Kind
from inbox.figures.plan import Plan, Total
from inbox.language.errors import Refused
from inbox.language.messages import sentence
from templates.law.rules import Law


def check(law: Law, given: Plan) -> None:
    """Raise Refused for the first count of a plan that limits another one; all codes must be known."""
    counted = frozenset[str]().union(*(known_codes.counted(each, law) for each in _of_measures(given)))
    _check_outcomes(law, given, counted)
    _check_endings(law, given, counted)


def _check_outcomes(law: Law, given: Plan, counted: frozenset[str]) -> None:
    """Raise Refused for a group of outcomes that all need a measure which a total counts.

    A case is closed with such an outcome only if the measure is recorded. So there are at least as many of
    these measures as closings in the group. Any other outcome in the group is enough: readers cannot tell how
    many closings have it.
    """
    for each in given.tables.values():
        for group in each.groups if each.by == "outcome" else ():
            codes = each.codes(group, law.outcomes)
            if all(law.outcomes[code].only_after in counted for code in codes):
                raise Refused(
                    sentence(
                        "the group {group} of the table {table} has only outcomes that need a measure, and a"
                        " total counts this measure: {codes}",
                        group=group.id,
                        table=each.id,
                        codes=", ".join(sorted(codes)),
                    ),
                    sentence("add an outcome that needs no measure to this group"),
                )


def _check_endings(law: Law, given: Plan, counted: frozenset[str]) -> None:
    """Raise Refused for a count of decisions that only end proceedings, if totals count all that open them.

    Each such decision ends at least one of these measures. So if 14 decisions were shown, and 10 openings
    in one of two years, at least 4 openings would be in the other year.
    """
    for name, kinds in _counts(given, law):
        opening = {
            code for code, each in law.measures.items() for kind in kinds if law.measures[kind].ends(each)
        }
        if opening <= counted and all(law.measures[kind].ends_proceedings for kind in kinds):
            raise Refused(
                sentence(
                    "{name} counts only decisions that end proceedings, and the plan counts all measures that"
                    " open them: {codes}",
                    name=name,
                    codes=", ".join(sorted(opening)),
                ),
                sentence("count these decisions together with another measure, or do not count them"),
            )


def _counts(given: Plan, law: Law) -> Iterator[tuple[str, frozenset[str]]]:
    """Yield each count of measures, with the kinds that it counts: the totals, and the groups of tables."""
    for total in _of_measures(given):
        yield total.id, known_codes.counted(total, law)
    for table in given.tables.values():
        if table.by == "kind":
            found = known_codes.kinds(given, table, law)
            for group in table.groups:
                yield f"{table.id}.{group.id}", table.codes(group, found)


def _of_measures(given: Plan) -> list[Total]:
    return [each for each in given.totals.values() if each.event is Kind.MEASURE]
