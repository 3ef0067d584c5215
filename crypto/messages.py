"""Reports, follow-ups and slots: parse them from strict JSON and check that they are authentic (SPEC 5)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from crypto import casetoken, container, hybrid, receipt, shape, signing, strictjson
from crypto.errors import Malformed, Tampered
from crypto.receipt import SignedReceipt
from crypto.shape import binary, integer, list_of, optional, record, text
from crypto.signing import Label

LONGEST_CHANNEL = 28
LONGEST_ID = 32
ID = rf"[a-z][a-z0-9_]{{0,{LONGEST_ID - 1}}}"
CHANNEL = rf"[a-z][a-z0-9-]{{0,{LONGEST_CHANNEL - 1}}}"
RECEIVED_IDS = 16
_TEXT = 200_000
_MANY = 1_000


class Status(StrEnum):
    """The status of a case, as its reporter sees it."""

    RECEIVED = "received"
    ACKNOWLEDGED = "acknowledged"
    ASSESSING = "assessing"
    INFO_REQUESTED = "info_requested"
    IN_FOLLOW_UP = "in_follow_up"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class File:
    """The description of an attachment in its message; ``size`` is in bytes."""

    number: int
    name: str
    type: str
    size: int
    digest: bytes


@dataclass(frozen=True, slots=True)
class SeenKeyring:
    """The keyring that the reporter's page was given: its serial and H(keyring.json)."""

    serial: int
    hash: bytes


@dataclass(frozen=True, slots=True)
class QuestionnaireRef:
    """The id and version of the questionnaire that the reporter answered."""

    id: str
    version: int


@dataclass(frozen=True, slots=True)
class Reply:
    """A message from the inspectorate, with the serial of the first slot that held it."""

    serial: int
    day: date
    text: str


@dataclass(frozen=True, slots=True)
class Received:
    """The follow-ups that the inbox has opened: their number, the last day, and 8 bytes of each recent id."""

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
    """A later message from the reporter (SPEC 5.2)."""

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
    """The complete mailbox of a case, as the inspectorate last wrote it (SPEC 5.3)."""

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
    receipt: SignedReceipt | None = None


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
        "receipt": optional(receipt.SIGNED),
    },
    kind="slot",
)


def open_message(deployment: bytes, signed: container.Signed) -> Report | FollowUp:
    """Return the message in an envelope's container. The message is not yet assigned to a case.

    A report is verified completely: its signature, its files, and the case id that commits to its keys. A
    follow-up's signature is not verified here, because only the holder of the case knows the author key: call
    ``verify_follow_up`` with that key. Raise Malformed or Tampered.
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
    """Raise Tampered unless the reporter of the case signed the follow-up in ``signed``."""
    signing.verify(Label.FOLLOW_UP, deployment, signed.message, signed.signature, author_key)


def check_addressed(message: Report | FollowUp, *, channel: str, key_id: bytes) -> None:
    """Raise Tampered unless the message names this channel and the id of the key that opened the message.

    Without this check, the officers of one channel could seal a report again for another channel, as if the
    reporter had addressed it to that channel.
    """
    if (message.channel, message.key_id) != (channel, key_id):
        raise Tampered("message is addressed to another channel or key")


def open_slot(deployment: bytes, signed: container.Signed, reply_key: bytes) -> Slot:
    """Return the slot if ``reply_key`` (32 bytes) signed it. Raise Malformed or Tampered otherwise."""
    signing.verify(Label.SLOT, deployment, signed.message, signed.signature, reply_key)
    _same_files((), signed.files)
    return SLOT.parse(signed.message)


def _same_files(declared: tuple[File, ...], found: tuple[container.File, ...]) -> None:
    if [(file.number, file.size) for file in declared] != [(file.number, file.size) for file in found]:
        raise Malformed("the container does not hold the files that its message lists")
    if [file.digest for file in declared] != [file.digest for file in found]:
        raise Tampered("a file of the container differs from the one that its message lists")
