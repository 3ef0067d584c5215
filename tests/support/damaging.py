"""Damage to the file of a SQLite database, as a failing disk causes it."""

from pathlib import Path

from portal.store.schema import metadata

_PAGE = 4_096
# The first pages are the roots of the tables and their indexes, which are read when a database is opened.
_ROOTS = 2 * len(metadata.tables)


def damage(file: Path) -> None:
    """Overwrite the second half of a database that nobody has open, but not the roots of its tables.

    The database must contain envelopes, and its write-ahead log must be empty.
    """
    content = file.read_bytes()
    kept = content[: max(_ROOTS * _PAGE, len(content) // 2 // _PAGE * _PAGE)]
    assert len(kept) < len(content)
    file.write_bytes(kept.ljust(len(content), b"\x2a"))
