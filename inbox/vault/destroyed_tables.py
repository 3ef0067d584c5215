"""The tables of data that remain after a case is destroyed. These tables reveal nothing about the report.

The tables of the annual figures are here, too: no row of them names a case.
"""

from datetime import date

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from inbox.vault.tables import Base


class DestroyedCase(Base):
    """A line of the list of destroyed cases. The number of a destroyed case is never given to another case.

    ``rule`` is the reason for the destruction. Category and outcome are as coarse as the annual figures.
    ``visa`` names the list that the archives approved, and is empty if no approval was needed.
    """

    __tablename__ = "destroyed_cases"
    n: Mapped[int] = mapped_column(primary_key=True, init=False)
    case: Mapped[int] = mapped_column(unique=True)
    day: Mapped[date]
    by: Mapped[str]
    rule: Mapped[str]
    received: Mapped[date]
    closed: Mapped[date | None]
    category: Mapped[str]
    outcome: Mapped[str]
    visa: Mapped[str] = mapped_column(default="")


class VisaList(Base):
    """A list of data to destroy, with the day and reference of the archives' approval once it is given.

    ``sha256`` (32 bytes) is the hash of the list's lines. ``unopened`` is the number of entries on the list
    that did not become a case. These entries were collected up to the day ``unopened_to``.
    """

    __tablename__ = "visa_lists"
    n: Mapped[int] = mapped_column(primary_key=True)
    made: Mapped[date]
    sha256: Mapped[bytes]
    unopened: Mapped[int] = mapped_column(default=0)
    unopened_to: Mapped[date | None] = mapped_column(default=None)
    visa: Mapped[date | None] = mapped_column(default=None)
    reference: Mapped[str] = mapped_column(default="")


class PastExclusion(Base):
    """An officer's exclusion from a destroyed case: its journal entries stay hidden from the officer."""

    __tablename__ = "past_exclusions"
    case: Mapped[int] = mapped_column(primary_key=True)
    officer: Mapped[str] = mapped_column(ForeignKey("officers.name"), primary_key=True)


class Tombstone(Base):
    """A hash by which a late message to a destroyed case is recognised. The hash does not name the case.

    ``key`` is the intake key that was in use when the report arrived. The tombstone is deleted together with
    the key, because late messages from that time can then no longer be opened.
    """

    __tablename__ = "tombstones"
    value: Mapped[bytes] = mapped_column(primary_key=True)
    key: Mapped[bytes] = mapped_column(ForeignKey("intake_keys.id"))


class PublicationPlan(Base):
    """An adopted plan of publication: its file, the SHA-256 of the file (32 bytes), and the day."""

    __tablename__ = "publication_plans"
    first_year: Mapped[int] = mapped_column(primary_key=True)
    raw: Mapped[bytes]
    sha256: Mapped[bytes]
    adopted: Mapped[date]


class Counted(Base):
    """How many events of a year a cell counts; a cell that counts none has no row.

    Before the edition of the year is made, the rows count only destroyed cases. All other cases are still
    there to be counted. If few cases were destroyed, such rows describe these cases by their codes. With the
    edition, the rows become the exact figures of the year and never change again.
    """

    __tablename__ = "counted"
    year: Mapped[int] = mapped_column(primary_key=True)
    cell: Mapped[str] = mapped_column(primary_key=True)
    n: Mapped[int]


class Edition(Base):
    """The published figures of a year: their file, its certificate, and the day on which they were made."""

    __tablename__ = "editions"
    year: Mapped[int] = mapped_column(primary_key=True)
    made: Mapped[date]
    figures: Mapped[bytes]
    certificate: Mapped[bytes]


class Leaving(Base):
    """Data to remove after rows were deleted: a file by its path in the home, or VAULT for free pages."""

    __tablename__ = "leavings"
    name: Mapped[str] = mapped_column(primary_key=True)


# This path is in ``leavings`` until the vault has been rebuilt.
VAULT = "vault"
