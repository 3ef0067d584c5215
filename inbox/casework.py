"""The tables of what staff do with cases; days only, no times.

Every table with a column ``case`` is narrowed with the case itself (``vault``), and leaves with it.
"""

from dataclasses import asdict
from datetime import date

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from inbox import scoring
from inbox.schema import Base
from inbox.scoring import Parts


class Handling(Base):
    """The state of the work on a case: what it is about, how urgent, and what happened on which day.

    The six parts of the score go from 0 to 3; ``judged`` once an officer has set them. ``rank`` is that of
    the score. ``deadline`` is the next day on which something is due, None if nothing is.
    """

    __tablename__ = "handlings"
    # With all that the queue sorts and filters by: it never has to look at the rows that it leaves out.
    __table_args__ = (
        Index("handlings_by_rank", "is_open", "rank", "deadline", "category", "area"),
        Index("handlings_by_deadline", "is_open", "deadline", "rank", "category", "area"),
    )
    case: Mapped[int] = mapped_column(ForeignKey("cases.number"), primary_key=True)
    category: Mapped[str] = mapped_column(default="")
    area: Mapped[str] = mapped_column(default="")
    danger: Mapped[int] = mapped_column(default=0)
    immediacy: Mapped[int] = mapped_column(default=0)
    severity: Mapped[int] = mapped_column(default=0)
    verifiability: Mapped[int] = mapped_column(default=0)
    corroboration: Mapped[int] = mapped_column(default=0)
    access: Mapped[int] = mapped_column(default=0)
    rank: Mapped[int] = mapped_column(default=0)
    judged: Mapped[bool] = mapped_column(default=False)
    is_open: Mapped[bool] = mapped_column(default=True)
    deadline: Mapped[date | None] = mapped_column(default=None)
    first_act: Mapped[date | None] = mapped_column(default=None)
    acknowledged: Mapped[date | None] = mapped_column(default=None)
    closed: Mapped[date | None] = mapped_column(default=None)

    @property
    def parts(self) -> Parts:
        """The score."""
        return Parts(**{name: getattr(self, name) for name in scoring.NAMES})

    @parts.setter
    def parts(self, parts: Parts) -> None:
        for name, value in asdict(parts).items():
            setattr(self, name, value)
        self.rank = parts.rank


class Words(Base):
    """The words of a case for the full-text search, in a virtual table (FTS5), which the migration makes."""

    __tablename__ = "words"
    case: Mapped[int] = mapped_column("rowid", primary_key=True)
    text: Mapped[str]
