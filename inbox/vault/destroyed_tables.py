"""The tables of what is left once a case is destroyed: nothing by which its report could be told."""

from datetime import date

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from inbox.vault.tables import Base


class DestroyedCase(Base):
    """A line of the list of what was destroyed; its number is not given to another case.

    ``rule`` is why it was to be destroyed; category and outcome are as coarse as the figures of a year.
    ``visa`` says by which list the archives agreed, empty if nobody had to ask them.
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
    """A list of what is to be destroyed, and the day and reference of the archives' visa once it has one.

    ``sha256`` (32 bytes) is that of its lines. On it stand ``unopened`` entries that became no case,
    collected up to the day ``unopened_to``.
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
    """An officer from whom a case was kept that is destroyed: what the journal says of it stays so."""

    __tablename__ = "past_exclusions"
    case: Mapped[int] = mapped_column(primary_key=True)
    officer: Mapped[str] = mapped_column(ForeignKey("officers.name"), primary_key=True)


class Tombstone(Base):
    """The hash of something by which what belongs to a destroyed case is known if it comes once more.

    No case is named beside it. ``key`` is the intake key of its time: with that it goes, for then nothing
    opens any more what was sealed in those days.
    """

    __tablename__ = "tombstones"
    value: Mapped[bytes] = mapped_column(primary_key=True)
    key: Mapped[bytes] = mapped_column(ForeignKey("intake_keys.id"))


class Leaving(Base):
    """What is still to be removed once rows are gone: a file by its path in the home, free pages as VAULT."""

    __tablename__ = "leavings"
    name: Mapped[str] = mapped_column(primary_key=True)


# Stands in ``leavings`` until the vault was written anew.
VAULT = "vault"
