"""What arrives from the parties of a draw (docs/draws.md, 4 to 8): each message is accepted once, or refused.

The same message again changes nothing, and is no error.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from crypto import minisign
from draws import ceremony, messages, protocol
from draws.ceremony import Ceremony, CeremonyRefused, State
from draws.messages import Message, Signature
from draws.protocol import DICE, Commitment, DrawList, Later, Reveal, Signed, Statement, Void
from inbox.language.messages import Sentence, sentence

_MINISIGN = b"untrusted comment:"
_T = TypeVar("_T", Commitment, Signed, Reveal)


@dataclass(frozen=True, slots=True)
class Arrived:
    """The draw after a message, what the message was, and whether the draw had it before."""

    draw: Ceremony
    what: Sentence
    is_known: bool


def accept(draw: Ceremony, raw: bytes) -> Arrived:
    """Take in a message of a party, or find that it is there. Raises Refused, and then changes nothing."""
    message = _of_minisign(draw, raw) if raw.startswith(_MINISIGN) else messages.read(raw)
    if message.list != draw.own:
        raise CeremonyRefused(
            sentence("this message belongs to another list"),
            sentence("check that the file and the folder are those of one draw"),
        )
    what = _named(message)
    if _is_known(draw, message):
        return Arrived(draw, what, is_known=True)
    if draw.state.end is not None and not (isinstance(message, Signature) and message.file == "void"):
        raise CeremonyRefused(
            sentence("this draw has ended: a message that comes late is not accepted"),
            sentence("look how it ended: draws ceremony show"),
        )
    match message:
        case Commitment():
            state = _committed(draw, message)
        case Signature():
            state = _signed_by(draw, message)
        case Reveal():
            state = _revealed(draw, message)
        case _:
            state = _later(draw, message)
    return Arrived(ceremony.saved(draw, state), what, is_known=False)


def _named(message: Message) -> Sentence:
    match message:
        case Commitment():
            return sentence("the commitment of {party}", party=message.party)
        case Signature():
            return sentence("the signature of {party}", party=message.party)
        case Reveal():
            return sentence("the reveal of {party}", party=message.party)
        case _:
            return sentence("the later value")


def _is_known(draw: Ceremony, message: Message) -> bool:
    state = draw.state
    match message:
        case Commitment():
            return message in state.commitments
        case Signature():
            held = {
                "statement": state.signatures,
                "later": state.later_signatures,
                "void": state.end_signatures,
            }
            return Signed(message.party, message.signature) in held[message.file]
        case Reveal():
            return message in state.reveals
        case _:
            return message == state.later


def _committed(draw: Ceremony, message: Commitment) -> State:
    state = draw.state
    _check_party(draw, message.party)
    if any(each.party == message.party for each in state.commitments):
        raise CeremonyRefused(
            sentence("{party} has already committed", party=message.party),
            sentence("a party commits once: ask the party which of its files is the first one"),
        )
    if any(each.commitment == message.commitment for each in state.commitments):
        raise CeremonyRefused(
            sentence("this is the commitment of another party"),
            sentence("each party makes its own commitment, on its own machine"),
        )
    commitments = _in_order(draw.list, [*state.commitments, message])
    statement = None
    if len(commitments) == len(draw.list.parties):
        statement = Statement(draw.own, tuple(each.commitment for each in commitments))
    return replace(state, commitments=commitments, statement=statement)


def _signed_by(draw: Ceremony, message: Signature) -> State:
    state = draw.state
    file, held = {
        "statement": (state.statement and protocol.STATEMENT.encode(state.statement), state.signatures),
        "later": (state.later and protocol.LATER.encode(state.later), state.later_signatures),
        "void": (isinstance(state.end, Void) and protocol.END.encode(state.end), state.end_signatures),
    }[message.file]
    key = _check_party(draw, message.party)
    if not file:
        raise CeremonyRefused(
            sentence("there is nothing to sign yet"), sentence("sign the file that this draw wrote")
        )
    if not minisign.is_signed(file, message.signature, key):
        raise CeremonyRefused(
            sentence("the signature of {party} is not valid for this draw", party=message.party),
            sentence("check which key and which file were used, and sign again"),
        )
    if any(each.party == message.party for each in held):
        raise CeremonyRefused(
            sentence("{party} has already signed", party=message.party), sentence("one signature is enough")
        )
    both = _in_order(draw.list, [*held, Signed(message.party, message.signature)])
    match message.file:
        case "statement":
            return replace(state, signatures=both)
        case "later":
            return replace(state, later_signatures=both)
        case _:
            return replace(state, end_signatures=both)


def _revealed(draw: Ceremony, message: Reveal) -> State:
    state = draw.state
    _check_party(draw, message.party)
    if draw.missing()[0] in ceremony.BEFORE_REVEALS:
        raise CeremonyRefused(
            sentence("nobody may reveal before all parties have signed"),
            sentence("wait for the signatures; keep the reveal secret until then"),
        )
    if draw.today > draw.list.until:
        raise CeremonyRefused(
            sentence("this reveal is late: the last day was {day}", day=draw.list.until),
            sentence("tell all parties; from that day on, the draw can be voided"),
        )
    if any(each.party == message.party for each in state.reveals):
        raise CeremonyRefused(
            sentence("{party} has already revealed", party=message.party), sentence("one reveal is enough")
        )
    (committed,) = (each.commitment for each in state.commitments if each.party == message.party)
    if message.id != draw.list.id or protocol.commitment(message) != committed:
        raise CeremonyRefused(
            sentence("the reveal of {party} does not match its commitment", party=message.party),
            sentence("ask the party for the file that it made for this list"),
        )
    return replace(state, reveals=_in_order(draw.list, [*state.reveals, message]))


def _later(draw: Ceremony, message: Later) -> State:
    asked, state = draw.list.later, draw.state
    if asked is None or (message.source, message.round) != (asked.source, asked.round):
        raise CeremonyRefused(
            sentence("the list does not name this source and round"),
            sentence("only the source that was fixed with the list counts"),
        )
    if len(state.reveals) < len(draw.list.parties):
        raise CeremonyRefused(
            sentence("the later value comes after all reveals"), sentence("wait for the missing reveals")
        )
    # A throw that was mistyped can be typed again, because without signatures it has no effect.
    if state.later is not None and (asked.source != DICE or state.later_signatures):
        raise CeremonyRefused(
            sentence("the later value is already there"), sentence("it is taken once; nobody can replace it")
        )
    if draw.today < asked.day:
        raise CeremonyRefused(
            sentence("the value of this round is not known before {day}", day=asked.day),
            sentence("wait for that day"),
        )
    if asked.source == DICE and not protocol.is_of_dice(message.value):
        raise CeremonyRefused(
            sentence("this is not a throw of at least 50 dice, each from 1 to 6"),
            sentence("throw in front of all parties, and write down each digit"),
        )
    return replace(state, later=message)


def _of_minisign(draw: Ceremony, raw: bytes) -> Signature:
    """Return the message in a signature that minisign made: whose it is, and of which file."""
    state = draw.state
    files = {
        "statement": state.statement and protocol.STATEMENT.encode(state.statement),
        "later": state.later and protocol.LATER.encode(state.later),
        "void": protocol.END.encode(state.end) if isinstance(state.end, Void) else None,
    }
    try:
        signature = minisign.first_signature(raw)
    except minisign.BadSignature:
        signature = bytes(64)
    for name, file in files.items():
        for party in draw.list.parties:
            if file and minisign.is_signed(file, signature, party.key):
                return Signature(draw.own, name, party.name, signature)
    raise CeremonyRefused(
        sentence("no party made this signature for a file of this draw"),
        sentence("check which key and which file were used, and sign again"),
    )


def _check_party(draw: Ceremony, name: str) -> bytes:
    """Return the key of a party. Raises CeremonyRefused for somebody else."""
    for each in draw.list.parties:
        if each.name == name:
            return each.key
    raise CeremonyRefused(
        sentence("{party} is not a party of this draw", party=name),
        sentence("the parties are: {parties}", parties=", ".join(draw.list.names)),
    )


def _in_order(of: DrawList, given: Sequence[_T]) -> tuple[_T, ...]:
    return tuple(sorted(given, key=lambda each: of.names.index(each.party)))
