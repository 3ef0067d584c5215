"""A case can leave the officers' work in several ways, called exits.

A matrix says which obstacles stop each exit. The tests compare the commands and the desk with the matrix. For
each exit, the gate tries each need (such as a reason or a second officer) both by command and at the desk.
The gate tries each obstacle, and each way to lift one, either by command or at the desk. `make soak exits`
tries every cell on both surfaces.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.orm import Session

from crypto.journal import Presence
from inbox.casework import exits, junk
from inbox.casework.exits import MATRIX, Asked, Cell, Exit, Need
from inbox.deadlines.obstacles import Obstacle
from inbox.deadlines.retention_schedule import Due
from inbox.deadlines.workflow import Disclosure
from inbox.desk import translate
from inbox.language import labels
from inbox.language.errors import CaseRefused, Undeclared
from inbox.language.messages import Sentence, sentence
from inbox.law import in_use
from inbox.replies import closing
from inbox.replies.closing import Closing
from inbox.retention import destroy_cases
from inbox.session import bulk
from inbox.session.actions import TABLE, Actor, Code, Reason
from inbox.session.inbox import Inbox
from inbox.vault.casework_tables import Duty, Workflow
from inbox.vault.score import Parts
from templates.catalogues import LANGUAGES
from tests.support import exits_lifts, exits_room
from tests.support.both_surfaces import PartsOf, in_gate, on_both
from tests.support.exits_lifts import LIFTS
from tests.support.exits_room import (
    BUILDERS,
    IN_BOTH,
    IN_WHAT_IS_ASKED,
    SIGNS,
    Came,
    Room,
    Surface,
    Wanted,
)
from tests.support.inbox_builders import today
from tests.support.inbox_clock import moved
from tests.support.laws import FILES, FRENCH

# The columns are the exits: close, junk, destroy, access, persons. Despite the obstacle, the exit requires
# nothing (.), a reason (r) or a second officer (2), or officers must first lift the obstacle (x).
_NEEDS = {Need.NOTHING: ".", Need.REASON: "r", Need.SECOND_OFFICER: "2", Need.LIFTED: "x"}
DECIDED = """
    undeclared   x x . x x
    closed       x x . . .
    junk         . x . . .
    open         . . x . .
    held         . x x . .
    proceedings  . x x x .
    urgent       2 x . . .
    danger       x x . . .
    new          x . . . .
    unread       x x x . .
    portal       . . x . .
    not_due      . . x . .
    one_clock    . . r . .
    visa         . . x . .
    prosecutor   x x x x .
    persons      x x x x .
    put_off      . x x x .
    admissibility x . x . .
    undecided    . . x . .
    request      . x x . .
    repeated     . x . . .
    prepared     x . . . .
    unprepared   x . . . .
    withheld     r . . . .
    unreachable  r . . . .
    untold       r . . . .
    cautioned    r . . . .
    no_word      x . . . x
    by_two       2 2 . . .
    excluded     x x x x x
    entrusted    x x x x x
    quarantine   2 x . x .
"""
CELLS = [
    (what, way)
    for what, row in MATRIX.items()
    for way in Exit
    if what not in IN_WHAT_IS_ASKED or row[way].need is not Need.NOTHING
]
# For each exit, FREE has the obstacles that do not stop this exit. Some of these obstacles come from the
# request to close a case, not from the case itself. They are in CARRIED.
FREE = {way: [what for what, row in MATRIX.items() if row[way].need is Need.NOTHING] for way in Exit}
CARRIED = {way: {what: "" for what in FREE[way] if what in IN_WHAT_IS_ASKED} for way in Exit}
LIFTED = [(what, way, code) for what, row in MATRIX.items() for way in Exit for code in row[way].lifted_by]
UNLESS = [(what, way, other) for what, row in MATRIX.items() for way in Exit for other in row[way].unless]
PASSING = [(what, way) for what, row in MATRIX.items() for way in Exit if row[way].a_day]


def _parts(what: Obstacle, way: Exit, *_: Any) -> tuple[Any, ...]:
    """Return what is tried on both surfaces: the exit, and what officers need to pass the obstacle.

    The surfaces share the code that lifts an obstacle.
    """
    return ((way, MATRIX[what][way].need),)


def _once(what: Obstacle, way: Exit, *more: Any) -> tuple[Any, ...]:
    """Return what the gate tries on one surface only, not on both."""
    return ((what, MATRIX[what][way].need), *more)


def _once_of_lift(what: Obstacle, _: Exit, code: Code) -> tuple[Any, ...]:
    return ((what, code),)


@pytest.fixture(scope="module")
def founded_rooms(tmp_path_factory: pytest.TempPathFactory) -> dict[bool, Room]:
    """Return a room with an open case (False) and one with the same case closed (True). Tests copy both."""
    still = exits_room.found(tmp_path_factory.mktemp("exits"))
    ended = still.copy(tmp_path_factory.mktemp("ended"))
    exits_room.end(ended)
    return {False: still, True: ended}


def test_the_matrix_of_exits_equals_the_table_in_this_module() -> None:
    """The other tests follow the matrix, so they would not notice a cell that was changed by mistake."""
    rows = [[what.value, *(_NEEDS[row[way].need] for way in Exit)] for what, row in MATRIX.items()]
    assert rows == [line.split() for line in DECIDED.strip().splitlines()]
    assert {
        (Obstacle.UNDECLARED, Exit.CLOSE, Obstacle.QUARANTINE),
        (Obstacle.UNDECLARED, Exit.PERSONS, Obstacle.QUARANTINE),
        (Obstacle.DANGER, Exit.CLOSE, Obstacle.QUARANTINE),
        (Obstacle.NEW, Exit.CLOSE, Obstacle.QUARANTINE),
        (Obstacle.UNREAD, Exit.CLOSE, Obstacle.QUARANTINE),
        (Obstacle.UNREAD, Exit.DESTROY, Obstacle.QUARANTINE),
        (Obstacle.PERSONS, Exit.DESTROY, Obstacle.JUNK),
        (Obstacle.ADMISSIBILITY, Exit.CLOSE, Obstacle.QUARANTINE),
        (Obstacle.ADMISSIBILITY, Exit.DESTROY, Obstacle.QUARANTINE),
        (Obstacle.ADMISSIBILITY, Exit.DESTROY, Obstacle.JUNK),
    } == set(UNLESS)


@pytest.mark.parametrize(
    ("what", "way"),
    [
        (what, way)
        for what, row in MATRIX.items()
        for way in (Exit.CLOSE, Exit.DESTROY)
        if row[way].need is Need.LIFTED and what is not Obstacle.CLOSED
    ],
)
def test_no_obstacle_keeps_a_case_in_quarantine_forever(what: Obstacle, way: Exit) -> None:
    """Other obstacles can be lifted in quarantine, do not count in quarantine, or do not stop all officers.

    Two obstacles need not be lifted in quarantine. ``NO_WORD``: the outcome can be withheld from the reporter
    for a reason. ``CLOSED``: a case is always closed before it is destroyed.
    """
    cell = MATRIX[what][way]
    of_no_case = {Code.ANSWER_ACCESS}
    lifts = [
        code
        for code in cell.lifted_by
        if TABLE[code].quarantine or TABLE[code].all_cases or code in of_no_case
    ]
    who = {Obstacle.EXCLUDED, Obstacle.ENTRUSTED}
    assert bool(lifts) or cell.a_day or Obstacle.QUARANTINE in cell.unless or what in who | {Obstacle.NO_WORD}


def before(rooms: dict[bool, Room], way: Exit, what: Obstacle, folder: Path) -> Room:
    """Return a room with a case for which an exit can be tried.

    The case gets the obstacle, unless the obstacle belongs to the request.
    """
    room = rooms[way is Exit.DESTROY].copy(folder / "room")
    if what in BUILDERS:
        exits_room.put(what, room)
    return room


@pytest.mark.parametrize(("cell", "surface"), on_both(CELLS, _parts, _once))
def test_each_obstacle_stops_each_exit_exactly_as_the_matrix_says(
    founded_rooms: dict[bool, Room], tmp_path: Path, cell: tuple[Obstacle, Exit], surface: Surface
) -> None:
    what, way = cell
    room = before(founded_rooms, way, what, tmp_path)
    wanted = Wanted(way, what)
    plain = [wanted, Wanted(way, what, with_a_second=False)][MATRIX[what][way].need is Need.SECOND_OFFICER]
    came = [exits_room.leave(plain, room, surface)]
    match MATRIX[what][way].need:
        case Need.NOTHING:
            expected = [Came.PASSED]
        case Need.REASON:
            came.append(exits_room.leave(Wanted(way, what, with_reason=True), room, surface))
            expected = [Came.REFUSED, Came.PASSED]
        case Need.SECOND_OFFICER:
            came.append(exits_room.leave(wanted, room, surface))
            expected = [Came.ASKED_A_SECOND, Came.PASSED]
        case Need.LIFTED:
            came.append(exits_room.leave(Wanted(way, what, with_reason=True), room, surface))
            expected = [Came.REFUSED, Came.REFUSED]
    assert expected == came


@pytest.mark.parametrize("surface", Surface)
@pytest.mark.parametrize("way", [way for way in Exit if CARRIED[way]])
def test_an_exit_ignores_an_obstacle_in_the_request_if_the_matrix_says_so(
    founded_rooms: dict[bool, Room],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    way: Exit,
    surface: Surface,
) -> None:
    """Control: if the officer closes the case instead, the refusal names each of these obstacles."""
    check = exits.check
    named: set[Obstacle] = set()

    def check_with_all(session: Session, number: int, asked: Asked) -> None:
        full = replace(asked, also={**asked.also, **CARRIED[way]})
        named.update(exits.obstacles(session, number, replace(full, way=Exit.CLOSE)))
        check(session, number, full)

    monkeypatch.setattr(exits, "check", check_with_all)
    room = founded_rooms[way is Exit.DESTROY].copy(tmp_path / "room")
    assert Came.PASSED is exits_room.leave(Wanted(way), room, surface)
    assert CARRIED[way].keys() <= named


@pytest.mark.parametrize(("lifted", "surface"), on_both(LIFTED, _parts, _once_of_lift))
def test_an_exit_is_possible_once_its_obstacle_is_lifted(
    founded_rooms: dict[bool, Room],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    lifted: tuple[Obstacle, Exit, Code],
    surface: Surface,
) -> None:
    what, way, _ = lifted
    room = before(founded_rooms, way, what, tmp_path)
    exits_lifts.lift(lifted, room, surface, moved(monkeypatch))
    assert Came.PASSED is exits_room.leave(Wanted(way, what), room, surface)


# Officers are refused before these obstacles are checked. The refusal names no command, because it must not
# reveal that the case exists.
OF_WHO_ACTS = {Obstacle.EXCLUDED, Obstacle.ENTRUSTED, Obstacle.QUARANTINE}


@pytest.mark.parametrize("way", Exit)
def test_the_hint_for_an_obstacle_names_a_command_that_lifts_it(
    founded_rooms: dict[bool, Room], way: Exit
) -> None:
    """The desk shows the hint without a command."""
    blocked = [what for what, row in MATRIX.items() if row[way].need is Need.LIFTED and row[way].lifted_by]
    said = {
        what: _to_do(founded_rooms[way is Exit.DESTROY], what, way)
        for what in blocked
        if what not in OF_WHO_ACTS
    }
    assert said
    unnamed = {
        what: str(each)
        for what, each in said.items()
        if not _enough(what)(
            exits_lifts.is_named(code, what, way, str(each)) for code in MATRIX[what][way].lifted_by
        )
    }
    assert {} == unnamed
    at_desk = [translate.told(language, each) for language in LANGUAGES for each in said.values()]
    assert [] == [each for each in at_desk if re.search(r"\binbox |--", each)]


def _enough(what: Obstacle) -> Callable[[Iterable[bool]], bool]:
    """Return the function that checks whether the hint names enough ways to lift an obstacle.

    If any one of the ways lifts the obstacle, it is enough to name one way.
    """
    # The hint must name both ways: to reopen a duplicate, and to unlink a case that is not a duplicate.
    return all if what is Obstacle.REPEATED else any


def _to_do(room: Room, what: Obstacle, way: Exit) -> Sentence:
    """Return the hint about an obstacle. The case has the obstacle only during this call."""
    if what is Obstacle.UNDECLARED:
        hint = Undeclared([1], ["alice"]).hint
        assert isinstance(hint, Sentence)
        return hint
    with room.office.opened() as inbox, inbox.vault.transaction() as session:
        if what in BUILDERS:
            BUILDERS[what](session)
        said = exits.what_to_do(session, 1, what, way)
        session.rollback()
    return said


@pytest.mark.parametrize(("passing", "surface"), on_both(PASSING, _parts, _once))
def test_an_exit_is_possible_on_the_day_on_which_its_obstacle_ends(
    founded_rooms: dict[bool, Room],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    passing: tuple[Obstacle, Exit],
    surface: Surface,
) -> None:
    what, way = passing
    room = before(founded_rooms, way, what, tmp_path)
    exits_lifts.wait(moved(monkeypatch), room)
    assert Came.PASSED is exits_room.leave(Wanted(way, what), room, surface)


@pytest.mark.parametrize(("together", "surface"), on_both(UNLESS, _parts, _once))
def test_an_exit_ignores_a_second_obstacle_if_the_matrix_says_so(
    founded_rooms: dict[bool, Room],
    tmp_path: Path,
    together: tuple[Obstacle, Exit, Obstacle],
    surface: Surface,
) -> None:
    what, way, other = together
    room = before(founded_rooms, way, what, tmp_path)
    exits_room.put(other, room)
    assert Came.PASSED is exits_room.leave(Wanted(way, what, beside=other), room, surface)


@pytest.mark.parametrize("surface", Surface)
@pytest.mark.parametrize("way", [way for way in Exit if TABLE[way.code].officers > 1])
def test_an_exit_that_always_takes_two_officers_asks_for_the_second_officer(
    founded_rooms: dict[bool, Room], tmp_path: Path, way: Exit, surface: Surface
) -> None:
    room = founded_rooms[way is Exit.DESTROY].copy(tmp_path / "room")
    assert Came.ASKED_A_SECOND is exits_room.leave(Wanted(way, with_a_second=False), room, surface)
    assert Came.PASSED is exits_room.leave(Wanted(way), room, surface)


def test_the_matrix_is_complete_and_the_tests_can_try_each_of_its_cells() -> None:
    """A new obstacle needs an entry in BUILDERS and in SIGNS, unless it comes from the request.

    A new way to lift an obstacle needs a command and a form.
    """
    assert {what: set(Exit) for what in Obstacle} == {what: set(row) for what, row in MATRIX.items()}
    carried = {(what, way) for way, row in CARRIED.items() for what in row}
    assert {(what, way) for what in Obstacle for way in Exit} == {*CELLS} | carried
    assert set(BUILDERS) == set(SIGNS) == set(Obstacle) - IN_WHAT_IS_ASKED | IN_BOTH
    assert {code for _, _, code in LIFTED} - {*exits_lifts.DECISIONS, *exits_lifts.LONG} == set(LIFTS)
    assert [(what, way) for what, way in CELLS if MATRIX[what][way].need is Need.LIFTED] == [
        (what, way)
        for what, way in CELLS
        if MATRIX[what][way].need is not Need.REASON
        and (MATRIX[what][way].lifted_by or MATRIX[what][way].a_day)
    ]


@pytest.mark.parametrize(
    ("walks", "parts", "once"),
    [
        (CELLS, _parts, _once),
        (LIFTED, _parts, _once_of_lift),
        (PASSING, _parts, _once),
        (UNLESS, _parts, _once),
    ],
)
def test_for_each_exit_the_gate_tries_what_officers_need_on_both_surfaces_and_the_rest_on_one_surface(
    walks: list[Any], parts: PartsOf, once: PartsOf
) -> None:
    chosen = [*in_gate(walks, parts, once)]
    assert {part for walk in walks for part in once(*walk)} == {p for walk, _ in chosen for p in once(*walk)}
    assert {(part, surface) for walk in walks for part in parts(*walk) for surface in Surface} == {
        (part, surface) for walk, surface in chosen for part in parts(*walk)
    }


@pytest.mark.parametrize("what", BUILDERS)
def test_the_tests_notice_a_builder_that_does_not_build_its_obstacle(
    founded_rooms: dict[bool, Room], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, what: Obstacle
) -> None:
    """The control of the tests above.

    Without the builder, the obstacle is missing in the open case or in the closed case.
    """
    monkeypatch.setitem(BUILDERS, what, lambda _: None)
    unnoticed = []
    for is_ended, room in founded_rooms.items():
        own = room.copy(tmp_path / str(is_ended))
        try:
            exits_room.put(what, own)
        except AssertionError:
            continue
        unnoticed.append(is_ended)
    by_nature = {Obstacle.CLOSED: [True], Obstacle.OPEN: [False], Obstacle.PORTAL: [False]} | {
        Obstacle.NOT_DUE: [False],
        Obstacle.VISA: [False],
    }
    assert by_nature.get(what, []) == unnoticed


@pytest.mark.parametrize("what", Obstacle)
def test_a_case_is_due_only_if_none_of_its_obstacles_stops_its_destruction(what: Obstacle) -> None:
    """A case whose day of destruction is in the future is not due either."""
    today = date(2026, 11, 26)
    is_free = MATRIX[what][Exit.DESTROY].need is Need.NOTHING
    assert is_free is exits.is_due(Due(1, "admissible", today, frozenset({what}), by_one_clock=False), today)
    later = Due(1, "admissible", today + timedelta(1), frozenset(), by_one_clock=False)
    assert not exits.is_due(later, today)


@pytest.mark.parametrize("need", Need)
def test_only_the_matrix_decides_whether_a_case_can_be_closed_with_a_revealing_text(
    founded_rooms: dict[bool, Room], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, need: Need
) -> None:
    """Neither the warning about the text nor the number of officers matters."""
    row = dict(MATRIX[Obstacle.CAUTIONED]) | {Exit.CLOSE: Cell(need)}
    monkeypatch.setitem(MATRIX, Obstacle.CAUTIONED, row)
    room = founded_rooms[False].copy(tmp_path / "room")
    came = [
        exits_room.leave(Wanted(Exit.CLOSE, Obstacle.CAUTIONED, with_reason=with_reason), room, Surface.DESK)
        for with_reason in (False, True)
    ]
    no, yes = Came.REFUSED, Came.PASSED
    expected = {
        Need.NOTHING: [yes, no],
        Need.REASON: [no, yes],
        Need.SECOND_OFFICER: [no, no],
        Need.LIFTED: [no, no],
    }
    assert expected[need] == came


def test_one_officer_cannot_pass_an_obstacle_that_takes_two_officers(
    founded_rooms: dict[bool, Room], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The exit is then refused until the table of actions has an action for two officers."""
    row = dict(MATRIX[Obstacle.PROSECUTOR]) | {Exit.PERSONS: Cell(Need.SECOND_OFFICER)}
    monkeypatch.setitem(MATRIX, Obstacle.PROSECUTOR, row)
    room = before(founded_rooms, Exit.PERSONS, Obstacle.PROSECUTOR, tmp_path)
    with room.changing() as session:
        # Changing a decision that two officers took would itself take two officers.
        session.get_one(Duty, (1, "art14")).decision = ""
    assert Came.ASKED_A_SECOND is exits_room.leave(Wanted(Exit.PERSONS), room, Surface.COMMAND_LINE)


@pytest.mark.parametrize("way", [Exit.CLOSE, Exit.JUNK, Exit.DESTROY])
def test_an_obstacle_that_appears_while_a_second_officer_confirms_stops_the_exit(
    founded_rooms: dict[bool, Room], tmp_path: Path, way: Exit
) -> None:
    """An exit checks its obstacles twice.

    The first check is before the confirmation, so that nobody confirms in vain. The second check is at the
    moment of the exit.
    """
    room = founded_rooms[way is Exit.DESTROY].copy(tmp_path / "room")
    asked = []

    def confirm(*given: object) -> Mapping[str, Presence]:
        asked.append(given)
        with opened.inbox.vault.transaction() as session:
            BUILDERS[Obstacle.PROSECUTOR](session)
        return dict.fromkeys(opened.present, Presence.CONFIRMED)

    with room.office.unlocked() as opened:
        who = Actor(opened.present, today(), confirm)
        with pytest.raises(CaseRefused, match="whether to inform the prosecutor"):
            _leave(way, opened.inbox, who)
        with opened.inbox.vault.transaction() as session:
            work = session.get_one(Workflow, 1)
            assert ([work.junked, work.waits], 1) == ([None, way is not Exit.DESTROY], len(asked))


def _leave(way: Exit, inbox: Inbox, who: Actor) -> None:
    match way:
        case Exit.CLOSE:
            unfounded = Closing(outcome="unfounded", disclosure=Disclosure.WITHHELD, reason="drill")
            closing.close(inbox, who, 1, unfounded)
        case Exit.JUNK:
            junk.mark(inbox, who, [1], "drill")
        case _:
            destroy_cases.destroy(inbox, who, destroy_cases.plan(inbox, who, [1]))


def test_one_officer_alone_cannot_close_a_severe_urgent_report(
    founded_rooms: dict[bool, Room], tmp_path: Path
) -> None:
    """It does not help to call the report out of scope, to lift its obstacles, or to quarantine it."""
    room = founded_rooms[False].copy(tmp_path / "room")
    for what in (Obstacle.UNDECLARED, Obstacle.URGENT, Obstacle.DANGER, Obstacle.NEW):
        exits_room.put(what, room)
    bury = [
        "case",
        "close",
        "1",
        "out_of_scope",
        "--to",
        "ministry",
        "--disclosure",
        "withheld",
        "--reason",
        "x",
    ]
    quarantined = ["access", "quarantine", "1", "--reason", "x"]
    said = []
    with room.office.unlocked() as opened:
        for lift in (
            ["case", "declare", "1"],
            ["case", "measure", "add", "1", "protection_granted"],
            ["case", "show", "1"],
            quarantined,
            ["queue", "list"],
        ):
            said.append(exits_room.run(opened, bury, ())[1])
            two = exits_room.ACTING if "measure" in lift else ()
            assert (0, "") == exits_room.run(opened, lift, two)
    why = (
        "no conflict of interest",
        "may be in danger",
        "nobody has read the report",
        "must each enter their passphrase",
        "must each enter their passphrase",
    )
    assert [True] * 5 == [words in told for words, told in zip(why, said, strict=True)], said


@pytest.mark.parametrize("limit", range(5))
def test_the_law_sets_which_priorities_are_too_urgent_to_leave_the_queue(
    founded_rooms: dict[bool, Room], tmp_path: Path, limit: int
) -> None:
    """An urgent case cannot be marked as junk, and two officers must close it.

    With the limit 0, no case is too urgent.
    """
    urgent = replace(FRENCH.obstacles.urgent, value=limit)
    law = replace(FRENCH, obstacles=replace(FRENCH.obstacles, urgent=urgent))
    parts = {
        1: Parts(danger=3),
        2: Parts(danger=2),
        3: Parts(severity=2, access=3, verifiability=3),
        4: Parts(),
    }
    with founded_rooms[False].copy(tmp_path / "room").changing() as session:
        in_use.try_out(session, law)
        for priority, each in parts.items():
            work = session.get_one(Workflow, 1)
            work.parts = each
            assert priority == work.parts.priority
            for way in (Exit.CLOSE, Exit.JUNK):
                found = exits.obstacles(session, 1, Asked(way=way, today=today()))
                assert (Obstacle.URGENT in found) is (priority <= limit)


@pytest.mark.parametrize("surface", Surface)
def test_the_law_sets_how_many_officers_mark_a_case_as_junk(
    founded_rooms: dict[bool, Room], tmp_path: Path, surface: Surface
) -> None:
    """In the law xx, one officer is enough, and no case is too urgent."""
    room = founded_rooms[False].copy(tmp_path / "room")
    alone = Wanted(Exit.JUNK, with_a_second=False)
    exits_room.put(Obstacle.URGENT, room)
    assert Came.REFUSED is exits_room.leave(alone, room, surface)
    with room.changing() as session:
        in_use.adopt(session, FILES["xx"])
    assert Came.PASSED is exits_room.leave(alone, room, surface)


def test_marking_as_junk_takes_two_officers_if_a_law_adopted_meanwhile_requires_it(
    founded_rooms: dict[bool, Room], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    room = founded_rooms[False].copy(tmp_path / "room")
    with room.changing() as session:
        in_use.adopt(session, FILES["xx"])
    do = bulk.do

    def do_later(inbox: Inbox, *given: Any) -> list[int]:
        with inbox.vault.transaction() as session:
            in_use.adopt(session, FILES["fr"])
        return do(inbox, *given)

    monkeypatch.setattr(bulk, "do", do_later)
    alone = Wanted(Exit.JUNK, with_a_second=False)
    assert Came.ASKED_A_SECOND is exits_room.leave(alone, room, Surface.COMMAND_LINE)


def test_quarantine_is_not_an_exit_so_no_obstacle_stops_it() -> None:
    """One officer can place a case in quarantine without a declaration.

    Only lifting the quarantine takes two officers.
    """
    rule = TABLE[Code.QUARANTINE]
    assert (1, Reason.REQUIRED) == (rule.officers, rule.reason)
    assert Code.QUARANTINE not in {way.code for way in Exit}


def test_the_desk_names_an_obstacle_in_the_language_of_the_page() -> None:
    """The date has the format of that language. The command line uses English."""
    why = labels.said("obstacle", Obstacle.NOT_DUE, day=date(2026, 12, 1))
    refused = sentence("case {number}: {why}", number=7, why=why)
    assert "case 7: not due before 2026-12-01" == refused
    assert "Dossier 7\u00a0: à détruire à partir du 1er déc. 2026 seulement" == translate.told("fr", refused)
    assert "Case 7: not due before 1 Dec 2026" == translate.told("en", refused)
