"""The words of cases, for a search that knows neither case nor accents (SQLite FTS5)."""

from collections.abc import Iterable

from sqlalchemy.orm import Session

from inbox.vault.casework_tables import Fulltext

# Of the longest letters more than sixty. Whatever is added, all words of the case are written anew: thousands
# of such letters would else hold up what came with them for hours.
_MOST = 4_000_000


def of(number: int, texts: Iterable[str]) -> Fulltext:
    """Return the words of a case, those that came first up to _MOST characters."""
    return Fulltext(case=number, text="\n".join(texts)[:_MOST])


def add(session: Session, number: int, texts: Iterable[str]) -> None:
    """Let a case be found by these texts, too, as long as there is room for them."""
    session.flush()
    row = session.get_one(Fulltext, number)
    if len(row.text) < _MOST:
        row.text = "\n".join([row.text, *texts])[:_MOST]


def phrase(asked: str) -> str:
    """Return what FTS5 looks for: every word of ``asked``, none an operator; empty if there is no word."""
    return " ".join(
        '"' + word.replace('"', '""') + '"'
        for word in asked.replace("\0", " ").split()  # a text of SQLite ends there
        if any(map(str.isalnum, word))
    )


def in_a_row(words: Iterable[str]) -> str:
    """Return what FTS5 looks for: these words in a row, each of letters and digits alone."""
    return f'"{" ".join(words)}"'
