"""The tables of casework. These tables store dates, never times.

If a table has a column ``case``, each row is hidden together with its case (``inbox.vault.row_security``),
and deleted together with its case. The same applies to a column ``other``, which names a second case.
"""

from dataclasses import asdict
from datetime import date
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, bindparam, or_
from sqlalchemy.orm import Mapped, mapped_column

from inbox.vault import score
from inbox.vault.score import Parts
from inbox.vault.tables import Base

# The letter for the source in an Admiralty rating.
SOURCE = "F"
# The route of a report that an intake bundle brought.
PORTAL = "portal"
# Columns by which the queue is filtered. These columns come last in each index that sorts the queue.
_FILTERED = ("category", "area", "junked", "assigned")


class Credibility(StrEnum):
    """The credibility of the information in a case, on the Admiralty scale. Labels are in labels.toml.

    Officers rate information, never a person, so the letter of the source is always F, “reliability cannot be
    judged”. The rating helps to plan an inquiry. The rating neither sorts the queue nor closes a case. The
    numbers range from 1 (confirmed by other sources) to 6 (cannot be judged).
    """

    CONFIRMED = "1"
    PROBABLE = "2"
    POSSIBLE = "3"
    DOUBTFUL = "4"
    IMPROBABLE = "5"
    UNJUDGED = "6"


class Workflow(Base):
    """The state of the work on a case: its subject, its urgency, and the dates of events.

    - The six parts of the score range from 0 to 3. ``judged`` is true once an officer has set the parts.
    - ``rank`` is the rank of the score. A case with a decision that cannot wait ranks before all others.
    - ``waits`` is true while the case is neither closed nor junk. Afterwards, it stays true for as long as a
      decision about the case is owed.
    - ``feared`` is true if an answer says that somebody is, or may be, in danger. Officers cannot change this
      value.
    - ``deadline`` is the next day on which something is due, or None.
    - ``route`` is how the report arrived.
    - ``source_risk`` is empty until an officer has assessed it.
    - ``credibility`` is the rating of the information.
    - ``feedback`` is true once a reply says what was done.
    - ``acknowledged`` and ``answered`` (feedback) are the days from which the reporter could read the reply.
      ``acknowledged_in`` and ``answered_in`` are the numbers of the first outboxes with that status.
    - ``extended`` is the day on which the time for feedback was extended.
    - ``outcome``, ``disclosure`` and ``withheld`` (the reason for withholding) are empty while the case is
      open.
    - ``first_closed`` and ``first_outcome`` are the day and the outcome of the first closing. Reopening the
      case does not change them.
    - ``put_off`` is true if the outcome is withheld only until the prosecutor has answered.
    - ``by_two`` is true once two officers have closed the case.
    - ``held`` is the day from which the case must be kept for a procedure.
    - ``quarantined`` is the day from which nobody may read the case.
    - ``junked`` is the day on which the case was marked as junk.
    - From ``archive_from`` on, the case is in the archive, which only two officers can open.
    """

    __tablename__ = "workflows"
    # These indexes contain all columns for sorting and filtering the queue. The database therefore reads only
    # the rows that match.
    __table_args__ = (
        Index("workflows_by_rank", "waits", "rank", "deadline", *_FILTERED),
        Index("workflows_by_deadline", "waits", "deadline", "rank", *_FILTERED),
        Index("workflows_by_officer", "assigned", "waits", "rank", "deadline", "category", "area", "junked"),
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
    waits: Mapped[bool] = mapped_column(default=True)
    deadline: Mapped[date | None] = mapped_column(default=None)
    first_act: Mapped[date | None] = mapped_column(default=None)
    acknowledged: Mapped[date | None] = mapped_column(default=None)
    acknowledged_in: Mapped[int | None] = mapped_column(ForeignKey("outboxes.n"), default=None)
    closed: Mapped[date | None] = mapped_column(default=None)
    first_closed: Mapped[date | None] = mapped_column(default=None)
    first_outcome: Mapped[str] = mapped_column(default="")
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
        """The priority of the score, from 1 (most urgent) to 4; 1 while a decision cannot wait."""
        return self.rank // score.RANKS

    @property
    def has_ended(self) -> bool:
        """Whether the case is closed or junk, even if a decision is still owed."""
        return self.closed is not None or self.junked is not None

    @property
    def has_feedback(self) -> bool:
        """Whether feedback was given, or waits for the next outbox."""
        return self.feedback or self.answered_in is not None

    @property
    def in_danger(self) -> bool:
        """Whether somebody is in danger, according to an answer or to an officer's assessment."""
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


# ``Workflow.in_danger`` as SQL. This expression must equal the expression in the indexes below, or SQLite
# ignores the indexes.
IN_DANGER = or_(
    Workflow.feared.is_(True), Workflow.danger == bindparam(None, score.HIGHEST, literal_execute=True)
)
for _name, *_first in (
    ("rank", Workflow.rank, Workflow.deadline),
    ("deadline", Workflow.deadline, Workflow.rank),
):
    Index(
        f"workflows_in_danger_by_{_name}",
        *(Workflow.waits, *_first, *(getattr(Workflow, each) for each in _FILTERED)),
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
    """The words of a case for full-text search, in a virtual table (FTS5) that a migration creates."""

    __tablename__ = "fulltext"
    case: Mapped[int] = mapped_column("rowid", primary_key=True)
    text: Mapped[str]


class Note(Base):
    """An officer's note for the other officers.

    Reporters never see notes of officers. ``by`` are the signed-in officers.
    """

    __tablename__ = "notes"
    case: Mapped[int] = mapped_column(ForeignKey("cases.number"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    by: Mapped[str]
    day: Mapped[date]
    text: Mapped[str]


class Unfinished(Base):
    """A draft: the fields of a form that an officer has begun to fill in, for that officer alone.

    ``case`` is None for a report that is not entered yet. ``fields`` are pairs of name and value, as JSON.

    Drafts are not journalled. Drafts are hidden and deleted together with their case.
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
    """A saved view of the queue, for one officer alone. ``asked`` contains the filters, as JSON.

    ``used`` is the day on which the officer saved or last used the view. Views are not journalled. Views
    belong to no case.
    """

    __tablename__ = "saved_views"
    officer: Mapped[str] = mapped_column(ForeignKey("officers.name"), primary_key=True)
    name: Mapped[str] = mapped_column(primary_key=True)
    used: Mapped[date]
    asked: Mapped[str]


class Tag(Base):
    """A tag that helps officers find a case again."""

    __tablename__ = "tags"
    __table_args__ = (Index("tags_by_name", "name", "case"),)
    case: Mapped[int] = mapped_column(ForeignKey("cases.number"), primary_key=True)
    name: Mapped[str] = mapped_column(primary_key=True)


class Measure(Base):
    """A measure that was taken in a case. ``degree`` is the group of a sanction, 1 to 4.

    ``day`` is the day of the measure itself, and ``recorded`` is the day on which officers recorded it.
    ``restrictions`` lists what a prosecutor does not want the office to do. ``sent`` is the text of the
    transmission if the law requires one. ``told`` is true if the reporter may learn of the measure, whatever
    else is disclosed.
    """

    __tablename__ = "measures"
    case: Mapped[int] = mapped_column(ForeignKey("cases.number"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str]
    day: Mapped[date]
    recorded: Mapped[date]
    addressee: Mapped[str] = mapped_column(default="")
    reference: Mapped[str] = mapped_column(default="")
    restrictions: Mapped[str] = mapped_column(default="")
    sent: Mapped[str] = mapped_column(default="")
    degree: Mapped[int | None] = mapped_column(default=None)
    told: Mapped[bool] = mapped_column(default=False)


class Duty(Base):
    """A legal duty to decide, such as whether to inform the prosecutor. The codes are those of the law.

    - ``known`` is the day from which the office knew that it had to decide.
    - ``decided`` is the day of the decision, or None before that day. Before the day in ``decided``,
      ``decision`` is empty or records that the decision was deferred.
    - ``urgent`` is the day from which the office knew of an imminent danger, or None.
    - ``ground`` is one of the grounds in the law, if the law has any. ``reason`` is in the officers' words.
    - ``reply`` is the position of a message to the reporter, or None. It is the last message on which a
      decision was based.
    - Some decisions are valid for one occasion only. ``spent`` is true once such a decision has been used.
      The next decision concerns the next occasion.
    - ``anew`` is true if news in the case reopened the duty. After such news, the time runs from the day of
      the news.
    - ``was_late`` is true if a decision or a deferral was ever late, and stays true if the duty is reopened.
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
    """A link that an officer recorded between two cases. Each of the two cases has a row."""

    __tablename__ = "links"
    case: Mapped[int] = mapped_column(ForeignKey("cases.number"), primary_key=True)
    other: Mapped[int] = mapped_column(ForeignKey("cases.number"), primary_key=True)
    kind: Mapped[str]
    since: Mapped[date]


class Dismissal(Base):
    """Two cases that an officer recorded as unrelated. Each of the two cases has a row."""

    __tablename__ = "dismissals"
    case: Mapped[int] = mapped_column(ForeignKey("cases.number"), primary_key=True)
    other: Mapped[int] = mapped_column(ForeignKey("cases.number"), primary_key=True)


class Term(Base):
    """A keyed hash of an entity in a case; the entity may link the case to other cases."""

    __tablename__ = "terms"
    __table_args__ = (Index("terms_by_value", "kind", "value", "case"), {"sqlite_with_rowid": False})
    case: Mapped[int] = mapped_column(ForeignKey("cases.number"), primary_key=True)
    kind: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[bytes] = mapped_column(primary_key=True)


class IndexKey(Base):
    """The only row: the key with which terms are hashed."""

    __tablename__ = "index_key"
    seed: Mapped[bytes]
    row: Mapped[int] = mapped_column(primary_key=True, default=1)


class Identity(Base):
    """The identity of the reporter of a case, as the reporter stated it, stored separately from the rest.

    ``consent`` is the day on which the reporter agreed that the identity may be passed on.
    """

    __tablename__ = "identities"
    case: Mapped[int] = mapped_column(ForeignKey("cases.number"), primary_key=True)
    day: Mapped[date]
    text: Mapped[str]
    consent: Mapped[date | None] = mapped_column(default=None)


class Disclosure(Base):
    """A disclosure from a case, with addressee and ground, in the ledger of loi 2016-1691, article 9."""

    __tablename__ = "disclosures"
    case: Mapped[int] = mapped_column(ForeignKey("cases.number"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    day: Mapped[date]
    by: Mapped[str]
    recipient: Mapped[str]
    what: Mapped[str]
    ground: Mapped[str]


class AccessRequest(Base):
    """An access request (GDPR, article 15).

    The row names no case, so destroying a case does not delete the row. ``names`` are the names that reports
    may use for the person, one on each line; empty once deleted. An answer may be sent from the ``earliest``
    day on, and is ``due`` on a later day. ``extended`` is the day on which the office extended the time, and
    ``because`` is the reason. ``answered`` is the day of the answer, and ``by`` names the officers who gave
    it. Only the cases record how the request was answered.
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
    """What is recorded about a case in an access request. The row is destroyed together with the case.

    - ``unopposed`` is the day on which the prosecutor raised no objection to an answer. ``reference`` says
      where the prosecutor's answer is recorded, and ``unopposed_by`` names the officers who recorded it.
    - ``given`` says whether the answer included the case; it is None before the answer. ``reason`` is the
      reason for leaving the case out of the answer, or for overriding a warning about the text.
    - ``same`` says whether a family name alone in the case means this person; it is None until officers
      decide.
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
    """The dated opinion of a staff body or of the data protection officer, which belongs to no case.

    A retracted opinion keeps its number and the day on which it was ``retracted``, but no text.
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
    """An officer's declaration that they have no conflict of interest, made before they first read a case."""

    __tablename__ = "declarations"
    case: Mapped[int] = mapped_column(ForeignKey("cases.number"), primary_key=True)
    officer: Mapped[str] = mapped_column(ForeignKey("officers.name"), primary_key=True)
    day: Mapped[date]


class Handler(Base):
    """An officer who may read a case.

    If a case has no handlers, all officers except excluded officers may read it.
    """

    __tablename__ = "handlers"
    case: Mapped[int] = mapped_column(ForeignKey("cases.number"), primary_key=True)
    officer: Mapped[str] = mapped_column(ForeignKey("officers.name"), primary_key=True)
    since: Mapped[date]


class ListedCase(Base):
    """A case that has not changed since it was put on a list for the archives."""

    __tablename__ = "listed_cases"
    case: Mapped[int] = mapped_column(ForeignKey("cases.number"), primary_key=True)
    list: Mapped[int] = mapped_column(ForeignKey("visa_lists.n"), primary_key=True)


class ArchiveOpening(Base):
    """An officer who, together with another officer, opened a case in the archive for one day."""

    __tablename__ = "archive_openings"
    case: Mapped[int] = mapped_column(ForeignKey("cases.number"), primary_key=True)
    officer: Mapped[str] = mapped_column(ForeignKey("officers.name"), primary_key=True)
    day: Mapped[date]


class Strike(Base):
    """A passage that was permanently redacted from a case. Only the place of the passage is kept."""

    __tablename__ = "strikes"
    case: Mapped[int] = mapped_column(ForeignKey("cases.number"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    day: Mapped[date]
    by: Mapped[str]
    place: Mapped[str]


class StruckText(Base):
    """The number of words in a text before its first redaction. This number is never shown.

    The number shows whether officers redact a text bit by bit until nothing is left.
    """

    __tablename__ = "struck_texts"
    case: Mapped[int] = mapped_column(ForeignKey("cases.number"), primary_key=True)
    place: Mapped[str] = mapped_column(primary_key=True)
    words: Mapped[int]


class Opening(Base):
    """A case that officers entered; ``told`` is the first outbox that announces the case to the portal."""

    __tablename__ = "openings"
    case: Mapped[int] = mapped_column(ForeignKey("cases.number"), primary_key=True)
    memo: Mapped[bytes]
    told: Mapped[int | None] = mapped_column(ForeignKey("outboxes.n"), default=None)


class Setting(Base):
    """A setting of this inbox that differs from the default."""

    __tablename__ = "settings"
    name: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[str]


class DayOff(Base):
    """A day on which this office does not work, in addition to weekends and public holidays."""

    __tablename__ = "days_off"
    day: Mapped[date] = mapped_column(primary_key=True)
