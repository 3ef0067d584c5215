"""A draw at the office's machine: its folder, how it ends, and its files (docs/draws.md, 3 and 7 to 9).

A step either replaces ``state.json`` as a whole or refuses and changes nothing.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from crypto import base64url, strictjson
from crypto.errors import Malformed
from crypto.recipients import X25519Recipient
from crypto.shape import list_of, optional, record, text
from draws import freezing, protocol, verify
from draws.freezing import Leaves
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
from inbox.language.messages import sentence
from inbox.system import atomic_files, given_files

LIST, LEAVES, STATE, PRIVATE, TEAM = "list.json", "leaves.json", "state.json", "private.age", "team.pub"
BEFORE_REVEALS = ("commitment", "signature")


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
class Place:
    """The place of a draw in its series: the number, and the end hash of the draw before (3.4)."""

    series: str
    number: int
    previous: bytes


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
    def place(self) -> Place:
        """The place of the draw that follows this one. Raises CeremonyRefused if this one can still go on."""
        number = self.list.number
        if self.state.end is None:
            raise CeremonyRefused(
                sentence("draw {number} of {series} has not ended", number=number, series=self.list.series),
                sentence("look what it waits for: draws ceremony show"),
            )
        self.check_signed()
        return Place(self.list.series, number + 1, protocol.end_hash(self.state.end))

    @property
    def today(self) -> date:
        """The current day."""
        return date.fromisoformat(self.now[:10])

    def to_sign(self) -> tuple[str, ...]:
        """Return who may still sign the record of a void (8), or nobody if enough parties signed it."""
        end = self.state.end
        signers = [each.party for each in self.state.end_signatures]
        if not isinstance(end, Void) or protocol.is_signed(self.list, end, signers):
            return ()
        return tuple(name for name in protocol.witnesses(self.list, end) if name not in signers)

    def check_signed(self) -> None:
        """Raise CeremonyRefused if the record of a void still lacks a signature that it needs (8)."""
        if parties := self.to_sign():
            raise CeremonyRefused(
                sentence(
                    "the record of the void is not signed: it waits for {parties}", parties=", ".join(parties)
                ),
                sentence(
                    "one of them is enough; that a pulse did not come is signed by all: draws party sign"
                ),
            )

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


def first(series: str) -> Place:
    """Return the place of the first draw of a series."""
    return Place(series, 1, protocol.FIRST)


def create(folder: Path, frozen: tuple[DrawList, Leaves], now: str, more: Mapping[str, bytes]) -> Ceremony:
    """Make the folder of a draw, with its list and its leaves. Raises Refused.

    ``more`` has the names and the contents of further files, such as the private file.
    """
    if folder.exists():
        raise CeremonyRefused(
            sentence("{path} already exists", path=folder), sentence("name a new folder for each draw")
        )
    record_of_list, leaves = frozen
    atomic_files.make_folder(folder)
    atomic_files.write(folder / LEAVES, [freezing.LEAVES.encode(leaves)])
    for name, raw in more.items():
        atomic_files.write(folder / name, [raw])
    atomic_files.write(folder / LIST, [protocol.LIST.encode(record_of_list)])
    made = Ceremony(folder, record_of_list, State(now), now)
    saved(made, made.state)
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
        freezing.check_leaves(draw.list, found)
    except Malformed:
        raise freezing.changed() from None
    return found


def team_of(draw: Ceremony) -> X25519Recipient:
    """Return the public key of the team for which the list was frozen. Raises ListRefused."""
    try:
        return X25519Recipient.parse(
            given_files.content(draw.folder / TEAM).decode("ascii", "replace").strip()
        )
    except Malformed:
        raise freezing.changed() from None


def void_of(draw: Ceremony) -> Void:
    """Return the record of a void, if the draw can be voided today (8). Raises CeremonyRefused."""
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
    return Void(draw.own, stage, missing, draw.today)


def void(draw: Ceremony) -> Ceremony:
    """End the draw because something is missing; parties then sign the record (8). Raises CeremonyRefused."""
    return saved(draw, replace(draw.state, end=void_of(draw)))


def carry_out(draw: Ceremony) -> Ceremony:
    """Compute the seed: the draw has taken place. Raises CeremonyRefused if anything is missing."""
    stage, missing = draw.missing()
    state = draw.state
    if state.end is not None:
        raise CeremonyRefused(
            sentence("this draw has ended"), sentence("look how it ended: draws ceremony show")
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
            sentence("ask these parties for their messages"),
        )
    leaves(draw)
    end = Drawn(draw.own, protocol.seed(draw.own, state.reveals, state.later))
    return saved(draw, replace(state, end=end))


def signatures(draw: Ceremony) -> bytes:
    """Return the file with the signatures of all parties. Raises CeremonyRefused if one is missing."""
    stage, missing = draw.missing()
    if stage in BEFORE_REVEALS:
        raise CeremonyRefused(
            sentence("still missing: {parties}", parties=", ".join(missing)),
            sentence("wait for the signatures of all parties"),
        )
    return strictjson.encode(protocol.SIGNED.write(draw.state.signatures))


def end_file(draw: Ceremony) -> bytes:
    """Return the record of how an ended draw ended (8). Raises CeremonyRefused if it has not ended."""
    if draw.state.end is None:
        raise CeremonyRefused(
            sentence("this draw has not ended"), sentence("look what it waits for: draws ceremony show")
        )
    return protocol.END.encode(draw.state.end)


def transcript(draw: Ceremony, *, early: bool = False) -> bytes:
    """Return the transcript of an ended draw. Raises CeremonyRefused before the day of publication.

    With ``early``, the transcript is for the team of the second check only. That of a void does not wait: no
    line was drawn, and its leaves and strata are those that the parties already have (docs/draws.md, 9).
    """
    state, found = draw.state, leaves(draw)
    if state.end is None:
        raise CeremonyRefused(
            sentence("this draw has not ended"), sentence("look what it waits for: draws ceremony show")
        )
    draw.check_signed()
    if draw.today < draw.list.publish and not early and not isinstance(state.end, Void):
        raise CeremonyRefused(
            sentence("the transcript is published on {day} or later", day=draw.list.publish),
            sentence("before, it would announce the controls"),
        )
    made = Transcript(
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
    try:
        verify.verified(made)
    except verify.Disproved as error:
        raise CeremonyRefused(
            sentence("the transcript would not be valid ({rule})", rule=error.rule),
            sentence("the files of this draw were changed: use a copy of its folder"),
        ) from None
    return protocol.TRANSCRIPT.encode(made)


def _drawn(of: DrawList, found: Leaves, end: Drawn | Void) -> tuple[str, ...]:
    if isinstance(end, Void):
        return ()
    return tuple(
        base64url.encode(b"".join(protocol.drawn(end.seed, own, weights, stratum.drawn)))
        for stratum, (own, weights) in zip(of.strata, found.strata(), strict=True)
    )


def _without(of: DrawList, names: Sequence[str]) -> tuple[str, ...]:
    return tuple(name for name in of.names if name not in names)


def saved(draw: Ceremony, state: State) -> Ceremony:
    """Write the state of a draw, and return the draw with it."""
    after = replace(draw, state=replace(state, seen=draw.now))
    atomic_files.write(draw.folder / STATE, [_STATE.encode(after.state)])
    return after
