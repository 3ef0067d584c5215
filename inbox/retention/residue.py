"""Find a redacted passage in the rest of a case; accents and the characters between words do not matter."""

import json
from collections.abc import Iterator
from itertools import islice
from typing import Any

from sqlalchemy import LargeBinary, String, select
from sqlalchemy.orm import Session

from inbox.files import attachments
from inbox.files.attachments import Found
from inbox.keys import key_store
from inbox.language.errors import Refused
from inbox.system.home import Home
from inbox.text import names
from inbox.vault import queries_cases
from inbox.vault.tables import Base, Case

# These columns are not searched: they hold names of officers, which are the same in every case.
_OFFICERS = {"by", "officer", "officers", "assigned"}
# Pieces of at most 1 MiB.
_PIECES = 2


def in_vault(session: Session, number: int, passage: str) -> list[str]:
    """Return the names of the tables that have a row of this case with the words of a passage."""
    wanted = _folded(passage)
    if not wanted:
        return []
    session.flush()
    kinds = {mapper.class_.__tablename__: mapper for mapper in Base.registry.mappers}
    return [
        name
        for name, mapper in sorted(kinds.items())
        if ("case" in mapper.columns or mapper.class_ is Case)
        and any(wanted in _folded(text) for text in _texts(session, mapper, number))
    ]


def in_files(home: Home, session: Session, number: int, passage: str) -> tuple[list[int], list[int]]:
    """Return which text files of a case contain a passage, and which files were not searched.

    Files are not searched if they are not UTF-8 text, are larger than 1 MiB, or cannot be opened. Raises the
    same errors as ``declarations.check``.
    """
    wanted, holding, unsearched = _folded(passage), [], []
    store = key_store.load(home, session)
    for file in queries_cases.attachments(session, number):
        seed = store.attachment_seed(file.id)
        text = _text(home, Found(file, seed)) if seed else None
        if text is None:
            unsearched.append(file.number)
        elif wanted and wanted in _folded(text):
            holding.append(file.number)
    return holding, unsearched


def _text(home: Home, found: Found) -> str | None:
    try:
        pieces = [*islice(attachments.pieces(home, found), _PIECES)]
        return b"".join(pieces).decode() if len(pieces) < _PIECES else None
    except (Refused, UnicodeDecodeError):
        return None


def _texts(session: Session, mapper: Any, number: int) -> Iterator[str]:
    """Yield each text in those rows of a table that belong to a case."""
    columns = [
        getattr(mapper.class_, name)
        for name, column in mapper.columns.items()
        if isinstance(column.type, String | LargeBinary) and name not in _OFFICERS
    ]
    if columns:
        belongs = mapper.class_.number if mapper.class_ is Case else mapper.class_.case
        for row in session.execute(select(*columns).where(belongs == number)):
            for value in row:
                yield from _in(value)


def _in(value: Any) -> Iterator[str]:
    if isinstance(value, bytes):
        try:
            value = json.loads(value)
        except ValueError:
            value = value.decode(errors="replace")
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for name, each in value.items():
            yield from [] if name in _OFFICERS else _in(each)
    elif isinstance(value, list):
        for each in value:
            yield from _in(each)


def _folded(text: str) -> str:
    return " ".join(names.words(text))
