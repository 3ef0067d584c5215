"""Every way in which three parties go on or stop, through the commands: a void names exactly who stopped."""

import shutil
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from itertools import chain, combinations, permutations
from pathlib import Path

import pytest

from draws import protocol
from tests.support.draw_room import DAY, PARTIES, Draw, Room, at

Send = Callable[[Draw, Sequence[str]], list[Path]]
SUBSETS = [*chain.from_iterable(combinations(PARTIES, size) for size in range(len(PARTIES) + 1))]
LATER: dict[str, tuple[str, ...]] = {
    "none": (),
    "dice": ("--later", "dice", "hall", DAY),
    "nist": ("--later", "nist", "7", "2026-12-02"),
}
LAST = "2026-12-03"


def copied(draw: Draw, name: str) -> Draw:
    """Return a copy of the room and its draw: what happens there does not touch the draw."""
    folder = draw.room.folder.with_name(f"{draw.room.folder.name}-{name}")
    shutil.copytree(draw.room.folder, folder)
    return Draw(replace(draw.room, folder=folder), folder / draw.folder.name)


def commitments(draw: Draw, names: Sequence[str]) -> list[Path]:
    return [draw.commitment(name) for name in names]


def signatures(draw: Draw, names: Sequence[str]) -> list[Path]:
    statement = draw.write("statement")
    return [draw.signature(name, statement) for name in names]


def reveals(draw: Draw, names: Sequence[str]) -> list[Path]:
    both = draw.write("statement"), draw.write("signatures")
    return [draw.reveal(name, *both) for name in names]


def dice(draw: Draw, names: Sequence[str]) -> list[Path]:
    if not names:
        return []
    thrown = draw.write("later", "35261" * 10)
    return [draw.signature(name, thrown) for name in names]


STAGES: dict[str, Send] = {"commitment": commitments, "signature": signatures, "reveal": reveals}


def stopped(draw: Draw, stage: str, send: Send) -> Iterator[tuple[tuple[str, ...], Draw]]:
    """Yield a copy of the draw for each set of parties that sends something, while the others stop."""
    for names in SUBSETS[:-1]:
        other = copied(draw, f"{stage}-{len(names)}{''.join(each[0] for each in names)}")
        other.accept(*send(other, names))
        yield names, other


def voided(draw: Draw, sent: Sequence[str]) -> dict[str, object]:
    """Void a draw, let everybody sign whom the void does not name, and return what the verifier says."""
    assert draw.room.run("ceremony", "draw", draw.folder, "--out", draw.room.new("end")).status == 1
    end = draw.write("void")
    draw.sign(end, *sent or PARTIES[:1])
    return draw.room.done("verify", draw.transcript())


@pytest.mark.parametrize("later", LATER)
def test_whoever_stops_at_whichever_stage_is_named_and_nobody_else(later: str, room: Room) -> None:
    """If nobody sends anything, all are named. Without any commitment, there is no draw yet."""
    draw = room.freeze(None, *LATER[later])
    stages = STAGES | ({"later": dice} if later == "dice" else {})
    for stage, send in stages.items():
        for sent, other in stopped(draw, stage, send):
            missing = [name for name in PARTIES if name not in sent]
            if stage == "commitment" and not sent:
                voiding = ("ceremony", "void", other.folder, "--out", other.room.new("end"))
                assert other.room.refused(*voiding) == "nobody has sent anything yet"
            elif stage == "later" and len(sent) > len(missing):
                other.write("draw")
                assert other.room.done("verify", other.transcript())["voids"] == 0
            else:
                assert voided(other, sent)["refusals"] == dict.fromkeys(missing, 1)
        draw.accept(*send(draw, PARTIES))
    if later == "nist":
        with at(LAST):
            assert voided(copied(draw, "pulse"), PARTIES)["refusals"] == {}
            draw.write("later", "ab" * 32)
    with at(LAST):
        draw.write("draw")
    assert room.done("verify", draw.transcript())["voids"] == 0


def test_the_order_in_which_messages_arrive_changes_nothing(room: Room) -> None:
    draw = room.freeze()
    committed = commitments(draw, PARTIES)
    ends = set()
    for order in permutations(range(len(PARTIES))):
        other = copied(draw, "".join(map(str, order)))
        other.accept(*(committed[at_] for at_ in order))
        for send in (signatures, reveals):
            messages = send(other, PARTIES)
            other.accept(*(messages[at_] for at_ in order))
        ends.add(protocol.DRAWN.parse(other.write("draw").read_bytes()))
    assert len(ends) == 1
