"""Full-text search in cases, regardless of upper case and accents (SQLite FTS5)."""

from collections.abc import Iterable

from sqlalchemy.orm import Session

from inbox.vault.casework_tables import Fulltext

# The number of characters in twenty messages of maximum length. Each addition rewrites all words of the case.
# Without the limit, thousands of long messages would therefore block the collection of a bundle for hours.
_MOST = 4_000_000


def of(number: int, texts: Iterable[str]) -> Fulltext:
    """Return the index entry of a case, with its first _MOST characters of text."""
    return Fulltext(case=number, text="\n".join(texts)[:_MOST])


def add(session: Session, number: int, texts: Iterable[str]) -> None:
    """Add texts to the index entry of a case, up to its limit of _MOST characters."""
    session.flush()
    row = session.get_one(Fulltext, number)
    if len(row.text) < _MOST:
        row.text = "\n".join([row.text, *texts])[:_MOST]


def phrase(asked: str) -> str:
    """Return an FTS5 query for all words of ``asked``, or "" if it has none.

    No word in the query acts as an operator.
    """
    return " ".join(
        '"' + word.replace('"', '""') + '"'
        for word in asked.replace("\0", " ").split()  # SQLite would end a text at a NUL.
        if any(map(str.isalnum, word))
    )


def in_a_row(words: Iterable[str]) -> str:
    """Return an FTS5 query for these words as a phrase. The words must consist of letters and digits only."""
    return f'"{" ".join(words)}"'
