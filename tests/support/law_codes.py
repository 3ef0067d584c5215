"""All codes of the laws of the tests: what no program code may name."""

from collections.abc import Iterator

from templates.law.rules import Law
from tests.support.laws import FRENCH, OTHER


def of(law: Law) -> frozenset[str]:
    """Return every code of a law, of whichever table."""
    return frozenset(_codes(law))


def _codes(law: Law) -> Iterator[str]:
    tables = (law.regimes, law.clocks, law.duties, law.measures, law.outcomes)
    for table in (*tables, law.retention.periods, law.authorities, law.guarantees):
        yield from table
    for duty in law.duties.values():
        for code, decision in duty.decisions.items():
            yield code
            yield from decision.grounds


def french_alone() -> frozenset[str]:
    """Return the codes of the French law that the other law of the tests does not have."""
    return of(FRENCH) - of(OTHER)
