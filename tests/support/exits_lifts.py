"""Ways to remove an obstacle to an exit, at the command line and at the desk, by actions or by waiting.

Each new way to remove an obstacle needs its commands and forms in this module. Otherwise, a test fails and
names the way.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta

from crypto.bundle import Link
from inbox.casework.exits import Exit
from inbox.deadlines.obstacles import Obstacle
from inbox.desk.state import Desk
from inbox.session.actions import Code
from inbox.vault import score
from inbox.vault.casework_tables import Workflow
from inbox.vault.tables import OutboxBundle
from tests.support.exits_room import (
    ACTING,
    LONG_AGO,
    LONG_DECIDED,
    NAMES,
    OTHERS,
    Room,
    Surface,
    Visitor,
    ask_for_access,
    passphrases,
    run,
    sent,
)
from tests.support.inbox_builders import read_outbox, today
from tests.support.inbox_clock import Clock
from tests.support.inbox_ending import dated_by_portal, tell_portal
from tests.support.inbox_outcomes import papers
from tests.support.inbox_visas import agree

# An obstacle, the exit that it prevents, and the action that removes it.
Lifted = tuple[Obstacle, Exit, Code]


@dataclass(frozen=True)
class Lift:
    """An action by these officers, as a command and as a form of the desk.

    If the action has no form, a page of the desk is opened instead. ``is_end``: the action ends an open case.
    The portal must learn of the end of the case, and some days must pass afterwards.
    """

    by: tuple[str, ...]
    words: tuple[str, ...]
    path: str
    form: Mapping[str, str | list[str]] | None = field(default_factory=dict)
    is_end: bool = False


_WHY = ("--reason", "drill")
_DRILL = {"reason": "drill"}
_CASE = "/en/case/1"
_WITHHELD = ("--disclosure", "withheld", *_WHY)


def _closing(outcome: str) -> Lift:
    form = {"outcome": outcome, "disclosure": "withheld"} | _DRILL
    return Lift(OTHERS, ("case", "close", "1", outcome, *_WITHHELD), f"{_CASE}/close", form, is_end=True)


def _deciding(choice: str, ground: str = "", to: str = "", despite: str = "", until: str = "") -> Lift:
    options = (
        ("--until", until),
        ("--ground", ground),
        ("--addressee", to),
        ("--reference", to),
        ("--despite-warning", despite),
    )
    named = [(option, given) for option, given in options if given]
    words = ("case", "decide", "1", choice, *_WHY, *(word for option in named for word in option))
    form = {
        "choice": choice,
        "until": until,
        "decision-ground": ground,
        "addressee": to,
        "reference": to,
        "despite": despite,
    } | _DRILL
    return Lift(OTHERS, words, f"{_CASE}/decide", form)


LIFTS: Mapping[Code, Lift] = {
    Code.DECLARE: Lift(ACTING, ("case", "declare", "1"), f"{_CASE}/declare"),
    Code.REOPEN: Lift(OTHERS, ("case", "reopen", "1", *_WHY), f"{_CASE}/reopen", _DRILL),
    Code.UNLINK: Lift(OTHERS, ("case", "link", "remove", "1", "2"), f"{_CASE}/links/2/unlink"),
    Code.RECOVER: Lift(OTHERS, ("case", "unjunk", "1"), "/en/many/recover", {"case": "1"}),
    Code.CLOSE: _closing("founded"),
    Code.CLOSE_BY_TWO: _closing("unfounded"),
    Code.JUNK: Lift(
        OTHERS, ("case", "junk", "1", *_WHY), "/en/many/junk", {"case": "1"} | _DRILL, is_end=True
    ),
    Code.JUDGE: Lift(
        OTHERS,
        ("case", "set-score", "1", "--danger", "0", *_WHY),
        f"{_CASE}/assess",
        dict.fromkeys(score.NAMES, "0") | _DRILL,
    ),
    Code.RECORD_MEASURE: Lift(
        OTHERS, ("case", "measure", "add", "1", "none"), f"{_CASE}/measure", {"kind": "none", "degree": "0"}
    ),
    Code.END_PROCEEDINGS: Lift(
        OTHERS,
        ("case", "measure", "add", "1", "final_decision", "--day", LONG_DECIDED.isoformat()),
        f"{_CASE}/measure",
        {"kind": "final_decision", "degree": "0", "day": LONG_DECIDED.isoformat()},
    ),
    Code.RELEASE_HOLD: Lift(
        OTHERS, ("retention", "unhold", "1", *_WHY), f"{_CASE}/hold", {"release": "on"} | _DRILL
    ),
    Code.REMOVE_PROCEEDINGS: Lift(
        OTHERS, ("case", "measure", "retract", "1", "1", *_WHY), f"{_CASE}/retract/1", _DRILL
    ),
    Code.SHOW: Lift(OTHERS, ("case", "show", "1"), _CASE, None),
    Code.REPLY: Lift(
        OTHERS,
        ("message", "reply", "1", "--template", "feedback", "--text", "Merci", "--feedback"),
        f"{_CASE}/reply",
        {"template": "feedback", "text": "Merci", "feedback": "on"},
    ),
    Code.LIFT_CONFLICT: Lift(
        OTHERS,
        ("access", "conflict", "remove", "1", "alice", *_WHY),
        f"{_CASE}/readers/lift",
        {"officer": "alice"} | _DRILL,
    ),
    Code.OPEN_TO_ALL: Lift(("chloe",), ("access", "unrestrict", "1"), f"{_CASE}/readers"),
    Code.ENTRUST: Lift(
        ("chloe",), ("access", "restrict", "1", *NAMES), f"{_CASE}/readers", {"officer": [*NAMES]}
    ),
    Code.BREAK_GLASS: Lift(
        ACTING, ("access", "break-glass", "1", *_WHY), f"{_CASE}/readers/break-glass", _DRILL
    ),
    Code.NOTE_UNOPPOSED: Lift(
        OTHERS,
        ("request", "unopposed", "1", "--request", "1", "--day", today().isoformat(), "--reference", "TJ"),
        "/en/access/1/unopposed",
        {"case": "1", "day": today().isoformat(), "reference": "TJ"},
    ),
    Code.LIFT_QUARANTINE: Lift(
        OTHERS, ("access", "unquarantine", "1", *_WHY), f"{_CASE}/readers/quarantine/lift", _DRILL
    ),
}
_NAMED = {
    Code.DECIDE: _deciding("defer", until=(today() + timedelta(30)).isoformat()),
    Code.DECIDE_BY_TWO: _deciding("not_needed"),
}
_PROSECUTOR = {Code.DECIDE_BY_TWO: _deciding("no_transmission")}
_ADMISSIBILITY = {
    Code.DECIDE: _deciding("admissible"),
    Code.DECIDE_BY_TWO: _deciding("inadmissible", "facts"),
}
# If a case names the person who asks, officers must change their decision that the case names nobody.
_OF_WHO_ASKS = {Code.DECIDE_BY_TWO: _deciding("informed")}
# The law says for each decision whether it takes one officer or two.
_DECISIONS = {
    Obstacle.PROSECUTOR: _PROSECUTOR,
    Obstacle.PERSONS: _NAMED,
    Obstacle.PUT_OFF: _NAMED,
    Obstacle.UNDECIDED: {
        Code.DECIDE: _deciding("told", despite="by hand"),
        Code.DECIDE_BY_TWO: _deciding("not_told"),
    },
    **dict.fromkeys((Obstacle.ADMISSIBILITY, Obstacle.UNPREPARED), _ADMISSIBILITY),
    # Changing a prepared outcome changes a decision of two officers.
    Obstacle.PREPARED: {Code.DECIDE_BY_TWO: _ADMISSIBILITY[Code.DECIDE]},
}
DECISIONS = (Code.DECIDE, Code.DECIDE_BY_TWO)
# Measures that are recorded after a prosecutor was informed, on the same day.
_NOTED = {
    code: Lift(
        OTHERS,
        ("case", "measure", "add", "1", kind, "--addressee", "X"),
        f"{_CASE}/measure",
        {"kind": kind, "degree": "0", "addressee": "X"},
    )
    for code, kind in ((Code.RECORD_MEASURE, "prosecutor_word"), (Code.END_PROCEEDINGS, "final_decision"))
}


# The options that distinguish actions of the same command.
_TELLING = ("--danger",)
_LONG_COMMANDS = {
    Code.COLLECT: {"exchange outbox --out DIR", "exchange collect BUNDLE"},
    Code.RECORD_VISA: {"retention visa request 1 --out FOLDER"},
    Code.ANSWER_ACCESS: {"request list"},
}
# A law may have other duties. The page of a duty lists the possible decisions.
_ANY_CHOICE = {Obstacle.UNDECIDED: "CHOICE"}


def _is_of_who_asks(what: Obstacle, way: Exit) -> bool:
    return way is Exit.ACCESS and what in {Obstacle.PERSONS, Obstacle.PUT_OFF}


def is_named(code: Code, what: Obstacle, way: Exit, said: str) -> bool:
    """Tell whether a message to officers names the command of an action that removes an obstacle."""
    named = [each.strip(" ;,") for each in said.split("inbox ")[1:]]
    if code in _LONG_COMMANDS:
        return _LONG_COMMANDS[code] <= {*named}
    if code in DECISIONS:
        decisions = _OF_WHO_ASKS if _is_of_who_asks(what, way) else _DECISIONS[what]
        choice = _ANY_CHOICE.get(what, decisions[code].words[3])
        offered = (re.fullmatch(r"case decide 1 (\S+) --reason TEXT", each) for each in named)
        return any(choice in each[1].split("|") for each in offered if each)
    words = LIFTS[code].words
    command = " ".join(words[: next(at for at, word in enumerate(words) if word.isdigit())])
    meant = [each for each in named if f"{each} ".startswith(f"{command} ")]
    return any(all(word in each for word in words if word in _TELLING) for each in meant)


def lift(lifted: Lifted, room: Room, surface: Surface, clock: Clock) -> None:
    """Remove an obstacle to an exit by an action, at the command line or at the desk."""
    _, _, code = lifted
    if code in LONG:
        LONG[code][surface](room)
    else:
        _lift(lifted, room, surface, clock)
    if code is not Code.RECORD_VISA:
        # An action on a case removes the case from the list that the archives approved.
        with room.changing() as session:
            agree(session)


def _lift(lifted: Lifted, room: Room, surface: Surface, clock: Clock) -> None:
    what, way, code = lifted
    if code is Code.NOTE_UNOPPOSED:
        with room.changing() as session:
            ask_for_access(session)
    action = _DECISIONS[what][code] if code in DECISIONS else LIFTS[code]
    if _is_of_who_asks(what, way):
        action = _OF_WHO_ASKS[code]
    if (code, what) == (Code.REOPEN, Obstacle.REPEATED):
        action = Lift(OTHERS, ("case", "reopen", "2", *_WHY), "/en/case/2/reopen", _DRILL)
    if what is Obstacle.NO_WORD:
        action = _NOTED[code]
    if (code, what) == (Code.SHOW, Obstacle.UNREAD):
        # A message of the reporter is read on the page of the dialogue.
        action = replace(action, path=f"{_CASE}/dialogue")
    _do(action, room, surface)
    if action.is_end:
        # The clock does not jump six years at once, because every key would expire, too.
        with room.changing() as session:
            session.get_one(Workflow, 1).outcome = "out_of_scope"
        clock.wait(LONG_AGO.days)
        tell_portal(room.office, room.portal)
        dated_by_portal(room.office)


def wait(clock: Clock, room: Room) -> None:
    """Move this clock, and that of the portal, to the day on which an obstacle ends."""
    clock.wait(LONG_AGO.days)
    dated_by_portal(room.office)


def _do(action: Lift, room: Room, surface: Surface) -> None:
    opening = ACTING if set(action.by) <= set(ACTING) else OTHERS
    with room.office.of(*opening).unlocked() as unlocked:
        opened = replace(unlocked, officers=action.by)
        if surface is Surface.COMMAND_LINE:
            assert run(opened, action.words, action.by) == (0, "")
        elif action.form is None:
            Visitor(Desk(opened, 8090, None)).page(action.path)
        else:
            client = Visitor(Desk(opened, 8090, None))
            answer = sent(client, action.path, {**action.form, **passphrases(*action.by)})
            assert answer.status_code == 303, answer.text


def _tell_by_command(room: Room) -> None:
    tell_portal(room.office, room.portal)


def _tell_at_the_desk(room: Room) -> None:
    with room.office.unlocked() as opened:
        client = Visitor(Desk(opened, 8090, room.portal.folder, same_disk=True))
        assert client.send("/en/medium/outbox").status_code == 200
        with opened.inbox.vault.transaction() as session:
            n = max(each.n for each in session.query(OutboxBundle))
        _, made, _ = read_outbox(room.portal.folder / f"outbox-inspection-{n}.tar", room.portal.world)
        bundle = room.portal.bundle(applied=Link(n, made.hash))
        assert client.send("/en/medium/collect", bundle=bundle.name).status_code == 200


def _answer_by_command(room: Room) -> None:
    words = ["request", "answer", "1", "--reason", "drill", "--out", str(papers(room.office.out) / "letter")]
    with room.office.unlocked() as opened:
        assert run(opened, words, ACTING) == (0, "")


def _answer_at_the_desk(room: Room) -> None:
    with room.office.unlocked() as opened:
        client = Visitor(Desk(opened, 8090, room.portal.folder, same_disk=True))
        form = {
            "text": "",
            "reason": "drill",
            "language": "fr",
            "papers": str(papers(room.office.out)),
        } | passphrases(*ACTING)
        assert client.send("/en/access/1/answer", **form).status_code == 200


def _record_visa_by_command(room: Room) -> None:
    day = today().isoformat()
    with room.office.unlocked() as opened:
        assert run(opened, ["retention", "visa", "request", "--out", str(papers(room.office.out))], ()) == (
            0,
            "",
        )
        words = ["retention", "visa", "add", _listed(room), "--day", day, "--reference", "AD 76"]
        assert run(opened, words, ACTING) == (0, "")


def _record_visa_at_the_desk(room: Room) -> None:
    with room.office.unlocked() as opened:
        client = Visitor(Desk(opened, 8090, None, same_disk=True))
        assert client.send("/en/retention/visa/list", papers=str(papers(room.office.out))).status_code == 200
        form = {"list": _listed(room), "day": today().isoformat(), "reference": "AD 76"}
        assert client.send("/en/retention/visa", **form, **passphrases(*ACTING)).status_code == 303


def _listed(room: Room) -> str:
    """Return the name of the list that was written."""
    (path,) = papers(room.office.out).glob("visa-*.json")
    return path.stem.removeprefix("visa-")


# The desk runs each of these actions as a job, and each needs a medium.
LONG: Mapping[Code, Mapping[Surface, Callable[[Room], None]]] = {
    Code.COLLECT: {Surface.COMMAND_LINE: _tell_by_command, Surface.DESK: _tell_at_the_desk},
    Code.RECORD_VISA: {
        Surface.COMMAND_LINE: _record_visa_by_command,
        Surface.DESK: _record_visa_at_the_desk,
    },
    Code.ANSWER_ACCESS: {Surface.COMMAND_LINE: _answer_by_command, Surface.DESK: _answer_at_the_desk},
}
