"""The words of cases, for a search that knows neither case nor accents (SQLite FTS5)."""

from collections.abc import Iterable

from sqlalchemy.orm import Session

from inbox.casework import Words


def of(number: int, texts: Iterable[str]) -> Words:
    """Return the words of a new case."""
    return Words(case=number, text="\n".join(texts))


def add(session: Session, number: int, texts: Iterable[str]) -> None:
    """Let a case be found by these texts, too."""
    session.flush()
    row = session.get_one(Words, number)
    row.text = "\n".join([row.text, *texts])


def phrase(asked: str) -> str:
    """Return what FTS5 looks for: every word of ``asked``, none an operator; empty if there is no word."""
    return " ".join(
        '"' + word.replace('"', '""') + '"'
        for word in asked.replace("\0", " ").split()  # a text of SQLite ends there
        if any(map(str.isalnum, word))
    )
