"""Report, follow-up and slot: strict JSON to frozen values, with what makes each authentic (SPEC 5)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from crypto import casetoken, container, hybrid, shape, signing, strictjson
from crypto.errors import Malformed, Tampered
from crypto.shape import binary, integer, list_of, optional, record, text
from crypto.signing import Label

ID = r"[a-z][a-z0-9_]{0,31}"
CHANNEL = r"[a-z][a-z0-9-]{0,27}"
LONGEST_CHANNEL = 28
LONGEST_ID = 32
RECEIVED_IDS = 16
_TEXT = 200_000
_MANY = 1_000


class Status(StrEnum):
    """Where a case stands, as its reporter sees it."""

    RECEIVED = "received"
    ACKNOWLEDGED = "acknowledged"
    ASSESSING = "assessing"
    INFO_REQUESTED = "info_requested"
    IN_FOLLOW_UP = "in_follow_up"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class File:
    """An attachment as its message describes it; size in bytes."""

    number: int
    name: str
    type: str
    size: int
    digest: bytes


@dataclass(frozen=True, slots=True)
class SeenKeyring:
    """The keyring that the reporter's page was shown: serial and H(keyring.json)."""

    serial: int
    hash: bytes


@dataclass(frozen=True, slots=True)
class QuestionnaireRef:
    """Id and version of the questionnaire that was answered."""

    id: str
    version: int


@dataclass(frozen=True, slots=True)
class Reply:
    """One message of the inspectorate, with the serial of the first slot it was in."""

    serial: int
    day: date
    text: str


@dataclass(frozen=True, slots=True)
class Received:
    """The follow-ups that the inbox has opened: how many, the last day, first 8 bytes of the last ids."""

    count: int
    ids: tuple[bytes, ...]
    last_day: date | None = None


_FILE = record(
    File,
    {
        "number": integer(1, container.MOST_FILES),
        "name": text(255),
        "type": text(127),
        "size": integer(),
        "digest": binary(32),
    },
)
_FILES = list_of(_FILE, container.MOST_FILES)
_KEYRING = record(SeenKeyring, {"serial": integer(1), "hash": binary(32)})
_ANSWER = shape.either(text(_TEXT), list_of(text(_TEXT), _MANY))
_REPLY = record(Reply, {"serial": integer(1), "day": shape.day, "text": text(_TEXT)})
_RECEIVED = record(
    Received,
    {"count": integer(), "last_day": optional(shape.day), "ids": list_of(binary(8), RECEIVED_IDS)},
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """The first message of a case (SPEC 5.1)."""

    channel: str
    key_id: bytes
    case_id: bytes
    salt: bytes
    author_key: bytes
    reply_recipient: bytes
    withdraw_id: bytes
    language: str
    keyring: SeenKeyring
    questionnaire: QuestionnaireRef
    answers: Mapping[str, str | tuple[str, ...]]
    files: tuple[File, ...]
    written: date


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowUp:
    """What the reporter writes afterwards (SPEC 5.2)."""

    channel: str
    key_id: bytes
    case_id: bytes
    id: bytes
    seen: int
    keyring: SeenKeyring
    text: str
    files: tuple[File, ...]
    written: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot:
    """The whole mailbox of a case as the inspectorate last wrote it (SPEC 5.3)."""

    channel: str
    case_id: bytes
    serial: int
    issued: date
    next_by: date
    status: Status
    measures_disclosed: tuple[str, ...]
    earlier: int
    messages: tuple[Reply, ...]
    received: Received


_CHANNEL = text(LONGEST_CHANNEL, CHANNEL)
_STATUS: shape.Shape[Status] = shape.Shape(
    lambda value: Status(shape.one_of(*Status).read(value)), lambda status: status.value
)

REPORT = record(
    Report,
    {
        "channel": _CHANNEL,
        "key_id": binary(16),
        "case_id": binary(32),
        "salt": binary(32),
        "author_key": binary(32),
        "reply_recipient": binary(hybrid.RECIPIENT),
        "withdraw_id": binary(32),
        "language": shape.one_of("fr", "en"),
        "keyring": _KEYRING,
        "questionnaire": record(QuestionnaireRef, {"id": text(LONGEST_ID, ID), "version": integer(1)}),
        "answers": shape.map_of(_ANSWER, _MANY, ID),
        "files": _FILES,
        "written": shape.day,
    },
    kind="report",
)
FOLLOW_UP = record(
    FollowUp,
    {
        "channel": _CHANNEL,
        "key_id": binary(16),
        "case_id": binary(32),
        "id": binary(16),
        "seen": integer(),
        "keyring": _KEYRING,
        "text": text(_TEXT),
        "files": _FILES,
        "written": shape.day,
    },
    kind="follow-up",
)
SLOT = record(
    Slot,
    {
        "channel": _CHANNEL,
        "case_id": binary(32),
        "serial": integer(1),
        "issued": shape.day,
        "next_by": shape.day,
        "status": _STATUS,
        "measures_disclosed": list_of(text(LONGEST_ID, ID), _MANY),
        "earlier": integer(),
        "messages": list_of(_REPLY, _MANY),
        "received": _RECEIVED,
    },
    kind="slot",
)


def open_message(deployment: bytes, signed: container.Signed) -> Report | FollowUp:
    """Return the message of an envelope's container, not yet tied to a case.

    A report is verified whole: signature, files, and the case id that commits to its keys. Of a
    follow-up only form and files are: its author key is known to who holds the case, who then
    calls ``verify_follow_up``. Raises Malformed or Tampered.
    """
    value = strictjson.decode(signed.message)
    if isinstance(value, dict) and value.get("kind") == "follow-up":
        follow_up = FOLLOW_UP.read(value)
        _same_files(follow_up.files, signed.files)
        return follow_up
    report = REPORT.read(value)
    _same_files(report.files, signed.files)
    signing.verify(Label.REPORT, deployment, signed.message, signed.signature, report.author_key)
    locator = casetoken.locate(report.author_key, report.reply_recipient, report.salt)
    if casetoken.case_id(locator) != report.case_id:
        raise Tampered("report does not belong to the case that it names")
    return report


def verify_follow_up(deployment: bytes, signed: container.Signed, author_key: bytes) -> None:
    """Return if the follow-up in ``signed`` is by the author of the case; else raise Tampered."""
    signing.verify(Label.FOLLOW_UP, deployment, signed.message, signed.signature, author_key)


def check_addressed(message: Report | FollowUp, *, channel: str, key_id: bytes) -> None:
    """Return if the message names the channel and key id (16 bytes) that opened it; else raise Tampered.

    Otherwise a reader could seal on what was sealed to it and pass it off as addressed to another.
    """
    if (message.channel, message.key_id) != (channel, key_id):
        raise Tampered("message is addressed to another channel or key")


def open_slot(deployment: bytes, signed: container.Signed, reply_key: bytes) -> Slot:
    """Return the slot if ``reply_key`` (32 bytes) signed it; else raise Malformed or Tampered."""
    signing.verify(Label.SLOT, deployment, signed.message, signed.signature, reply_key)
    _same_files((), signed.files)
    return SLOT.parse(signed.message)


def _same_files(declared: tuple[File, ...], found: tuple[container.File, ...]) -> None:
    if [(file.number, file.size) for file in declared] != [(file.number, file.size) for file in found]:
        raise Malformed("files of the container are not those that its message lists")
    if [file.digest for file in declared] != [file.digest for file in found]:
        raise Tampered("a file of the container is not the one that its message lists")
