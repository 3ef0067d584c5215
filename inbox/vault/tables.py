"""The tables of the vault. These tables store dates, never times."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from sqlalchemy import ForeignKey, ForeignKeyConstraint, Index, UniqueConstraint
from sqlalchemy.orm import DeclarativeBase, Mapped, MappedAsDataclass, mapped_column


class Base(MappedAsDataclass, DeclarativeBase, kw_only=True, repr=False, eq=False):
    """A row. ``repr`` does not show the values of a row, because most rows contain a secret or a report."""


class Office(Base):
    """The only row: the office that this inbox belongs to.

    Only the root's inbox has a ``root_seed``. The first journal entry follows ``journal_genesis``.
    ``card_until`` is the last day of the keys on the newest card.
    """

    __tablename__ = "office"
    deployment: Mapped[bytes]
    name: Mapped[str]
    root_key: Mapped[bytes]
    journal_genesis: Mapped[bytes]
    journal_seed: Mapped[bytes]
    card_seed: Mapped[bytes]
    channel: Mapped[str]
    name_fr: Mapped[str]
    name_en: Mapped[str]
    note_fr: Mapped[str]
    note_en: Mapped[str]
    questionnaire: Mapped[bytes] = mapped_column(ForeignKey("questionnaires.hash"))
    law: Mapped[bytes] = mapped_column(ForeignKey("laws.hash"))
    answer_days: Mapped[int]
    root_seed: Mapped[bytes | None] = mapped_column(default=None)
    card_serial: Mapped[int] = mapped_column(default=0)
    card_until: Mapped[date | None] = mapped_column(default=None)
    row: Mapped[int] = mapped_column(primary_key=True, default=1)

    def called(self, language: str) -> str:
        """Return the name of the office in French ("fr"), or in English for another language."""
        return self.name_fr if language == "fr" else self.name_en


class KeyStoreKey(Base):
    """The only row: the key that opens the key store, with its generation."""

    __tablename__ = "key_store"
    generation: Mapped[int]
    seed: Mapped[bytes]
    row: Mapped[int] = mapped_column(primary_key=True, default=1)


class QuestionnaireFile(Base):
    """A questionnaire that is or was in use. The file contains the labels of the answers."""

    __tablename__ = "questionnaires"
    __table_args__ = (UniqueConstraint("id", "version"),)
    hash: Mapped[bytes] = mapped_column(primary_key=True)
    id: Mapped[str]
    version: Mapped[int]
    raw: Mapped[bytes]


class LawFolder(Base):
    """A law that is or was in use. The SHA-256 of a law's folder also names this folder in the home."""

    __tablename__ = "laws"
    hash: Mapped[bytes] = mapped_column(primary_key=True)


class IntakeKey(Base):
    """The public half of an intake key. The seed is in the key store, where it can be destroyed.

    ``generation`` is the first generation of the key store with the seed. A ``withdrawn`` key is no longer
    offered.
    """

    __tablename__ = "intake_keys"
    id: Mapped[bytes] = mapped_column(primary_key=True)
    recipient: Mapped[str]
    not_before: Mapped[date]
    not_after: Mapped[date]
    generation: Mapped[int]
    withdrawn: Mapped[date | None] = mapped_column(default=None)
    destroyed: Mapped[date | None] = mapped_column(default=None)


class ReplyKey(Base):
    """A key that signs slots and outboxes. The seed is None once it has been destroyed.

    Signatures of a ``withdrawn`` key are not trusted.
    """

    __tablename__ = "reply_keys"
    id: Mapped[bytes] = mapped_column(primary_key=True)
    key: Mapped[bytes]
    seed: Mapped[bytes | None]
    not_before: Mapped[date]
    not_after: Mapped[date]
    withdrawn: Mapped[date | None] = mapped_column(default=None)
    destroyed: Mapped[date | None] = mapped_column(default=None)


class KeyringFile(Base):
    """An issued keyring. It is kept to show which keyring a reporter saw."""

    __tablename__ = "keyrings"
    serial: Mapped[int] = mapped_column(primary_key=True)
    valid_until: Mapped[date]
    hash: Mapped[bytes]
    raw: Mapped[bytes]
    signature: Mapped[bytes]


class ShownKeyring(Base):
    """A keyring of the root, as described by the first report that names it.

    An external body learns of the keyring only from reports.
    """

    __tablename__ = "shown_keyrings"
    serial: Mapped[int] = mapped_column(primary_key=True)
    hash: Mapped[bytes]


class Instance(Base):
    """An instance key that an officer accepted. The key with the highest position is the portal's."""

    __tablename__ = "instances"
    key: Mapped[bytes] = mapped_column(primary_key=True)
    position: Mapped[int] = mapped_column(unique=True)


class IntakeBundle(Base):
    """An intake bundle that was collected. ``outbox`` is the first outbox that acknowledged the bundle."""

    __tablename__ = "intakes"
    instance: Mapped[bytes] = mapped_column(ForeignKey("instances.key"), primary_key=True)
    n: Mapped[int] = mapped_column(primary_key=True)
    hash: Mapped[bytes]
    exported: Mapped[date]
    collected: Mapped[date]
    outbox: Mapped[int | None] = mapped_column(ForeignKey("outboxes.n"), default=None)


class OutboxBundle(Base):
    """An outbox bundle that was made.

    Our copy of its file is deleted once the portal has confirmed the bundle.
    ``applied`` is the day from which reporters could read its slots, or None until the portal has confirmed
    it.
    """

    __tablename__ = "outboxes"
    n: Mapped[int] = mapped_column(primary_key=True)
    hash: Mapped[bytes]
    made: Mapped[date]
    applied: Mapped[date | None] = mapped_column(default=None)


class Case(Base):
    """A report, or an unsigned drop.

    - ``message`` is message.json of a report, or the note of an unsigned drop.
    - ``envelope`` is the hash of the age file.
    - ``serial`` is the serial of the last slot, and ``seen`` is the serial of the newest slot that the
      reporter has opened.
    - ``closed_in`` is the first outbox that informed the reporter of the closing. ``closed_on`` is the day
      from which the portal counts the case as closed.
    - ``slot_key`` is the id of the reply key that signed the last slot. ``slot_status`` and ``slot_measures``
      (kinds, separated by spaces) are the content of that slot; both are empty before the first slot.
    - ``new`` is true until the case is shown to officers.
    - ``received_doubted`` is the portal's day of receipt if that day is impossible.
    """

    __tablename__ = "cases"
    number: Mapped[int] = mapped_column(primary_key=True)
    status: Mapped[str]
    received: Mapped[date]
    collected: Mapped[date]
    summary: Mapped[str]
    message: Mapped[bytes] = mapped_column(deferred=True)
    envelope: Mapped[bytes] = mapped_column(index=True)
    unsigned: Mapped[bool] = mapped_column(default=False)
    received_doubted: Mapped[date | None] = mapped_column(default=None)
    withdrawn: Mapped[bool] = mapped_column(default=False)
    keyring_warning: Mapped[str] = mapped_column(default="")
    language: Mapped[str] = mapped_column(default="")
    case_id: Mapped[bytes | None] = mapped_column(unique=True, default=None)
    signature: Mapped[bytes | None] = mapped_column(default=None)
    author_key: Mapped[bytes | None] = mapped_column(default=None)
    recipient: Mapped[bytes | None] = mapped_column(default=None)
    withdraw_id: Mapped[bytes | None] = mapped_column(default=None)
    seen: Mapped[int] = mapped_column(default=0)
    serial: Mapped[int] = mapped_column(default=0)
    new: Mapped[bool] = mapped_column(default=True)
    closed_in: Mapped[int | None] = mapped_column(ForeignKey("outboxes.n"), default=None)
    closed_on: Mapped[date | None] = mapped_column(default=None)
    slot_key: Mapped[bytes | None] = mapped_column(ForeignKey("reply_keys.id"), default=None)
    slot_status: Mapped[str] = mapped_column(default="")
    slot_measures: Mapped[str] = mapped_column(default="")

    @property
    def mailbox(self) -> "Mailbox | None":
        """The mailbox of the case, or None if the office cannot reply to the reporter."""
        if self.case_id is None or self.recipient is None or self.withdrawn:
            return None
        return Mailbox(self, self.case_id, self.recipient)


@dataclass(frozen=True, slots=True)
class Mailbox:
    """The address of a case with a slot: its case id, and the raw recipient to which the slot is sealed."""

    case: Case
    case_id: bytes
    recipient: bytes


Index("cases_by_status", Case.status)
Index("cases_by_language", Case.language)
# The annual figures read both days of all cases, but not the reports. The day of collection comes last, so
# that a query for the reports of a year reads the table in its own order, which is faster.
Index("cases_by_days", Case.received, Case.collected)
Index("cases_new", Case.new, sqlite_where=Case.new.is_(True))


class FollowUp(Base):
    """A later message from a reporter. ``unread`` is true until its case is shown to officers.

    ``after`` is the position of the last reply written before the message became known, or 0 if there was
    none.
    """

    __tablename__ = "follow_ups"
    case: Mapped[int] = mapped_column(ForeignKey("cases.number"), primary_key=True)
    id: Mapped[bytes] = mapped_column(primary_key=True)
    position: Mapped[int]
    received: Mapped[date]
    written: Mapped[date]
    text: Mapped[str]
    message: Mapped[bytes] = mapped_column(deferred=True)
    signature: Mapped[bytes]
    unread: Mapped[bool] = mapped_column(default=True)
    after: Mapped[int] = mapped_column(default=0)


Index("follow_ups_unread", FollowUp.unread, sqlite_where=FollowUp.unread.is_(True))


class Attachment(Base):
    """A file of a case, numbered within the case. The file itself is sealed in the attachments folder."""

    __tablename__ = "attachments"
    __table_args__ = (
        UniqueConstraint("case", "number"),
        ForeignKeyConstraint(["case", "follow_up"], ["follow_ups.case", "follow_ups.id"]),
    )
    id: Mapped[bytes] = mapped_column(primary_key=True)
    case: Mapped[int] = mapped_column(ForeignKey("cases.number"))
    number: Mapped[int]
    name: Mapped[str]
    type: Mapped[str]
    size: Mapped[int]
    digest: Mapped[bytes]
    follow_up: Mapped[bytes | None] = mapped_column(default=None)


class AnswersBy(StrEnum):
    """Why a message is feedback.

    ``TEXT`` means that its text is marked as feedback, and ``MEASURE`` means that a measure is shown with the
    text. ``NOTHING`` means that the message was sent as feedback, but the reporter was shown no measure.
    """

    TEXT = "text"
    MEASURE = "measure"
    NOTHING = "nothing"


class Message(Base):
    """A message from the inspectorate. ``serial`` is the serial of the first slot with the message.

    - ``decision`` is the code of the decision which records that this message informed the reporter.
      ``outcome`` is the code of the outcome if the message accompanies a closing. Both codes are empty for
      other messages.
    - ``acknowledges`` is true if the message is the acknowledgement text of the law or of the office.
    - ``feedback`` is true if the message says what was done, and ``extends`` is true if the message extends
      the time for feedback.
    - ``answers_by`` says why the message counts as feedback; empty if it was never meant as feedback.
    - While feedback or an outcome waits, ``written_under`` records the restrictions on the case at the time
      of writing (``holding.mark``).
    - ``held`` is true if an outbox held the message back.
    - ``reversed`` is true if the message states a decision that was changed while the message waited.
    """

    __tablename__ = "messages"
    case: Mapped[int] = mapped_column(ForeignKey("cases.number"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    serial: Mapped[int]
    day: Mapped[date]
    text: Mapped[str]
    decision: Mapped[str] = mapped_column(default="")
    outcome: Mapped[str] = mapped_column(default="")
    acknowledges: Mapped[bool] = mapped_column(default=False)
    feedback: Mapped[bool] = mapped_column(default=False)
    answers_by: Mapped[str] = mapped_column(default="")
    extends: Mapped[bool] = mapped_column(default=False)
    written_under: Mapped[str] = mapped_column(default="")
    held: Mapped[bool] = mapped_column(default=False)
    reversed: Mapped[bool] = mapped_column(default=False)


class Receipt(Base):
    """The receipt of a case: the signed statement, and the id of the reply key that signed it."""

    __tablename__ = "receipts"
    case: Mapped[int] = mapped_column(ForeignKey("cases.number"), primary_key=True)
    statement: Mapped[bytes]
    signature: Mapped[bytes]
    signed_by: Mapped[bytes] = mapped_column(ForeignKey("reply_keys.id"))


class Unopened(Base):
    """An entry that did not become a case.

    The entry's envelope, if any, is kept unchanged; its file is named by its hash. ``received`` is the day of
    receipt that the portal states, and ``collected`` is the day on which the inbox collected the entry.
    ``tried`` identifies the intake keys that were last tried (``KeyStore.intake_digest``). ``case`` is set if
    a later try succeeded: the entry is then no longer listed, and its envelope is not kept.
    """

    __tablename__ = "unopened"
    number: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str]
    received: Mapped[date]
    collected: Mapped[date]
    intake: Mapped[int]
    tried: Mapped[bytes]
    envelope: Mapped[bytes | None] = mapped_column(default=None)
    case_id: Mapped[bytes | None] = mapped_column(default=None)
    case: Mapped[int | None] = mapped_column(ForeignKey("cases.number"), default=None)


class Officer(Base):
    """An officer. ``member`` is the number of the officer's share, or None for a former officer."""

    __tablename__ = "officers"
    name: Mapped[str] = mapped_column(primary_key=True)
    since: Mapped[date]
    member: Mapped[int | None] = mapped_column(unique=True)
    until: Mapped[date | None] = mapped_column(default=None)


class RenewalNotice(Base):
    """A notice to an officer that a sheet was used to renew the shares.

    ``renewal`` is the number of the renewal's journal entry, and ``day`` is its day. ``confirmed`` is true
    once the officer has read the notice.
    """

    __tablename__ = "renewal_notices"
    renewal: Mapped[int] = mapped_column(primary_key=True)
    officer: Mapped[str] = mapped_column(ForeignKey("officers.name"), primary_key=True)
    day: Mapped[date]
    confirmed: Mapped[bool] = mapped_column(default=False)


class Alias(Base):
    """Another name that a report may use for an officer."""

    __tablename__ = "aliases"
    officer: Mapped[str] = mapped_column(ForeignKey("officers.name"), primary_key=True)
    name: Mapped[str] = mapped_column(primary_key=True)


class Exclusion(Base):
    """The exclusion of an officer from a case. While the officer is signed in, the case is hidden."""

    __tablename__ = "exclusions"
    case: Mapped[int] = mapped_column(ForeignKey("cases.number"), primary_key=True)
    officer: Mapped[str] = mapped_column(ForeignKey("officers.name"), primary_key=True)
    since: Mapped[date]


class JournalEntry(Base):
    """A signed entry of the journal. The text of the entry also contains ``case``."""

    __tablename__ = "journal"
    n: Mapped[int] = mapped_column(primary_key=True)
    raw: Mapped[bytes]
    signature: Mapped[bytes]
    case: Mapped[int | None] = mapped_column(default=None, index=True)


class Card(Base):
    """The newest card of an external body. The channel is on our keyring unless it was ``removed``.

    ``key`` is the key whose fingerprint the officers compared.
    """

    __tablename__ = "cards"
    channel: Mapped[str] = mapped_column(primary_key=True)
    key: Mapped[bytes]
    serial: Mapped[int]
    accepted: Mapped[date]
    raw: Mapped[bytes]
    signature: Mapped[bytes]
    removed: Mapped[date | None] = mapped_column(default=None)
