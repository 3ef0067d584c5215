"""The tables of what staff do with cases; days only, no times.

Every table with a column ``case``, or ``other`` for a second one, is narrowed with the case itself
(``inbox.vault.row_security``), and leaves with it.
"""

from dataclasses import asdict
from datetime import date
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, bindparam, or_
from sqlalchemy.orm import Mapped, mapped_column

from inbox.vault import score
from inbox.vault.score import Parts
from inbox.vault.tables import Base

# The letter of the source in a rating.
SOURCE = "F"
# The route of a report that an intake bundle brought.
PORTAL = "portal"
# By which the queue is filtered: at the end of each index that sorts it.
_FILTERED = ("category", "area", "junked", "assigned")


class Credibility(StrEnum):
    """How far what a case says is borne out, by the Admiralty scale; labels in labels.toml.

    Information alone is rated, never a person: the letter of the source stays F, of whom nothing can be
    judged. The rating helps to plan an inquiry. It orders no queue and closes no case. These are the numbers
    of the scale, from what others confirm to what nobody can judge.
    """

    CONFIRMED = "1"
    PROBABLE = "2"
    POSSIBLE = "3"
    DOUBTFUL = "4"
    IMPROBABLE = "5"
    UNJUDGED = "6"


class Workflow(Base):
    """The state of the work on a case: what it is about, how urgent, and what happened on which day.

    The six parts of the score go from 0 to 3; ``judged`` once an officer has set them. ``rank`` is that
    of the score, or before all others while a decision about it cannot wait. It ``is_open`` while it is
    neither closed nor junk. ``feared`` if an answer says, or fears, that somebody is in danger: no officer
    changes that. ``deadline`` is the next day on which something is due, None if nothing is.
    ``route`` is how the report came, ``source_risk`` empty until it was assessed, ``credibility`` that of
    what the case says. ``feedback`` once an answer says what was done. It was ``acknowledged`` and
    ``answered``, which is feedback, on the day from which the reporter could read so; ``acknowledged_in``
    and ``answered_in`` are the numbers of the outboxes that said so first. ``extended`` is the day of a
    longer time for feedback. ``outcome``, ``disclosure`` and ``withheld``, the reason why something is,
    are empty while the case is open. ``put_off`` if the outcome is withheld only until the prosecutor's word
    comes. ``by_two`` once two officers have closed it. ``held`` is the day from which it must be kept for a
    procedure, ``quarantined`` that from which nobody reads it, ``junked`` that on which it was found to be
    junk. From ``archive_from`` on it is in the archive, which two open.
    """

    __tablename__ = "workflows"
    # With all that the queue sorts and filters by: it never has to look at the rows that it leaves out.
    __table_args__ = (
        Index("workflows_by_rank", "is_open", "rank", "deadline", *_FILTERED),
        Index("workflows_by_deadline", "is_open", "deadline", "rank", *_FILTERED),
        Index(
            "workflows_by_officer", "assigned", "is_open", "rank", "deadline", "category", "area", "junked"
        ),
    )
    case: Mapped[int] = mapped_column(ForeignKey("cases.number"), primary_key=True)
    category: Mapped[str] = mapped_column(default="")
    area: Mapped[str] = mapped_column(default="")
    danger: Mapped[int] = mapped_column(default=0)
    feared: Mapped[bool] = mapped_column(default=False)
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
    acknowledged_in: Mapped[int | None] = mapped_column(ForeignKey("outboxes.n"), default=None)
    closed: Mapped[date | None] = mapped_column(default=None)
    route: Mapped[str] = mapped_column(default=PORTAL)
    assigned: Mapped[str | None] = mapped_column(ForeignKey("officers.name"), default=None)
    source_risk: Mapped[str] = mapped_column(default="")
    credibility: Mapped[str] = mapped_column(default=Credibility.UNJUDGED)
    feedback: Mapped[bool] = mapped_column(default=False)
    answered: Mapped[date | None] = mapped_column(default=None)
    answered_in: Mapped[int | None] = mapped_column(ForeignKey("outboxes.n"), default=None)
    extended: Mapped[date | None] = mapped_column(default=None)
    outcome: Mapped[str] = mapped_column(default="")
    disclosure: Mapped[str] = mapped_column(default="")
    withheld: Mapped[str] = mapped_column(default="")
    by_two: Mapped[bool] = mapped_column(default=False)
    put_off: Mapped[bool] = mapped_column(default=False)
    held: Mapped[date | None] = mapped_column(default=None)
    quarantined: Mapped[date | None] = mapped_column(default=None)
    junked: Mapped[date | None] = mapped_column(default=None)
    archive_from: Mapped[date | None] = mapped_column(default=None)

    @property
    def priority(self) -> int:
        """From 1, which cannot wait, to 4: that of the score, or 1 while a decision about it cannot wait."""
        return self.rank // score.RANKS

    @property
    def in_danger(self) -> bool:
        """Whether an answer says, or fears, that somebody is in danger, or an officer judged so."""
        return self.feared or self.danger == score.HIGHEST

    @property
    def parts(self) -> Parts:
        """The score."""
        return Parts(**{name: getattr(self, name) for name in score.NAMES})

    @parts.setter
    def parts(self, parts: Parts) -> None:
        for name, value in asdict(parts).items():
            setattr(self, name, value)
        self.rank = parts.rank


# ``Workflow.in_danger``, in the words in which the indexes below have it: by others they would not be found.
IN_DANGER = or_(
    Workflow.feared.is_(True), Workflow.danger == bindparam(None, score.HIGHEST, literal_execute=True)
)
for _name, *_first in (
    ("rank", Workflow.rank, Workflow.deadline),
    ("deadline", Workflow.deadline, Workflow.rank),
):
    Index(
        f"workflows_in_danger_by_{_name}",
        *(Workflow.is_open, *_first, *(getattr(Workflow, each) for each in _FILTERED)),
        sqlite_where=IN_DANGER,
    )
Index("workflows_in_quarantine", Workflow.quarantined, sqlite_where=Workflow.quarantined.is_not(None))
Index(
    "workflows_in_archive",
    Workflow.archive_from,
    Workflow.case,
    sqlite_where=Workflow.archive_from.is_not(None),
)


class Fulltext(Base):
    """The words of a case for the full-text search, in a virtual table (FTS5), which the migration makes."""

    __tablename__ = "fulltext"
    case: Mapped[int] = mapped_column("rowid", primary_key=True)
    text: Mapped[str]


class Note(Base):
    """What an officer notes for the others; no reporter ever sees it. ``by`` are the officers present."""

    __tablename__ = "notes"
    case: Mapped[int] = mapped_column(ForeignKey("cases.number"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    by: Mapped[str]
    day: Mapped[date]
    text: Mapped[str]


class Unfinished(Base):
    """What an officer has begun to write: the fields of a form, for that officer alone.

    A report that is not entered yet has no ``case``. ``fields`` are pairs of name and value, as JSON.

    It is not journalled, is narrowed with its case, and leaves with it.
    """

    __tablename__ = "unfinished"
    __table_args__ = (Index("unfinished_of_officer", "officer", "case"),)
    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    officer: Mapped[str] = mapped_column(ForeignKey("officers.name"))
    case: Mapped[int | None] = mapped_column(ForeignKey("cases.number"))
    form: Mapped[str]
    day: Mapped[date]
    fields: Mapped[str]


class SavedView(Base):
    """A view of the queue that an officer keeps: what is ``asked`` for, as JSON; for that officer alone.

    ``used`` is the day on which it was kept, or used last. It is not journalled, and no case has part in it.
    """

    __tablename__ = "saved_views"
    officer: Mapped[str] = mapped_column(ForeignKey("officers.name"), primary_key=True)
    name: Mapped[str] = mapped_column(primary_key=True)
    used: Mapped[date]
    asked: Mapped[str]


class Tag(Base):
    """A word by which officers find a case again."""

    __tablename__ = "tags"
    __table_args__ = (Index("tags_by_name", "name", "case"),)
    case: Mapped[int] = mapped_column(ForeignKey("cases.number"), primary_key=True)
    name: Mapped[str] = mapped_column(primary_key=True)


class Measure(Base):
    """What was done about a case, on which day; ``degree`` is the group of a sanction, 1 to 4.

    ``restrictions`` are what a prosecutor does not want done, or how. ``sent`` is the text that went, where
    the law asks for it. ``told`` if the author may read of it, whatever else is disclosed.
    """

    __tablename__ = "measures"
    case: Mapped[int] = mapped_column(ForeignKey("cases.number"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str]
    day: Mapped[date]
    addressee: Mapped[str] = mapped_column(default="")
    reference: Mapped[str] = mapped_column(default="")
    restrictions: Mapped[str] = mapped_column(default="")
    sent: Mapped[str] = mapped_column(default="")
    degree: Mapped[int | None] = mapped_column(default=None)
    told: Mapped[bool] = mapped_column(default=False)


class Duty(Base):
    """A decision that the law asks for, by the codes of the law: such as to tell the prosecutor.

    It is ``known`` from a day on that there is something to decide. ``decided`` is None until that is done;
    ``decision`` is then still empty, or says that it was put off. It is ``urgent`` from the day on which it
    is known that somebody or something is in imminent danger, None if nobody is known to be. ``ground`` is
    one of those of the law, if it gives any, ``reason`` what officers say of it. ``reply`` is the position of
    the last message to the reporter on which a decision about it was founded, None if none was. One that is
    asked each time anew is ``spent`` once that is done: what is decided afterwards is about the next time.
    One that news of the case reopened is asked ``anew``: its time runs from the day on which they were known.
    It ``was_late`` if it was decided, or put off, after its day once: to ask it anew does not undo that.
    """

    __tablename__ = "duties"
    case: Mapped[int] = mapped_column(ForeignKey("cases.number"), primary_key=True)
    kind: Mapped[str] = mapped_column(primary_key=True)
    known: Mapped[date]
    due: Mapped[date]
    decided: Mapped[date | None] = mapped_column(default=None)
    decision: Mapped[str] = mapped_column(default="")
    urgent: Mapped[date | None] = mapped_column(default=None)
    ground: Mapped[str] = mapped_column(default="")
    reason: Mapped[str] = mapped_column(default="")
    reply: Mapped[int | None] = mapped_column(default=None)
    spent: Mapped[bool] = mapped_column(default=False)
    anew: Mapped[bool] = mapped_column(default=False)
    was_late: Mapped[bool] = mapped_column(default=False)


Index("duties_undecided", Duty.kind, Duty.case, sqlite_where=Duty.decided.is_(None))


class Link(Base):
    """One case that has to do with another, as an officer said; it stands once for each of the two."""

    __tablename__ = "links"
    case: Mapped[int] = mapped_column(ForeignKey("cases.number"), primary_key=True)
    other: Mapped[int] = mapped_column(ForeignKey("cases.number"), primary_key=True)
    kind: Mapped[str]
    since: Mapped[date]


class Dismissal(Base):
    """Two cases of which an officer said that they have nothing to do with one another; once for each."""

    __tablename__ = "dismissals"
    case: Mapped[int] = mapped_column(ForeignKey("cases.number"), primary_key=True)
    other: Mapped[int] = mapped_column(ForeignKey("cases.number"), primary_key=True)


class Term(Base):
    """Something in a case by which it may have to do with others, as a keyed hash."""

    __tablename__ = "terms"
    __table_args__ = (Index("terms_by_value", "kind", "value", "case"), {"sqlite_with_rowid": False})
    case: Mapped[int] = mapped_column(ForeignKey("cases.number"), primary_key=True)
    kind: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[bytes] = mapped_column(primary_key=True)


class IndexKey(Base):
    """The one row with the key under which terms are hashed."""

    __tablename__ = "index_key"
    seed: Mapped[bytes]
    row: Mapped[int] = mapped_column(primary_key=True, default=1)


class Identity(Base):
    """Who the author of a case is, by the author's own word; kept apart from all else.

    ``consent`` is the day on which the author allowed that it be passed on.
    """

    __tablename__ = "identities"
    case: Mapped[int] = mapped_column(ForeignKey("cases.number"), primary_key=True)
    day: Mapped[date]
    text: Mapped[str]
    consent: Mapped[date | None] = mapped_column(default=None)


class Disclosure(Base):
    """To whom something of a case was given, on which ground; the ledger of article 9 of loi 2016-1691."""

    __tablename__ = "disclosures"
    case: Mapped[int] = mapped_column(ForeignKey("cases.number"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    day: Mapped[date]
    by: Mapped[str]
    recipient: Mapped[str]
    what: Mapped[str]
    ground: Mapped[str]


class AccessRequest(Base):
    """A request for access (GDPR, article 15); it names no case, and is not destroyed with any.

    ``names`` are those by which reports may mean the person, one on each line; empty once they are deleted.
    An answer may leave from the ``earliest`` day on, and is ``due`` on a later one.
    ``extended`` is the day on which more time was taken, ``because`` the reason for it, and ``answered`` the
    day of the answer, given ``by`` these officers. Only the cases say how it was answered.
    """

    __tablename__ = "access_requests"
    n: Mapped[int] = mapped_column(primary_key=True)
    received: Mapped[date]
    way: Mapped[str]
    names: Mapped[str]
    earliest: Mapped[date]
    due: Mapped[date]
    extended: Mapped[date | None] = mapped_column(default=None)
    because: Mapped[str] = mapped_column(default="")
    answered: Mapped[date | None] = mapped_column(default=None)
    by: Mapped[str] = mapped_column(default="")


class AccessCase(Base):
    """What is recorded of a case and a request for access; it is destroyed with the case.

    ``unopposed`` is the day on which the prosecutor did not object to an answer, ``reference`` where that is
    recorded, ``unopposed_by`` which officers recorded it. ``given`` says whether the answer told of the case,
    None while there is none; ``reason`` why it did not, or why a warning about its text was set aside.
    ``same`` says whether a family name that stands alone in the case is that of the person, None while nobody
    has said so.
    """

    __tablename__ = "access_cases"
    case: Mapped[int] = mapped_column(ForeignKey("cases.number"), primary_key=True)
    request: Mapped[int] = mapped_column(ForeignKey("access_requests.n"), primary_key=True)
    unopposed: Mapped[date | None] = mapped_column(default=None)
    reference: Mapped[str] = mapped_column(default="")
    unopposed_by: Mapped[str] = mapped_column(default="")
    given: Mapped[bool | None] = mapped_column(default=None)
    reason: Mapped[str] = mapped_column(default="")
    same: Mapped[bool | None] = mapped_column(default=None)


class Consultation(Base):
    """What a body of the staff or the data protection officer said on a day; it is of the office, of no case.

    One that was recorded by mistake keeps its number and the day on which it was ``retracted``, and no text.
    """

    __tablename__ = "consultations"
    n: Mapped[int] = mapped_column(primary_key=True)
    day: Mapped[date]
    body: Mapped[str]
    subject: Mapped[str]
    opinion: Mapped[str]
    reference: Mapped[str] = mapped_column(default="")
    retracted: Mapped[date | None] = mapped_column(default=None)


class Declaration(Base):
    """An officer's word, before the first reading, of having no interest in a case."""

    __tablename__ = "declarations"
    case: Mapped[int] = mapped_column(ForeignKey("cases.number"), primary_key=True)
    officer: Mapped[str] = mapped_column(ForeignKey("officers.name"), primary_key=True)
    day: Mapped[date]


class Handler(Base):
    """An officer who may read a case; where there is none of a case, all may who are not excluded."""

    __tablename__ = "handlers"
    case: Mapped[int] = mapped_column(ForeignKey("cases.number"), primary_key=True)
    officer: Mapped[str] = mapped_column(ForeignKey("officers.name"), primary_key=True)
    since: Mapped[date]


class ListedCase(Base):
    """A case that is still as it was when it stood on a list for the archives."""

    __tablename__ = "listed_cases"
    case: Mapped[int] = mapped_column(ForeignKey("cases.number"), primary_key=True)
    list: Mapped[int] = mapped_column(ForeignKey("visa_lists.n"), primary_key=True)


class ArchiveOpening(Base):
    """An officer for whom, together with another, a case was opened that is in the archive, for one day."""

    __tablename__ = "archive_openings"
    case: Mapped[int] = mapped_column(ForeignKey("cases.number"), primary_key=True)
    officer: Mapped[str] = mapped_column(ForeignKey("officers.name"), primary_key=True)
    day: Mapped[date]


class Strike(Base):
    """A passage that was taken out of a case for good; of it nothing is kept but where it stood."""

    __tablename__ = "strikes"
    case: Mapped[int] = mapped_column(ForeignKey("cases.number"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    day: Mapped[date]
    by: Mapped[str]
    place: Mapped[str]


class StruckText(Base):
    """How many words a text had before the first of its passages was taken out; never shown.

    Without it nobody could tell that a text goes bit by bit.
    """

    __tablename__ = "struck_texts"
    case: Mapped[int] = mapped_column(ForeignKey("cases.number"), primary_key=True)
    place: Mapped[str] = mapped_column(primary_key=True)
    words: Mapped[int]


class Opening(Base):
    """What the portal has to learn of a case that officers entered; ``told`` is the outbox that first did."""

    __tablename__ = "openings"
    case: Mapped[int] = mapped_column(ForeignKey("cases.number"), primary_key=True)
    memo: Mapped[bytes]
    told: Mapped[int | None] = mapped_column(ForeignKey("outboxes.n"), default=None)


class Setting(Base):
    """How this inbox works, where it does not as the program would by itself."""

    __tablename__ = "settings"
    name: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[str]


class DayOff(Base):
    """A day on which this office does not work, beside weekends and public holidays."""

    __tablename__ = "days_off"
    day: Mapped[date] = mapped_column(primary_key=True)
