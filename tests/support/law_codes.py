"""All codes in the laws of the tests; the code of the programs may contain none of these codes."""

import re
from collections.abc import Iterator

from templates.law.rules import Law
from tests.support.laws import FRENCH, OTHER

# Words that show that a text is about one country: its laws, its codes, its authorities. A text may name its
# language.
OF_FRANCE = re.compile(
    r"\d{4}-\d{3,4}\b|\bCNIL\b|[Dd]éfenseur des droits|\b[Cc]ode (?:de|du|général)\b"
    r"|\bFrench (?:code|law)\b|\bdroit français|art(?:icle|\.) 40\b|\b(?:CPP|CGFP|DNRED|AFA|IGF)\b"
)


def of(law: Law) -> frozenset[str]:
    """Return every code of a law, in all tables."""
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
    """Return the codes of the French law that the other law does not have."""
    return of(FRENCH) - of(OTHER)
