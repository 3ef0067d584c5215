"""The tables of what staff do with cases; days only, no times.

Every table with a column ``case`` is narrowed with the case itself (``vault``), and leaves with it.
"""

from datetime import date

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from inbox.schema import Base

# How many ranks each priority has.
RANKS = 100


class Handling(Base):
    """The state of the work on a case: what it is about, how urgent, whose, and what happened on which day.

    The six parts of the score go from 0 to 3; ``judged`` once an officer has set them. ``rank`` sorts by
    priority, then by score. ``deadline`` is the next day on which something is due, None if nothing is.
    ``came_by`` is the way in: portal, telephone, letter, meeting. ``held`` is why the case must not be
    destroyed, ``withheld`` why its author is not told.
    """

    __tablename__ = "handlings"
    # With all that the queue sorts and filters by: it never has to look at the rows that it leaves out.
    __table_args__ = (
        Index("handlings_by_rank", "is_open", "rank", "deadline", "category", "area", "officer"),
        Index("handlings_by_deadline", "is_open", "deadline", "rank", "category", "area", "officer"),
    )
    case: Mapped[int] = mapped_column(ForeignKey("cases.number"), primary_key=True)
    came_by: Mapped[str] = mapped_column(default="portal")
    path: Mapped[str] = mapped_column(default="")
    category: Mapped[str] = mapped_column(default="")
    area: Mapped[str] = mapped_column(default="")
    danger: Mapped[int] = mapped_column(default=0)
    immediacy: Mapped[int] = mapped_column(default=0)
    severity: Mapped[int] = mapped_column(default=0)
    verifiability: Mapped[int] = mapped_column(default=0)
    corroboration: Mapped[int] = mapped_column(default=0)
    access: Mapped[int] = mapped_column(default=0)
    score: Mapped[int] = mapped_column(default=0)
    rank: Mapped[int] = mapped_column(default=0)
    judged: Mapped[bool] = mapped_column(default=False)
    credibility: Mapped[int | None] = mapped_column(default=None)
    source_risk: Mapped[str] = mapped_column(default="")
    officer: Mapped[str | None] = mapped_column(ForeignKey("officers.name"), default=None)
    is_open: Mapped[bool] = mapped_column(default=True)
    deadline: Mapped[date | None] = mapped_column(default=None)
    first_act: Mapped[date | None] = mapped_column(default=None)
    acknowledged: Mapped[date | None] = mapped_column(default=None)
    extended: Mapped[date | None] = mapped_column(default=None)
    answered: Mapped[date | None] = mapped_column(default=None)
    closed: Mapped[date | None] = mapped_column(default=None)
    outcome: Mapped[str] = mapped_column(default="")
    disclosure: Mapped[str] = mapped_column(default="")
    withheld: Mapped[str] = mapped_column(default="")
    rejected: Mapped[date | None] = mapped_column(default=None)
    held: Mapped[str] = mapped_column(default="")
    quarantined: Mapped[date | None] = mapped_column(default=None)

    @property
    def priority(self) -> int:
        """From 1, which cannot wait, to 4."""
        return self.rank // RANKS


class Note(Base):
    """What an officer wrote about a case, for the others alone."""

    __tablename__ = "notes"
    case: Mapped[int] = mapped_column(ForeignKey("cases.number"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    day: Mapped[date]
    officer: Mapped[str]
    text: Mapped[str]


class Tag(Base):
    """A word by which officers find cases again."""

    __tablename__ = "tags"
    case: Mapped[int] = mapped_column(ForeignKey("cases.number"), primary_key=True)
    name: Mapped[str] = mapped_column(primary_key=True, index=True)


class Measure(Base):
    """Something that was done because of a case, such as a transmission to the prosecutor."""

    __tablename__ = "measures"
    case: Mapped[int] = mapped_column(ForeignKey("cases.number"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str]
    day: Mapped[date]
    authority: Mapped[str] = mapped_column(default="")
    reference: Mapped[str] = mapped_column(default="")


class Duty(Base):
    """Something that the law wants decided: what, until when, and once it is, how and why."""

    __tablename__ = "duties"
    case: Mapped[int] = mapped_column(ForeignKey("cases.number"), primary_key=True)
    kind: Mapped[str] = mapped_column(primary_key=True)
    since: Mapped[date]
    due: Mapped[date]
    decided: Mapped[date | None] = mapped_column(default=None)
    decision: Mapped[str] = mapped_column(default="")
    reason: Mapped[str] = mapped_column(default="")


class Link(Base):
    """Two cases that may belong together: ``reason`` is what both have, ``state`` what officers say of it."""

    __tablename__ = "links"
    case: Mapped[int] = mapped_column(ForeignKey("cases.number"), primary_key=True)
    other: Mapped[int] = mapped_column(ForeignKey("cases.number"), primary_key=True, index=True)
    kind: Mapped[str]
    reason: Mapped[str]
    state: Mapped[str]
    since: Mapped[date]


class Term(Base):
    """A thing that a case names, as a keyed hash: the same thing in two cases has the same one."""

    __tablename__ = "terms"
    __table_args__ = (Index("terms_by_digest", "digest"),)
    case: Mapped[int] = mapped_column(ForeignKey("cases.number"), primary_key=True)
    kind: Mapped[str] = mapped_column(primary_key=True)
    digest: Mapped[bytes] = mapped_column(primary_key=True)


class Words(Base):
    """The words of a case for the full-text search, in a virtual table (FTS5), which the migration makes."""

    __tablename__ = "words"
    case: Mapped[int] = mapped_column("rowid", primary_key=True)
    text: Mapped[str]


class Identity(Base):
    """Who the author is, if the author said so: kept apart, with what was consented to (Sapin II, art. 9)."""

    __tablename__ = "identities"
    case: Mapped[int] = mapped_column(ForeignKey("cases.number"), primary_key=True)
    since: Mapped[date]
    text: Mapped[str]
    consent: Mapped[str] = mapped_column(default="")


class Disclosure(Base):
    """To whom something of a case was given, and on what ground."""

    __tablename__ = "disclosures"
    case: Mapped[int] = mapped_column(ForeignKey("cases.number"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    day: Mapped[date]
    recipient: Mapped[str]
    what: Mapped[str]
    ground: Mapped[str]


class Declaration(Base):
    """An officer's word that nothing ties that one to a case, given before it was read (T-05)."""

    __tablename__ = "declarations"
    case: Mapped[int] = mapped_column(ForeignKey("cases.number"), primary_key=True)
    officer: Mapped[str] = mapped_column(ForeignKey("officers.name"), primary_key=True)
    day: Mapped[date]


class Elimination(Base):
    """A case that is gone, for the list that archives ask for (code du patrimoine): no text, no person."""

    __tablename__ = "eliminations"
    number: Mapped[int] = mapped_column(primary_key=True)
    category: Mapped[str]
    received: Mapped[int]
    closed: Mapped[int | None]
    outcome: Mapped[str]
    day: Mapped[date]


class DayOff(Base):
    """A day on which the office does not work, beside the public holidays."""

    __tablename__ = "days_off"
    day: Mapped[date] = mapped_column(primary_key=True)
