"""The archives' visas: each visa is the archives' approval for destroying the cases on a list."""

from collections.abc import Mapping
from datetime import date

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from inbox.vault.casework_tables import ListedCase
from inbox.vault.destroyed_tables import VisaList


def given(session: Session) -> Mapping[int, VisaList]:
    """Map case numbers to the latest approved list that still contains the case."""
    rows = select(ListedCase.case, VisaList).join(VisaList, VisaList.n == ListedCase.list)
    with_visa = rows.where(VisaList.visa.is_not(None)).order_by(VisaList.n)
    return {case: row for case, row in session.execute(with_visa)}  # noqa: C416 dict() would lose the types of the columns


def unopened_to(session: Session) -> date | None:
    """Return the last day of collection whose unfiled envelopes the archives have approved for discarding.

    Return None if the archives have not approved any discarding.
    """
    return session.scalar(select(func.max(VisaList.unopened_to)).where(VisaList.visa.is_not(None)))


def take_out(session: Session, number: int) -> None:
    """Remove a case from all lists, because it has changed since the archives were asked for approval."""
    session.execute(delete(ListedCase).where(ListedCase.case == number))


def take_out_all(session: Session) -> None:
    """Remove all cases from all lists, after an older backup was restored.

    The backup lacks later changes, so any case may have changed since the archives were asked for approval.
    """
    session.execute(delete(ListedCase))


def name(n: int, sha256: bytes) -> str:
    """Return the name of a list; a number alone could be used twice after an older backup is restored."""
    return f"{n}-{sha256.hex()[:8]}"


def reference(row: VisaList) -> str:
    """Return the reference of an approval: the name of its list, and the reference that the archives gave."""
    return f"{name(row.n, row.sha256)}, {row.reference}"
