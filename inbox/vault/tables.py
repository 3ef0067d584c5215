"""The tables of the vault; days only, no times."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import ForeignKey, ForeignKeyConstraint, Index, UniqueConstraint
from sqlalchemy.orm import DeclarativeBase, Mapped, MappedAsDataclass, mapped_column


class Base(MappedAsDataclass, DeclarativeBase, kw_only=True, repr=False, eq=False):
    """A row; never shown by ``repr``, for most hold a secret or a report."""


class Office(Base):
    """The one row that says whose inbox this is.

    Only the root's inbox has a ``root_seed``. ``journal_genesis`` stands before the first journal entry.
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
        """Return what the office is called in French ("fr"), or in English."""
        return self.name_fr if language == "fr" else self.name_en


class KeyStoreKey(Base):
    """The one row that opens the key store, by its generation."""

    __tablename__ = "key_store"
    generation: Mapped[int]
    seed: Mapped[bytes]
    row: Mapped[int] = mapped_column(primary_key=True, default=1)


class QuestionnaireFile(Base):
    """A questionnaire that was ever in use, for the labels of the answers."""

    __tablename__ = "questionnaires"
    __table_args__ = (UniqueConstraint("id", "version"),)
    hash: Mapped[bytes] = mapped_column(primary_key=True)
    id: Mapped[str]
    version: Mapped[int]
    raw: Mapped[bytes]


class LawFolder(Base):
    """A law that was ever in use, by the SHA-256 of its folder, which has this name in the home."""

    __tablename__ = "laws"
    hash: Mapped[bytes] = mapped_column(primary_key=True)


class IntakeKey(Base):
    """The public half of an intake key; its seed stands in the key store, where it can be destroyed.

    ``generation`` is the first of the key store that holds it. One ``withdrawn`` is offered to nobody.
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
    """A key that signs slots and outboxes; without its seed once it has been destroyed.

    Nobody is to believe one that was ``withdrawn``.
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
    """A keyring that was issued, to know which one a reporter saw."""

    __tablename__ = "keyrings"
    serial: Mapped[int] = mapped_column(primary_key=True)
    valid_until: Mapped[date]
    hash: Mapped[bytes]
    raw: Mapped[bytes]
    signature: Mapped[bytes]


class ShownKeyring(Base):
    """A keyring of the root's as the first report that names it says: what a body outside knows of it."""

    __tablename__ = "shown_keyrings"
    serial: Mapped[int] = mapped_column(primary_key=True)
    hash: Mapped[bytes]


class Instance(Base):
    """An instance key that an officer accepted; the one with the highest position is the portal's."""

    __tablename__ = "instances"
    key: Mapped[bytes] = mapped_column(primary_key=True)
    position: Mapped[int] = mapped_column(unique=True)


class IntakeBundle(Base):
    """An intake bundle that was collected; ``outbox`` is the first outbox that told the portal so."""

    __tablename__ = "intakes"
    instance: Mapped[bytes] = mapped_column(ForeignKey("instances.key"), primary_key=True)
    n: Mapped[int] = mapped_column(primary_key=True)
    hash: Mapped[bytes]
    exported: Mapped[date]
    collected: Mapped[date]
    outbox: Mapped[int | None] = mapped_column(ForeignKey("outboxes.n"), default=None)


class OutboxBundle(Base):
    """An outbox bundle that was made; our copy of the file goes once the portal has confirmed it.

    ``applied`` is the day from which its slots could be read, None until the portal has confirmed it.
    """

    __tablename__ = "outboxes"
    n: Mapped[int] = mapped_column(primary_key=True)
    hash: Mapped[bytes]
    made: Mapped[date]
    applied: Mapped[date | None] = mapped_column(default=None)


class Case(Base):
    """A report or an unsigned drop, whose ``message`` is message.json or the note.

    ``envelope`` is the hash of the age file, ``serial`` that of the last slot, ``seen`` the newest slot that
    the reporter has opened, ``closed_in`` the first outbox that told the reporter of the closing,
    ``closed_on`` the day from which the portal counts it as closed, ``slot_key`` the id of the reply key that
    signed the last slot, ``slot_status`` and ``slot_measures`` (kinds, with spaces between) what that one
    told; both are empty before the first. It is ``new`` until it is shown to staff. ``received_doubted`` is
    the portal's day of receipt, if that is impossible.
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
        """The mailbox of the case, None if its reporter cannot be answered."""
        if self.case_id is None or self.recipient is None or self.withdrawn:
            return None
        return Mailbox(self, self.case_id, self.recipient)


@dataclass(frozen=True, slots=True)
class Mailbox:
    """A case that has a slot: its case id, the raw recipient to which the slot is sealed."""

    case: Case
    case_id: bytes
    recipient: bytes


Index("cases_by_status", Case.status)
Index("cases_by_language", Case.language)
Index("cases_new", Case.new, sqlite_where=Case.new.is_(True))


class FollowUp(Base):
    """What a reporter wrote afterwards; ``unread`` until its case is shown to staff.

    ``after`` is the position of the last reply that was written before this became known, 0 if none was.
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
    """A file of a case, numbered within it; the file itself is sealed in the attachments folder."""

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


class Message(Base):
    """What the inspectorate wrote; ``serial`` is that of the first slot it is in.

    ``decision`` is the code of the one that says that its reporter was told this, ``outcome`` that of the
    closing with which it leaves; both are empty for all else. It ``acknowledges`` the report if it is the
    text of the law, or of the office, that does; it gives ``feedback`` if it tells what was done, and
    ``extends`` the time for that if it says so.

    ``written_under`` says, of feedback and outcomes that wait, what bound the case when it was written
    (``holding.mark``). It was ``held`` back if an outbox left it out; ``reversed`` if a decision that it
    tells of was taken otherwise while it waited.
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
    extends: Mapped[bool] = mapped_column(default=False)
    written_under: Mapped[str] = mapped_column(default="")
    held: Mapped[bool] = mapped_column(default=False)
    reversed: Mapped[bool] = mapped_column(default=False)


class Unopened(Base):
    """What came in and became no case; the envelope of this hash, if there was one, is kept as it came.

    ``received`` is the day that the portal claims, ``collected`` ours. ``tried`` tells the intake keys by
    which it was tried last (``KeyStore.intake_digest``). ``case`` is the one that it was filed under at a
    later try: then it is no longer listed, nor kept.
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
    """A member of staff: ``member`` is the number of the share, None for one who left."""

    __tablename__ = "officers"
    name: Mapped[str] = mapped_column(primary_key=True)
    since: Mapped[date]
    member: Mapped[int | None] = mapped_column(unique=True)
    until: Mapped[date | None] = mapped_column(default=None)


class RenewalNotice(Base):
    """The notice to an officer that the shares were renewed with a sheet; ``confirmed`` once it was read.

    ``renewal`` is the number of its entry in the journal, ``day`` its day.
    """

    __tablename__ = "renewal_notices"
    renewal: Mapped[int] = mapped_column(primary_key=True)
    officer: Mapped[str] = mapped_column(ForeignKey("officers.name"), primary_key=True)
    day: Mapped[date]
    confirmed: Mapped[bool] = mapped_column(default=False)


class Alias(Base):
    """Another name by which a report may mean an officer."""

    __tablename__ = "aliases"
    officer: Mapped[str] = mapped_column(ForeignKey("officers.name"), primary_key=True)
    name: Mapped[str] = mapped_column(primary_key=True)


class Exclusion(Base):
    """An officer from whom a case is kept: while that one is present, the case is not there."""

    __tablename__ = "exclusions"
    case: Mapped[int] = mapped_column(ForeignKey("cases.number"), primary_key=True)
    officer: Mapped[str] = mapped_column(ForeignKey("officers.name"), primary_key=True)
    since: Mapped[date]


class JournalEntry(Base):
    """An entry of the journal as it was signed; ``case`` stands in it too."""

    __tablename__ = "journal"
    n: Mapped[int] = mapped_column(primary_key=True)
    raw: Mapped[bytes]
    signature: Mapped[bytes]
    case: Mapped[int | None] = mapped_column(default=None, index=True)


class Card(Base):
    """The newest card of a body outside whose channel stands on our keyring, unless it was ``removed``.

    ``key`` is the one of which officers compared the fingerprint.
    """

    __tablename__ = "cards"
    channel: Mapped[str] = mapped_column(primary_key=True)
    key: Mapped[bytes]
    serial: Mapped[int]
    accepted: Mapped[date]
    raw: Mapped[bytes]
    signature: Mapped[bytes]
    removed: Mapped[date | None] = mapped_column(default=None)
