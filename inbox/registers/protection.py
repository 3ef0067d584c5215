"""The register of protection: when protection was offered, requested, granted or refused in each case.

The law in use defines which measures are in the register. The register names nobody and holds no words of
officers.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date
from itertools import groupby
from operator import itemgetter

from sqlalchemy import select
from sqlalchemy.orm import Session

from inbox.law import in_use
from inbox.registers.rows import Column, Row, Rows
from inbox.vault.casework_tables import Measure
from templates.law.rules import Protection

_COLUMNS = (Column.CASE, *(Column(each.value) for each in Protection))


def rows(session: Session) -> Rows:
    """Return a line for each case with a measure of protection, in the order of the case numbers.

    Cases that the signed-in officers may not see are left out.
    """
    measures = in_use.of(session).measures
    kinds = {code: each.protection for code, each in measures.items() if each.protection}
    asked = select(Measure.case, Measure.kind, Measure.day).where(Measure.kind.in_(kinds))
    taken = session.execute(asked.order_by(Measure.case, Measure.position)).all()
    lines: list[Row] = []
    days = []
    for number, of_case in groupby(taken, key=itemgetter(0)):
        found = _days((Column(kinds[kind].value), day) for _, kind, day in of_case)
        lines.append({Column.CASE: number, **found})
        days.append([day for each in found.values() for day in each])
    return Rows(_COLUMNS, lines, days)


def _days(taken: Iterable[tuple[Column, date]]) -> Mapping[Column, tuple[date, ...]]:
    """Return the days of each kind of measure, in the given order."""
    found: defaultdict[Column, tuple[date, ...]] = defaultdict(tuple)
    for column, day in taken:
        found[column] += (day,)
    return found
