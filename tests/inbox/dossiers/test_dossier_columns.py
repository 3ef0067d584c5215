"""Of all the columns about a case in the vault, a dossier contains only those listed here."""

import json
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import Boolean, Column, Date, Integer, LargeBinary, delete, insert, update
from sqlalchemy.orm import Session

from crypto.dossier import Purpose
from inbox.dossiers import compose, render
from inbox.dossiers.compose import Enclosed, Plan
from inbox.session import comparisons
from inbox.vault.tables import Base, Case
from tests.support import dossier_room as room_of
from tests.support.inbox_builders import today

# Texts of the reporter and of officers, their order, and the names of attachments enclosed as originals.
SAID = {
    "follow_ups.position", "follow_ups.text", "messages.position", "messages.text", "attachments.number",
    "attachments.name",
}  # fmt: skip
# Only a prosecutor gets these. From the day and the text, a person concerned could infer who wrote the text.
DAYS = {"cases.received", "follow_ups.received", "messages.day"}
GOES = {Purpose.PROSECUTOR: SAID | DAYS, Purpose.DISCIPLINARY: SAID}
# Columns that identify the case, or that the test must not replace because they are parsed.
AS_IT_IS = {"case", "other", "rowid", "cases.number", "cases.message"}


@pytest.mark.parametrize("purpose", Purpose)
def test_a_dossier_contains_only_the_listed_columns_of_a_case(room: room_of.Room, purpose: Purpose) -> None:
    """Each column has a unique value. A new column stays out of dossiers until it is listed above."""
    plan = Plan(
        purpose=purpose,
        addressee="",
        language="fr",
        with_replies=True,
        enclosed=Enclosed.ORIGINAL,
        every_file=True,
    )
    with room.office.unlocked() as opened, opened.inbox.transaction() as session:
        comparisons.begin(session, opened.by_opening(today()))
        marks = dict(_mark(session))
        content, _ = compose.compose(session, 1, plan, date(2026, 11, 1))
        document = render.machine_readable(content, [None] * len(content.files))
        session.rollback()
    said = "\n".join(_leaves(json.loads(document)))
    found = {name for name, mark in marks.items() if any(form.decode() in said for form in _forms(mark))}
    assert len(marks) > 100
    assert GOES[purpose] == found


def _mark(session: Session) -> Iterator[tuple[str, Any]]:
    """Put a unique value into each column of the tables about cases. Yield each value with its column."""
    tables = {mapper.local_table for mapper in Base.registry.mappers if "case" in mapper.columns}
    known = 0
    for table in (Case.__table__, *sorted(tables, key=str)):
        marks: dict[str, Any] = {}
        for column in table.columns:
            if not AS_IT_IS & {column.name, f"{table}.{column.name}"} and not isinstance(
                column.type, Boolean
            ):
                known += 1
                marks[column.name] = _something(column, known)
        if table is Case.__table__:
            session.execute(update(Case).values(marks))
        else:
            of_the_case = {name: 1 for name in ("case", "other", "rowid") if name in table.columns}
            session.execute(delete(table))
            session.execute(insert(table).values(marks | of_the_case))
        yield from ((f"{table}.{name}", mark) for name, mark in marks.items())


def _something(column: Column[Any], n: int) -> Any:
    match column.type:
        case Integer():
            return 900_000 + n
        case Date():
            return date(1901, 1, 1) + timedelta(n)
        case LargeBinary():
            return f"of no other column: {n}".encode()
    return f"mark{900_000 + n}"


def _forms(mark: Any) -> Iterator[bytes]:
    return room_of.forms(mark if isinstance(mark, bytes) else str(mark).encode())


def _leaves(value: Any) -> Iterator[str]:
    if isinstance(value, dict | list):
        for each in value.values() if isinstance(value, dict) else value:
            yield from _leaves(each)
    else:
        yield str(value)
