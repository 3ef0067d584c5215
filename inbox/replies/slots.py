"""The slot of a case: what its reporter may read, shortened to fit, signed and sealed (SPEC 5.3)."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from crypto import age, archive, container, messages, padding, signing
from crypto.messages import Received, Reply, Slot, Status
from crypto.receipt import Receipt as Statement
from crypto.receipt import SignedReceipt
from crypto.recipients import HybridRecipient
from crypto.shape import FIRST_DAY
from crypto.signing import Label
from crypto.strictjson import LARGEST
from inbox.casework.measures import telling
from inbox.keys import receipts
from inbox.vault.tables import FollowUp, Mailbox, Message, Receipt

_ID = 8
_ROOM = padding.SLOT - archive.END - archive.span(signing.SIGNATURE)
# All receipts have the same size.
_ANY_RECEIPT = SignedReceipt(
    Statement(deployment=bytes(16), author=bytes(32), day=FIRST_DAY, key_id=bytes(16)),
    bytes(signing.SIGNATURE),
)


@dataclass(frozen=True, slots=True)
class Seal:
    """The secrets that sign every slot of an outbox."""

    deployment: bytes
    reply_seed: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Unsent:
    """A slot before it is signed and sealed: the raw recipient and message.json."""

    recipient: bytes
    message: bytes


class Sealer:
    """Sign and seal one slot per call: turn an Unsent into an age file of 18,043 bytes."""

    def __init__(self, seal: Seal) -> None:
        self._seal = seal

    def __call__(self, unsent: Unsent) -> bytes:
        """Return the sealed slot."""
        signed = container.write([], lambda _: unsent.message, self._sign, padding.slot)
        return age.seal_bytes(b"".join(signed), [HybridRecipient(unsent.recipient)])

    def _sign(self, message: bytes) -> bytes:
        return signing.sign(Label.SLOT, self._seal.deployment, message, self._seal.reply_seed)


class Dialogues(NamedTuple):
    """The messages sent, the follow-ups received (id, day) and the measures disclosed, each by case number.

    ``receipts`` has the receipt of each case that was acknowledged.
    For each case whose status is held back, ``status`` has the status that the reporter reads.
    """

    sent: defaultdict[int, list[Message]]
    heard: defaultdict[int, list[tuple[bytes, date]]]
    told: defaultdict[int, list[str]]
    receipts: dict[int, Receipt]
    status: dict[int, Status]


def dialogues(session: Session, number: int | None = None) -> Dialogues:
    """Return the messages sent and received, oldest first, and the disclosed measures.

    ``number`` limits the result to one case.
    """
    sent = select(Message).order_by(Message.case, Message.position)
    heard = select(FollowUp.case, FollowUp.id, FollowUp.written).order_by(FollowUp.case, FollowUp.position)
    if number is not None:
        sent, heard = sent.filter_by(case=number), heard.filter_by(case=number)
    found = Dialogues(
        defaultdict(list),
        defaultdict(list),
        telling.kinds(session, number),
        receipts.kept(session, number),
        {},
    )
    for message in session.scalars(sent):
        found.sent[message.case].append(message)
    for case_number, follow_up_id, written in session.execute(heard):
        found.heard[case_number].append((follow_up_id, written))
    return found


def compose(mailbox: Mailbox, said: Dialogues, *, channel: str, issued: date, next_by: date) -> Slot:
    """Return the next slot of a case; if space is short, drop the oldest messages that were seen."""
    case = mailbox.case
    # Sort by serial, not by day, because a held-back message is new to the reporter even if it was written
    # long ago.
    sent = sorted(said.sent[case.number], key=lambda each: each.serial)
    slot = Slot(
        channel=channel,
        case_id=mailbox.case_id,
        serial=case.serial + 1,
        issued=issued,
        next_by=next_by,
        status=said.status.get(case.number, Status(case.status)),
        measures_disclosed=tuple(said.told[case.number]),
        earlier=0,
        messages=tuple(Reply(message.serial, message.day, message.text) for message in sent),
        received=_received(said.heard[case.number]),
        receipt=receipts.read(kept) if (kept := said.receipts.get(case.number)) else None,
    )
    while not _fits(slot) and slot.messages and slot.messages[0].serial <= case.seen:
        slot = replace(slot, earlier=slot.earlier + 1, messages=slot.messages[1:])
    return slot


def holds(slot: Slot, seen: int, tellable: tuple[str, ...]) -> bool:
    """Return whether the unseen replies still fit if the rest of the slot grows to its largest size.

    ``tellable`` are the measures that the slot may have to mention before the reporter reads the replies.
    """
    largest = replace(
        slot,
        serial=LARGEST,
        status=max(Status, key=len),
        measures_disclosed=tellable,
        earlier=LARGEST,
        messages=tuple(reply for reply in slot.messages if reply.serial > seen),
        received=Received(LARGEST, (bytes(_ID),) * messages.RECEIVED_IDS, slot.issued),
        receipt=_ANY_RECEIPT,
    )
    return _fits(largest)


def _fits(slot: Slot) -> bool:
    return archive.span(len(messages.SLOT.encode(slot))) <= _ROOM


def _received(heard: Sequence[tuple[bytes, date]]) -> Received:
    if not heard:
        return Received(0, ())
    last = heard[-messages.RECEIVED_IDS :]
    return Received(
        len(heard),
        tuple(follow_up_id[:_ID] for follow_up_id, _ in last),
        max(written for _, written in heard),
    )
