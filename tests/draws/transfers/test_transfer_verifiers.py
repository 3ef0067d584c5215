"""Both verifiers, Python and JavaScript, recompute transfers from the published files alone."""

import json
import subprocess
from base64 import b64encode
from collections.abc import Callable, Iterator, Sequence
from datetime import date, timedelta

import pytest

from crypto import base64url, strictjson
from draws import protocol
from draws.transfers import records, verify
from draws.transfers.records import Batch, Counted, Opened, Rule
from draws.transfers.rule import Line, Sorted, State, sort
from draws.verify import Disproved
from tests.support.draw_transcripts import PEER, Chance, edited, mutants
from tests.support.draw_transcripts import transcript as of_controls
from tests.support.draw_transfers import FROZEN, draw, drawn, rule_of

Ask = Callable[[bytes, bytes], tuple[str, list[str]]]
ZERO = base64url.encode(bytes(32))


@pytest.fixture(scope="module")
def peer() -> Iterator[Ask]:
    """The verifier in JavaScript."""
    process = subprocess.Popen(["node", PEER], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdin
    assert process.stdout

    def ask(transcript: bytes, opening: bytes) -> tuple[str, list[str]]:
        assert process.stdin
        assert process.stdout
        files = {"transcript": transcript, "opening": opening}
        process.stdin.write(json.dumps({each: b64encode(raw).decode() for each, raw in files.items()}) + "\n")
        process.stdin.flush()
        found = json.loads(process.stdout.readline())
        return found["rule"], found["ends"]

    yield ask
    process.stdin.close()
    assert process.wait(30) == 0
    process.stdout.close()


def ours(transcript: bytes, opening: bytes) -> tuple[str, list[str]]:
    try:
        found = verify.verify_opening(transcript, opening)
    except Disproved as error:
        return error.rule, []
    by_agent = {each.agent: each for each in found.lines}
    return "", [f"{each.agent} {by_agent[each.agent].post} {each.post}" for each in found.transfers]


def agreed(peer: Ask, transcript: bytes, opening: bytes) -> str:
    """Return the rule that the opening breaks by both verifiers, or an empty text."""
    found = ours(transcript, opening)
    assert peer(transcript, opening) == found
    return found[0]


def compared(peer: Ask, numbers: range, changes: int) -> dict[str, int]:
    """Compare both verifiers; every opening is valid, and none with one byte changed is."""
    rules: dict[str, int] = {}
    for number in numbers:
        (transcript, opening), chance = draw(number), Chance(-number)
        assert agreed(peer, transcript, opening) == "", number
        for changed in mutants(opening, chance, changes):
            rule = agreed(peer, transcript, changed)
            assert rule, (number, changed)
            rules[rule] = rules.get(rule, 0) + 1
    return rules


@pytest.mark.slow
def test_openings_agree_and_none_with_one_byte_changed_is_accepted(peer: Ask) -> None:
    compared(peer, range(40), 5)


@pytest.mark.soak
def test_a_thousand_openings_agree(peer: Ask, record_property: Callable[[str, object], None]) -> None:
    """The record says how often a changed byte broke each rule."""
    rules = compared(peer, range(1_000), 10)
    told = ", ".join(f"{rule} {count}" for rule, count in rules.items())
    record_property("transfers", f"1,000 openings agree; 10,000 with a changed byte are refused by: {told}")


def one(*needed: State) -> tuple[bytes, bytes]:
    """Return a draw whose list has these states, with two transfers and somebody who gets a post."""
    for number in range(400):
        found = verify.verify_opening(*draw(number))
        transfers = found.transfers
        if {*needed} <= {*found.sorted.states} and len(transfers) > 1 and transfers[0].post:
            return draw(number)
    raise AssertionError("no such draw")


ALL = (State.CERTAIN, State.EXCEPTED, State.WAITING, State.WITHIN, State.FREE)


def test_a_rule_that_was_fixed_after_the_list_is_refused(peer: Ask) -> None:
    """The list has its hash, so the office that wrote the list knew a rule with a later day."""
    # On the day of the list, the rule is accepted.
    assert agreed(peer, *draw(1, FROZEN)) == ""
    assert agreed(peer, *draw(1, FROZEN + timedelta(days=1))) == "rule"


@pytest.mark.parametrize(
    ("path", "value", "rule"),
    [
        (("v",), 2, "opening"),
        (("list",), ZERO, "opening"),
        (("lines",), [], "opening"),
        (("lines", 0, "salt"), ZERO, "opening"),
        (("lines", 0, "cells", 1), "P99", "opening"),
        (("lines", 0, "cells", 4), "2026-01-01", "opening"),
        (("rule", "day"), "2026-11-02", "rule"),
        (("rule", "batches", 1, "capacity"), 300, "rule"),
        (("rule", "exposures", 0, "months"), 600, "rule"),
        (("rule", "reasons"), ["any"], "rule"),
        (("exceptions", "signers"), [], "exceptions"),
        (("exceptions", "salt"), ZERO, "exceptions"),
        (("exceptions", "signers", 0, "count"), 99, "exceptions"),
        (("exceptions", "signers", 0, "signed_by"), "hr-9", "exceptions"),
        (("transfers",), [], "order"),
        (("transfers", 0, "agent"), "0" * 64, "order"),
        (("transfers", 0, "post"), "", "order"),
    ],
)
def test_an_opening_with_a_wrong_part_is_refused_by_the_rule_of_this_part(
    path: tuple[str | int, ...], value: strictjson.Json, rule: str, peer: Ask
) -> None:
    transcript, opening = one(*ALL)
    assert agreed(peer, transcript, opening) == ""
    assert agreed(peer, transcript, edited(opening, *path, value=value)) == rule


@pytest.mark.parametrize(
    ("counted", "rule"),
    [
        ([("hr-1", 1), ("hr-2", 1)], ""),
        ([("hr-1", 2)], ""),
        ([("hr-1", 1)], "exceptions"),
        ([("hr-1", 3)], "exceptions"),
        ([("hr-1", 1), ("hr-1", 1)], "exceptions"),
        ([("hr-2", 1), ("hr-1", 1)], "exceptions"),
        ([], "exceptions"),
    ],
)
def test_frozen_counts_that_do_not_fit_the_lines_are_refused(
    counted: list[tuple[str, int]], rule: str, peer: Ask
) -> None:
    """Two people have an exception. An office with another program could freeze any counts."""
    chance = Chance(5)
    of = rule_of(chance)
    rows = [
        (letter * 64, "P1", "", "high", "2019-01-01", excepted, "")
        for letter, excepted in (("a", ""), ("b", "c" * 64), ("d", "e" * 64))
    ]
    opened = [Opened(chance.bytes(), each) for each in rows]
    assert agreed(peer, *drawn(chance, of, opened, counted=[Counted(*each) for each in counted])) == rule


def test_who_is_transferred_is_who_was_drawn_in_the_transcript() -> None:
    """The ceremony drew leaves before anybody opened a line; the opening names the people of these leaves."""
    transcript, opening = one(State.TIED, State.CERTAIN)
    drawn_leaves = {
        leaf
        for text in protocol.TRANSCRIPT.parse(transcript).drawn
        for leaf in protocol.split(base64url.decode(text))
    }
    found = records.OPENING.parse(opening)
    people = {
        each.cells[0]
        for each in found.lines
        if each.cells[0] and protocol.leaf(each.salt, records.line(each.cells)) in drawn_leaves
    }
    assert people == {each.agent for each in found.transfers}


def test_two_people_cannot_change_their_places(peer: Ask) -> None:
    transcript, opening = one(*ALL)
    transfers = records.OPENING.parse(opening).transfers
    shuffled: list[strictjson.Json] = [
        {"agent": each.agent, "post": each.post} for each in (transfers[1], transfers[0], *transfers[2:])
    ]
    assert agreed(peer, transcript, edited(opening, "transfers", value=shuffled)) == "order"


def test_the_opening_of_another_draw_and_a_draw_of_controls_are_refused(peer: Ask) -> None:
    (first, opening), (second, _) = draw(1), draw(2)
    assert agreed(peer, first, opening) == ""
    assert agreed(peer, second, opening) == "opening"
    assert agreed(peer, of_controls(1), opening) == "opening"
    assert agreed(peer, b"{}", opening) == "transcript"


Cells = tuple[str, ...]
A, B = "a" * 64, "b" * 64


@pytest.mark.parametrize(
    "rows",
    [
        # One person twice, a class that the rule does not know, a day in the future, no post.
        [(A, "P1", "", "high", "2020-01-01", "", ""), (A, "P2", "", "high", "2020-01-01", "", "")],
        [(A, "P1", "", "extreme", "2020-01-01", "", "")],
        [(A, "P1", "", "high", "2026-12-02", "", "")],
        [(A, "P1", "", "high", "2021-02-29", "", "")],
        [(A, "", "", "high", "2020-01-01", "", "")],
        [(A, "P1", "", "high", "2020-01-01", "", "P2:2020-01-01 P2:2020-01-01")],
        [("", "P1", "", "high", "", "", "")],
    ],
)
def test_lines_that_no_list_may_have_are_refused_although_they_were_frozen(
    rows: list[Cells], peer: Ask
) -> None:
    """An office with another program could freeze them."""
    chance = Chance(7)
    of = rule_of(chance)
    opened = [Opened(chance.bytes(), each) for each in [*rows, (B, "P1", "", "high", "2019-01-01", "", "")]]
    assert agreed(peer, *drawn(chance, of, opened, parsed=lenient)) == "due"


def lenient(cells: Sequence[str], _rule: Rule, _frozen: date) -> Line:
    """Return a line without checking it."""
    return Line(cells[0], cells[1], cells[2], "high", date(2019, 1, 1) if cells[0] else None)


def test_an_office_that_freezes_somebody_into_another_stratum_is_refused(peer: Ask) -> None:
    """The planted cheat: one person is kept out of the batch although the rule puts this person first."""
    chance = Chance(11)
    of = rule_of(chance)
    rows = [(letter * 64, "P1", "", "high", f"201{n}-01-01", "", "") for n, letter in enumerate("abcdef", 1)]
    opened = [Opened(chance.bytes(), each) for each in rows]

    def steered(rule: Rule, batch: Batch, lines: Sequence[Line]) -> Sorted:
        said = sort(rule, batch, lines)
        states = [
            State.WITHIN if line.agent == A else state for line, state in zip(lines, said.states, strict=True)
        ]
        return Sorted(batch, tuple(states), said.reached)

    assert agreed(peer, *drawn(chance, of, opened)) == ""
    assert agreed(peer, *drawn(chance, of, opened, sort=steered)) == "due"
