"""Of which cases the archives have agreed, by their visa of a list, that they may be destroyed."""

from collections.abc import Mapping
from datetime import date

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from inbox.vault.casework_tables import ListedCase
from inbox.vault.destroyed_tables import VisaList


def given(session: Session) -> Mapping[int, VisaList]:
    """Return the last list with a visa by the number of each case that is still on it."""
    rows = select(ListedCase.case, VisaList).join(VisaList, VisaList.n == ListedCase.list)
    with_visa = rows.where(VisaList.visa.is_not(None)).order_by(VisaList.n)
    return {case: row for case, row in session.execute(with_visa)}  # noqa: C416  dict() loses the types


def unopened_to(session: Session) -> date | None:
    """Return up to which day what was collected, and became no case, has a visa; None if nothing has."""
    return session.scalar(select(func.max(VisaList.unopened_to)).where(VisaList.visa.is_not(None)))


def take_out(session: Session, number: int) -> None:
    """Take a case from every list: it is no longer what the archives were asked about."""
    session.execute(delete(ListedCase).where(ListedCase.case == number))


def take_out_all(session: Session) -> None:
    """Take every case from every list: what was done since is not known once an older copy is put back."""
    session.execute(delete(ListedCase))


def name(n: int, sha256: bytes) -> str:
    """Return what a list is called: a number alone comes again once an older backup is restored."""
    return f"{n}-{sha256.hex()[:8]}"


def reference(row: VisaList) -> str:
    """Return by what a visa is found again: its list, and what the archives wrote."""
    return f"{name(row.n, row.sha256)}, {row.reference}"
