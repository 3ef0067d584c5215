"""A draw at the office's machine: a folder, and what arrives from the parties (docs/draws.md, 4 to 9).

A step either replaces ``state.json`` as a whole or refuses and changes nothing.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import TypeVar

from crypto import base64url, minisign, strictjson
from crypto.errors import Malformed
from crypto.shape import list_of, optional, record, text
from draws import freezing, messages, protocol, verify
from draws.freezing import Leaves
from draws.messages import Signature
from draws.protocol import (
    DICE,
    Commitment,
    DrawList,
    Drawn,
    Later,
    Reveal,
    Signed,
    Statement,
    Transcript,
    Void,
)
from inbox.language.errors import Refused
from inbox.language.messages import Sentence, sentence
from inbox.system import atomic_files, given_files

LIST, LEAVES, STATE, PRIVATE = "list.json", "leaves.json", "state.json", "private.age"
_BEFORE_REVEALS = ("commitment", "signature")
_T = TypeVar("_T", Commitment, Signed, Reveal)


class CeremonyRefused(Refused):
    """A step of a draw was refused; nothing was changed."""


@dataclass(frozen=True, slots=True)
class State:
    """What has arrived. ``seen`` is the latest time (UTC) that the machine's clock showed."""

    seen: str
    commitments: tuple[Commitment, ...] = ()
    statement: Statement | None = None
    signatures: tuple[Signed, ...] = ()
    reveals: tuple[Reveal, ...] = ()
    later: Later | None = None
    later_signatures: tuple[Signed, ...] = ()
    end: Drawn | Void | None = None
    end_signatures: tuple[Signed, ...] = ()


_signed = protocol.SIGNED
_STATE = record(
    State,
    {
        "seen": text(20, r"\d{4}-\d\d-\d\d \d\d:\d\d"),
        "commitments": list_of(protocol.COMMITMENT, protocol.MOST_PARTIES),
        "statement": optional(protocol.STATEMENT),
        "signatures": _signed,
        "reveals": list_of(protocol.REVEAL, protocol.MOST_PARTIES),
        "later": optional(protocol.LATER),
        "later_signatures": _signed,
        "end": optional(protocol.END),
        "end_signatures": _signed,
    },
    "draw-state",
)


@dataclass(frozen=True, slots=True)
class Ceremony:
    """An open draw. ``now`` is the current time, ``YYYY-MM-DD HH:MM`` in UTC."""

    folder: Path
    list: DrawList
    state: State
    now: str

    @property
    def own(self) -> bytes:
        """The list hash."""
        return protocol.list_hash(self.list)

    @property
    def today(self) -> date:
        """The current day."""
        return date.fromisoformat(self.now[:10])

    def missing(self) -> tuple[str, tuple[str, ...]]:
        """Return the stage of the draw (8), and the parties from which something is missing.

        The stage is empty if nothing is missing. At the stage ``later``, no party owes a pulse.
        """
        state, asked = self.state, self.list.later
        for stage, arrived in (
            ("commitment", state.commitments),
            ("signature", state.signatures),
            ("reveal", state.reveals),
        ):
            if len(arrived) < len(self.list.parties):
                return stage, _without(self.list, [each.party for each in arrived])
        if asked is None or protocol.has_value(self.list, state.later, state.later_signatures):
            return "", ()
        signed = [each.party for each in state.later_signatures]
        return "later", _without(self.list, signed) if asked.source == DICE else ()


def create(
    folder: Path, frozen: tuple[DrawList, Leaves, bytes], now: str, more: Mapping[str, bytes] | None = None
) -> Ceremony:
    """Make the folder of a draw, with its list, its leaves and the private file. Raises Refused.

    ``more`` has the names and the contents of further files.
    """
    if folder.exists():
        raise CeremonyRefused(
            sentence("{path} already exists", path=folder), sentence("name a new folder for each draw")
        )
    record_of_list, leaves, private = frozen
    atomic_files.make_folder(folder)
    atomic_files.write(folder / LEAVES, [freezing.LEAVES.encode(leaves)])
    atomic_files.write(folder / PRIVATE, [private])
    for name, raw in (more or {}).items():
        atomic_files.write(folder / name, [raw])
    atomic_files.write(folder / LIST, [protocol.LIST.encode(record_of_list)])
    made = Ceremony(folder, record_of_list, State(now), now)
    _save(made, made.state)
    return made


def opened(folder: Path, now: str) -> Ceremony:
    """Return the draw in a folder. Raises CeremonyRefused if the list was changed or the clock set back."""
    try:
        found = protocol.LIST.parse(given_files.content(folder / LIST))
        state = _STATE.parse(given_files.content(folder / STATE))
    except Malformed:
        raise freezing.changed() from None
    if now < state.seen:
        raise CeremonyRefused(
            sentence("the clock was set back: this draw has already seen {seen}", seen=state.seen),
            sentence("set the clock, then try again"),
        )
    own = protocol.list_hash(found)
    arrived = [*state.commitments, *state.reveals, state.statement, state.later, state.end]
    if any(each is not None and each.list != own for each in arrived):
        raise freezing.changed()
    return Ceremony(folder, found, state, now)


def leaves(draw: Ceremony) -> Leaves:
    """Return the leaves of the list. Raises ListRefused if they were changed."""
    try:
        found = freezing.LEAVES.parse(given_files.content(draw.folder / LEAVES, freezing.LARGEST))
    except Malformed:
        raise freezing.changed() from None
    freezing.check_leaves(draw.list, found)
    return found


def accept(draw: Ceremony, raw: bytes) -> Ceremony:
    """Take in a message of a party. Raises Refused, and then changes nothing."""
    if draw.state.end is not None and not raw.startswith(b"untrusted comment:"):
        message = messages.read(raw)
        if not (isinstance(message, Signature) and message.file == "void"):
            raise CeremonyRefused(
                sentence("this draw has ended: a message that comes late is not accepted"),
                sentence("begin a new draw; every party commits again"),
            )
    message = _of_minisign(draw, raw) if raw.startswith(b"untrusted comment:") else messages.read(raw)
    if message.list != draw.own:
        raise CeremonyRefused(
            sentence("this message belongs to another list"),
            sentence("each party must use the list of this draw"),
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
    return _save(draw, state)


def void(draw: Ceremony) -> Ceremony:
    """End the draw because something is missing; other parties then sign the record (8)."""
    stage, missing = draw.missing()
    if draw.state.end is not None or not stage:
        raise CeremonyRefused(
            sentence("nothing is missing: this draw cannot be voided"),
            sentence("carry out the draw; it ends as the list says"),
        )
    if stage == "commitment" and not draw.state.commitments:
        raise CeremonyRefused(
            sentence("nobody has sent anything yet"), sentence("ask the parties for their messages first")
        )
    due = protocol.due(draw.list, stage)
    if draw.today < due:
        raise CeremonyRefused(
            sentence("what is missing may still come: the draw can be voided on {day} or later", day=due),
            sentence("wait for that day; only then somebody can be named"),
        )
    return _save(draw, replace(draw.state, end=Void(draw.own, stage, missing, draw.today)))


def carry_out(draw: Ceremony) -> Ceremony:
    """Compute the seed: the draw has taken place. Raises CeremonyRefused if anything is missing."""
    stage, missing = draw.missing()
    state = draw.state
    if state.end is not None:
        raise CeremonyRefused(
            sentence("this draw has ended"), sentence("begin a new draw; every party commits again")
        )
    asked = draw.list.later
    if stage == "later" and asked:
        raise CeremonyRefused(
            sentence("still missing: the later value ({source}), with its signatures", source=asked.source),
            sentence("take it in first: only then nobody gains by refusing"),
        )
    if stage:
        raise CeremonyRefused(
            sentence("still missing: {parties}", parties=", ".join(missing)),
            sentence("wait for it, or void the draw; a void names who refused"),
        )
    leaves(draw)
    end = Drawn(draw.own, protocol.seed(draw.own, state.reveals, state.later))
    return _save(draw, replace(state, end=end))


def signatures(draw: Ceremony) -> bytes:
    """Return the file with the signatures of all parties. Raises CeremonyRefused if one is missing."""
    stage, missing = draw.missing()
    if stage in _BEFORE_REVEALS:
        raise CeremonyRefused(
            sentence("still missing: {parties}", parties=", ".join(missing)),
            sentence("wait for the signatures of all parties"),
        )
    return strictjson.encode(protocol.SIGNED.write(draw.state.signatures))


def end_file(draw: Ceremony) -> bytes:
    """Return the record of how an ended draw ended (8). Raises CeremonyRefused if it has not ended."""
    if draw.state.end is None:
        raise CeremonyRefused(sentence("this draw has not ended"), sentence("carry out the draw, or void it"))
    return protocol.END.encode(draw.state.end)


def transcript(draw: Ceremony, *, early: bool = False) -> bytes:
    """Return the transcript of an ended draw. Raises CeremonyRefused before the day of publication.

    With ``early``, the transcript is for the team of the second check only.
    """
    state, found = draw.state, leaves(draw)
    if state.end is None:
        raise CeremonyRefused(sentence("this draw has not ended"), sentence("carry out the draw, or void it"))
    if draw.today < draw.list.publish and not early:
        raise CeremonyRefused(
            sentence("the transcript is published on {day} or later", day=draw.list.publish),
            sentence("before, it would announce the controls"),
        )
    raw = protocol.TRANSCRIPT.encode(
        Transcript(
            draw.list,
            found.leaves,
            found.weights,
            state.statement,
            state.signatures,
            state.reveals,
            state.later,
            state.later_signatures,
            _drawn(draw.list, found, state.end),
            state.end,
            state.end_signatures,
        )
    )
    try:
        verify.verify(raw)
    except verify.Disproved as error:
        raise CeremonyRefused(
            sentence("the transcript would not be valid ({rule})", rule=error.rule),
            sentence(
                "a void needs the signature of a party that is not missing, or of all parties if a pulse did"
                " not come; otherwise the files were changed"
            ),
        ) from None
    return raw


def _drawn(of: DrawList, found: Leaves, end: Drawn | Void) -> tuple[str, ...]:
    if isinstance(end, Void):
        return ()
    return tuple(
        base64url.encode(b"".join(protocol.drawn(end.seed, own, weights, stratum.drawn)))
        for stratum, (own, weights) in zip(of.strata, found.strata(), strict=True)
    )


def _committed(draw: Ceremony, message: Commitment) -> State:
    state = draw.state
    _check_party(draw, message.party)
    if any(each.party == message.party for each in state.commitments):
        raise CeremonyRefused(
            sentence("{party} has already committed", party=message.party),
            sentence("a party commits once; to change it, void the draw"),
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
    if draw.missing()[0] in _BEFORE_REVEALS:
        raise CeremonyRefused(
            sentence("nobody may reveal before all parties have signed"),
            sentence("wait for the signatures; keep the reveal secret until then"),
        )
    if draw.today > draw.list.until:
        raise CeremonyRefused(
            sentence("this reveal is late: the last day was {day}", day=draw.list.until),
            sentence("void the draw, and begin a new one; every party commits again"),
        )
    if any(each.party == message.party for each in state.reveals):
        raise CeremonyRefused(
            sentence("{party} has already revealed", party=message.party), sentence("one reveal is enough")
        )
    (committed,) = (each.commitment for each in state.commitments if each.party == message.party)
    if message.id != draw.list.id or protocol.commitment(message) != committed:
        raise CeremonyRefused(
            sentence("the reveal of {party} does not match its commitment", party=message.party),
            sentence("ask the party for the right file; if the party has no such file, void the draw"),
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


def _without(of: DrawList, names: Sequence[str]) -> tuple[str, ...]:
    return tuple(name for name in of.names if name not in names)


def _in_order(of: DrawList, given: Sequence[_T]) -> tuple[_T, ...]:
    return tuple(sorted(given, key=lambda each: of.names.index(each.party)))


def _save(draw: Ceremony, state: State) -> Ceremony:
    after = replace(draw, state=replace(state, seen=draw.now))
    atomic_files.write(draw.folder / STATE, [_STATE.encode(after.state)])
    return after


def stage_of(draw: Ceremony) -> Sentence:
    """Return what the draw waits for, for a person."""
    stage, missing = draw.missing()
    parties = ", ".join(missing)
    if isinstance(draw.state.end, Void):
        named = ", ".join(draw.state.end.missing)
        return (
            sentence("void: {parties} did not send what was due", parties=named)
            if named
            else sentence("void: the later value did not come")
        )
    if draw.state.end:
        return sentence("drawn")
    asked = draw.list.later
    thrown = sentence("waits for more signatures under the dice, of: {parties}", parties=parties)
    return {
        "commitment": sentence("waits for the commitments of: {parties}", parties=parties),
        "signature": sentence("waits for the signatures of: {parties}", parties=parties),
        "reveal": sentence("waits for the reveals of: {parties}", parties=parties),
        "later": thrown
        if draw.state.later
        else sentence("waits for the later value: {source}", source=asked.source if asked else ""),
        "": sentence("ready to draw"),
    }[stage]
