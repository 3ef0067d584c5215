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
    """The state of the work on a case: what it is about, how urgent, and what happened on which day.

    The six parts of the score go from 0 to 3; ``judged`` once an officer has set them. ``rank`` sorts by
    priority, then by score. ``deadline`` is the next day on which something is due, None if nothing is.
    """

    __tablename__ = "handlings"
    # With all that the queue sorts and filters by: it never has to look at the rows that it leaves out.
    __table_args__ = (
        Index("handlings_by_rank", "is_open", "rank", "deadline", "category", "area"),
        Index("handlings_by_deadline", "is_open", "deadline", "rank", "category", "area"),
    )
    case: Mapped[int] = mapped_column(ForeignKey("cases.number"), primary_key=True)
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
    source_risk: Mapped[str] = mapped_column(default="")
    is_open: Mapped[bool] = mapped_column(default=True)
    deadline: Mapped[date | None] = mapped_column(default=None)
    first_act: Mapped[date | None] = mapped_column(default=None)
    acknowledged: Mapped[date | None] = mapped_column(default=None)
    closed: Mapped[date | None] = mapped_column(default=None)

    @property
    def priority(self) -> int:
        """From 1, which cannot wait, to 4."""
        return self.rank // RANKS


class Words(Base):
    """The words of a case for the full-text search, in a virtual table (FTS5), which the migration makes."""

    __tablename__ = "words"
    case: Mapped[int] = mapped_column("rowid", primary_key=True)
    text: Mapped[str]
