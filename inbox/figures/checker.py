"""Check the certificate of a release, with published files alone.

This module imports neither the solver nor the module that makes certificates. It needs integers only: it runs
the rule on each witness, compares the result with every published file, and counts the values.
"""

import json
from collections.abc import Iterable, Mapping, Sequence, Set
from typing import Any

from inbox.figures import layout, plan, release
from inbox.figures.rule import Table, needed, protect


class Wrong(Exception):
    """The certificate does not show that all hidden counts are protected.

    ``year`` is the edition that the rule does not give, if that is the reason.
    """

    def __init__(self, why: str, year: int | None = None) -> None:
        super().__init__(why)
        self.year = year


def check(plans: Sequence[bytes], editions: Mapping[int, bytes], certificate: bytes) -> None:
    """Raise ``Wrong`` unless the certificate protects all hidden counts.

    ``plans`` and ``editions``, by year, are all files ever published.
    """
    cells, facts = layout.layout([plan.parse(raw) for raw in plans], max(editions))
    published = _published(editions)
    if set(published) != set(cells.cells()):
        raise Wrong("the editions do not have exactly the cells of the plans")
    witnesses = _witnesses(certificate, published.keys())
    for number, witness in enumerate(witnesses, 1):
        if not (_adds_up(cells.tables, witness) and all(fact.holds(witness) for fact in facts)):
            raise Wrong(f"witness {number} is impossible")
        shown = protect(cells, witness)
        for year, raw in editions.items():
            if release.write(cells, shown, year) != raw:
                raise Wrong(f"witness {number} leads to other figures for {year}", year)
    for cell, k in needed(cells, published).items():
        if len({witness[cell] for witness in witnesses}) < k:
            raise Wrong(f"{cell} has fewer than {k} values")


def _adds_up(tables: Iterable[Table], counts: Mapping[str, int]) -> bool:
    return all(
        sum(counts[cell] for cell in table.groups) == sum(counts[cell] for cell in table.divides)
        for table in tables
    )


def _published(editions: Mapping[int, bytes]) -> dict[str, int | None]:
    found: dict[str, int | None] = {}
    for raw in editions.values():
        found |= json.loads(raw)["cells"]
    return found


def _witnesses(certificate: bytes, cells: Set[str]) -> list[dict[str, int]]:
    found: list[Any] = json.loads(certificate)["witnesses"]
    if not found:
        # Otherwise, nothing would compare an edition that hides no count with the rule.
        raise Wrong("there is no witness")
    for number, witness in enumerate(found, 1):
        if (
            type(witness) is not dict
            or witness.keys() != cells
            or not all(type(count) is int and count >= 0 for count in witness.values())
        ):
            raise Wrong(f"witness {number} is not one count for every cell")
    return found
