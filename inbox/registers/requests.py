"""The register of access requests. Each line shows that a request was answered, but never the answer.

A refused request has the same line as the request of a person on whom no data is held. The line is also the
same for an officer from whom the case is withheld. The register names nobody. Lines are in the order in
which the requests were recorded.
"""

from sqlalchemy import select
from sqlalchemy.orm import Session

from inbox.registers.rows import Coded, Column, Row, Rows
from inbox.vault.casework_tables import AccessRequest

_COLUMNS = (
    Column.REQUEST,
    Column.RECEIVED,
    Column.WAY,
    Column.DUE,
    Column.EXTENDED,
    Column.BECAUSE,
    Column.RESPONDED,
)


def rows(session: Session) -> Rows:
    """Return a line for each request."""
    found = session.scalars(select(AccessRequest).order_by(AccessRequest.n)).all()
    return Rows(_COLUMNS, [_row(each) for each in found], [[each.received] for each in found])


def _row(each: AccessRequest) -> Row:
    return {
        Column.REQUEST: each.n,
        Column.RECEIVED: each.received,
        Column.WAY: Coded("access_way", each.way),
        Column.DUE: each.due,
        Column.EXTENDED: each.extended,
        Column.BECAUSE: Coded("because", each.because) if each.because else None,
        Column.RESPONDED: each.answered,
    }
