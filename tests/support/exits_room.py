"""A case with each obstacle to each exit, and the exits at the command line and at the desk.

Each new row in the matrix of exits needs two things here: code that creates the obstacle, and the sign by
which the tests recognise it. If one of them is missing, a test names the row.
"""

import contextlib
import copy
import io
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from enum import Enum, auto
from pathlib import Path
from typing import Any, ClassVar

from flask import Flask
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from crypto import journal
from crypto.journal import Presence
from crypto.messages import REPORT
from inbox.casework.exits import Exit
from inbox.cli import main
from inbox.deadlines import legal_duties
from inbox.deadlines.obstacles import Obstacle
from inbox.desk import state
from inbox.desk.app import create_app
from inbox.desk.state import Desk
from inbox.session.actions import Actor
from inbox.session.inbox import Inbox, Unlocked
from inbox.system import clock
from inbox.vault.casework_tables import (
    AccessRequest,
    Declaration,
    Duty,
    Handler,
    Link,
    ListedCase,
    Measure,
    Workflow,
)
from inbox.vault.score import Parts
from inbox.vault.tables import Case, Exclusion, FollowUp, IntakeBundle, JournalEntry
from tests.support.desk_room import Client, tell
from tests.support.inbox_builders import Office, Portal, Sent, World, passphrase_of, today
from tests.support.inbox_ending import tell_portal
from tests.support.inbox_outcomes import papers
from tests.support.inbox_visas import agree

NAMES = ("alice", "bruno", "chloe")
# The officers in ACTING ask for the exit. If an obstacle is about one officer, it is about Alice. The
# officers in OTHERS remove obstacles.
ACTING, OTHERS = NAMES[:2], NAMES[1:]
PERSON = "Firmin Quélennec"
TOLD = "Rien que de connu."
# This time is longer than the retention period of a case that is out of scope.
LONG_AGO = timedelta(90)
# Proceedings that ended on this day no longer prevent the destruction of a case.
LONG_DECIDED = today() - timedelta(400)
_SOON = timedelta(10)
_BEFORE = today() - timedelta(3_000)
# These obstacles are in the officers' request, not in the case.
IN_WHAT_IS_ASKED = {
    *(
        Obstacle.UNPREPARED,
        Obstacle.WITHHELD,
        Obstacle.UNTOLD,
        Obstacle.CAUTIONED,
        Obstacle.NO_WORD,
        Obstacle.BY_TWO,
    )
}
# The obstacle that can be both in the request and in the case.
IN_BOTH = {Obstacle.NO_WORD}


class Surface(Enum):
    """Where officers ask for an exit: command line or desk."""

    COMMAND_LINE = auto()
    DESK = auto()


class Came(Enum):
    """The result of asking for an exit."""

    PASSED = auto()
    REFUSED = auto()
    ASKED_A_SECOND = auto()


@dataclass(frozen=True)
class Room:
    """An inbox with one case before an exit, and what the portal knows about the case."""

    office: Office
    portal: Portal

    def copy(self, folder: Path) -> "Room":
        """Return a copy in ``folder``."""
        made = Room(self.office.copy(folder), copy.copy(self.portal))
        made.portal.world = copy.copy(self.portal.world)
        made.portal.world.office = made.office
        return made

    @contextmanager
    def changing(self) -> Iterator[Session]:
        """Yield a session in which a test can change any row."""
        with self.office.opened() as inbox, inbox.vault.transaction() as session:
            yield session


@dataclass(frozen=True)
class Wanted:
    """An exit: the obstacle to get ``past``, another obstacle ``beside`` it, and the input of the officers.

    If the exit closes the case, ``outcome`` is the outcome of the case.
    """

    way: Exit
    past: Obstacle | None = None
    beside: Obstacle | None = None
    with_reason: bool = False
    with_a_second: bool = True
    outcome: str = "founded"


def found(folder: Path) -> Room:
    """Make an inbox whose case 1 is open and acknowledged, was read by all officers, and names a person."""
    office = Office.found_by(folder, NAMES, 2)
    world = World(office)
    portal = Portal(world, folder / "medium")
    (reporter,) = tell(world, portal, {"what": f"{PERSON} a loué son badge.", "who_id": PERSON, "coi": "no"})
    office.json("exchange", "collect", portal.bundle(Sent(reporter.follow_up())))
    for pair in (ACTING, OTHERS):
        office.of(*pair).json("case", "declare", "1")
    office.json("case", "show", "1")
    office.json("case", "set-source-risk", "1", "low", "--reason", "drill")
    office.json("message", "acknowledge", "1")
    office.settle(1)
    with office.opened() as inbox, inbox.vault.transaction() as session:
        session.get_one(Duty, (1, "art14")).decision = "informed"
        sent = Duty(case=1, kind="art40", known=today(), due=today(), decided=today())
        sent.decision, sent.reason = "no_transmission", "drill"
        session.add(sent)
    return Room(office.of(*ACTING), portal)


def end(room: Room) -> None:
    """Close the case, inform the portal, let the retention period pass, and record the archives' consent."""
    with room.changing() as session:
        work, case = session.get_one(Workflow, 1), session.get_one(Case, 1)
        work.outcome, work.disclosure, case.status = "out_of_scope", "withheld", "closed"
        work.waits, work.closed = False, today()
    tell_portal(room.office, room.portal)
    with room.changing() as session:
        session.get_one(Workflow, 1).closed = today() - LONG_AGO
        for letter in session.scalars(select(FollowUp)):
            letter.received = today() - LONG_AGO
        agree(session)


def _handling(**changes: Any) -> Callable[[Session], None]:
    def change(session: Session) -> None:
        for name, value in changes.items():
            setattr(session.get_one(Workflow, 1), name, value)

    return change


def _close(session: Session) -> None:
    _handling(waits=False, closed=today() - LONG_AGO, outcome="out_of_scope", disclosure="withheld")(session)
    session.get_one(Case, 1).status = "closed"


def _open(session: Session) -> None:
    _handling(waits=True, closed=None, outcome="", disclosure="")(session)
    session.get_one(Case, 1).status = "assessing"


def _unread(session: Session) -> None:
    session.scalars(select(FollowUp)).one().unread = True


def _endanger(session: Session) -> None:
    """Make the report say that somebody may be in danger, without changing its score."""
    case = session.get_one(Case, 1)
    report = REPORT.parse(case.message)
    case.message = REPORT.encode(replace(report, answers={**report.answers, "danger_now": "unsure"}))
    session.get_one(Workflow, 1).feared = True


def _not_due(session: Session) -> None:
    """Start the retention period of an ended case today, so that the case is not yet due.

    An open case is never due.
    """
    work = session.get_one(Workflow, 1)
    work.closed = work.closed and today()


def _unheard(session: Session) -> None:
    session.get_one(Case, 1).closed_in = None


def _unreachable(session: Session) -> None:
    session.get_one(Case, 1).recipient = None


def _duty(kind: str, **changes: Any) -> Callable[[Session], None]:
    begun = {"case": 1, "kind": kind, "known": today(), "due": today() + _SOON}
    return lambda session: session.merge(Duty(**(begun | {"decided": None, "decision": ""} | changes)))


def ask_for_access(session: Session) -> None:
    """Record an old access request of the person named in the case, unless there already is a request."""
    asked = AccessRequest(
        n=1, received=today() - LONG_AGO, way="letter", names=PERSON, earliest=today(), due=today()
    )
    session.merge(asked)


def _pursue(session: Session) -> None:
    """Record that the case went to court long ago. A final decision cannot be older than the report."""
    session.get_one(Case, 1).received = LONG_DECIDED
    session.add_all(
        Measure(case=1, position=position, kind=kind, day=LONG_DECIDED, recorded=LONG_DECIDED)
        for position, kind in enumerate(("judicial_investigation", "prosecutor_word"), 1)
    )


def _repeat(session: Session) -> None:
    """Add case 2, which was closed long ago as a duplicate of case 1, with all declarations and decisions."""
    told = session.get_one(Case, 1)
    session.add(
        Case(
            number=2,
            status="closed",
            received=told.received,
            collected=told.collected,
            summary="",
            message=told.message,
            envelope=bytes(32),
            new=False,
        )
    )
    session.flush()
    session.add(Workflow(case=2, waits=False, closed=_BEFORE, outcome="duplicate", disclosure="withheld"))
    session.add_all(
        Duty(case=2, kind=each.kind, known=each.known, due=each.due, decided=today(), decision=each.decision)
        for each in session.scalars(select(Duty).filter_by(case=1)).all()
    )
    session.add_all(Declaration(case=2, officer=name, day=today()) for name in NAMES)
    for case, other in ((1, 2), (2, 1)):
        session.add(Link(case=case, other=other, kind="duplicate", since=today()))


def _has_duty(session: Session, kind: str, decision: str = "") -> bool:
    return session.scalar(select(Duty).filter_by(kind=kind, decision=decision, decided=None)) is not None


BUILDERS: dict[Obstacle, Callable[[Session], None]] = {
    Obstacle.UNDECLARED: lambda session: session.execute(delete(Declaration).filter_by(officer="alice")),
    Obstacle.CLOSED: _close,
    Obstacle.JUNK: _handling(waits=False, junked=today() - LONG_AGO),
    Obstacle.OPEN: _open,
    Obstacle.HELD: _handling(held=today()),
    # This also adds the prosecutor's word, because its absence would be another obstacle.
    Obstacle.PROCEEDINGS: _pursue,
    Obstacle.URGENT: lambda session: setattr(session.get_one(Workflow, 1), "parts", Parts(danger=2)),
    Obstacle.DANGER: _endanger,
    Obstacle.NEW: lambda session: setattr(session.get_one(Case, 1), "new", True),
    Obstacle.UNREAD: _unread,
    Obstacle.PORTAL: _unheard,
    Obstacle.NOT_DUE: _not_due,
    Obstacle.ONE_CLOCK: lambda session: session.execute(update(IntakeBundle).values(exported=_BEFORE)),
    Obstacle.VISA: lambda session: session.execute(delete(ListedCase)),
    Obstacle.PROSECUTOR: _duty("art40"),
    Obstacle.PERSONS: _duty("art14"),
    Obstacle.PUT_OFF: _duty("art14", decision="defer"),
    Obstacle.ADMISSIBILITY: _duty("admissibility"),
    Obstacle.UNDECIDED: _duty("identity_notice"),
    Obstacle.REQUEST: ask_for_access,
    Obstacle.REPEATED: _repeat,
    Obstacle.PREPARED: _duty("admissibility", decided=today(), decision="inadmissible", ground="facts"),
    Obstacle.UNREACHABLE: _unreachable,
    Obstacle.NO_WORD: lambda session: session.add(
        Measure(case=1, position=1, kind="prosecutor_phoned", day=today(), recorded=today())
    ),
    Obstacle.EXCLUDED: lambda session: session.add(Exclusion(case=1, officer="alice", since=today())),
    Obstacle.ENTRUSTED: lambda session: session.add(Handler(case=1, officer="chloe", since=today())),
    Obstacle.QUARANTINE: _handling(quarantined=today()),
}  # fmt: skip

# Queries that read the rows themselves to see whether an obstacle exists.
SIGNS: Mapping[Obstacle, Callable[[Session], bool]] = {
    Obstacle.UNDECLARED: lambda session: session.get(Declaration, (1, "alice")) is None,
    Obstacle.CLOSED: lambda session: session.get_one(Case, 1).status == "closed",
    Obstacle.JUNK: lambda session: session.get_one(Workflow, 1).junked is not None,
    Obstacle.OPEN: lambda session: session.get_one(Workflow, 1).waits,
    Obstacle.HELD: lambda session: session.get_one(Workflow, 1).held is not None,
    Obstacle.PROCEEDINGS: lambda session: session.get(Measure, (1, 1)) is not None,
    Obstacle.URGENT: lambda session: session.get_one(Workflow, 1).parts.priority <= 2,
    Obstacle.DANGER: lambda session: session.get_one(Workflow, 1).feared,
    Obstacle.NEW: lambda session: session.get_one(Case, 1).new,
    Obstacle.UNREAD: lambda session: session.scalars(select(FollowUp)).one().unread,
    Obstacle.PORTAL: lambda session: session.get_one(Case, 1).closed_in is None,
    Obstacle.NOT_DUE: lambda session: session.get_one(Workflow, 1).closed in {None, today()},
    Obstacle.ONE_CLOCK: lambda session: {*session.scalars(select(IntakeBundle.exported))} == {_BEFORE},
    Obstacle.VISA: lambda session: session.scalar(select(ListedCase)) is None,
    Obstacle.PROSECUTOR: lambda session: _has_duty(session, "art40"),
    Obstacle.PERSONS: lambda session: _has_duty(session, "art14"),
    Obstacle.PUT_OFF: lambda session: _has_duty(session, "art14", "defer"),
    Obstacle.ADMISSIBILITY: lambda session: _has_duty(session, "admissibility"),
    Obstacle.UNDECIDED: lambda session: _has_duty(session, "identity_notice"),
    Obstacle.REQUEST: lambda session: session.get(AccessRequest, 1) is not None,
    Obstacle.REPEATED: lambda session: session.get(Link, (1, 2)) is not None,
    Obstacle.PREPARED: lambda session: session.get_one(Duty, (1, "admissibility")).decision == "inadmissible",
    Obstacle.UNREACHABLE: lambda session: session.get_one(Case, 1).mailbox is None,
    Obstacle.NO_WORD: lambda session: session.get(Measure, (1, 1)) is not None,
    Obstacle.EXCLUDED: lambda session: session.get(Exclusion, (1, "alice")) is not None,
    Obstacle.ENTRUSTED: lambda session: session.get(Handler, (1, "chloe")) is not None,
    Obstacle.QUARANTINE: lambda session: session.get_one(Workflow, 1).quarantined is not None,
}


def put(what: Obstacle, room: Room) -> None:
    """Create an obstacle. Raise AssertionError if the sign of the obstacle does not appear."""
    with room.changing() as session:
        BUILDERS[what](session)
        session.flush()
        session.expire_all()
        assert SIGNS[what](session), f"no {what} is there"


def leave(wanted: Wanted, room: Room, surface: Surface) -> Came:
    """Ask for an exit. Return the result of the exit as the journal records it."""
    with room.office.unlocked() as opened:
        if wanted.way is Exit.ACCESS:
            with opened.inbox.vault.transaction() as session:
                ask_for_access(session)
        with opened.inbox.vault.transaction() as session:
            decided = legal_duties.prepared(session, 1)
        if decided and wanted.past is not Obstacle.PREPARED:
            wanted = replace(wanted, outcome=decided)
        before = _noted(opened.inbox, wanted)
        is_asked = _LEAVE[surface](wanted, room, opened)
        if _noted(opened.inbox, wanted) > before:
            return Came.PASSED
        return Came.ASKED_A_SECOND if is_asked else Came.REFUSED


def _noted(inbox: Inbox, wanted: Wanted) -> int:
    """Return how often the journal records this exit."""
    by_two = {Exit.CLOSE: {"close-by-two"}, Exit.PERSONS: {"decide-by-two"}}
    codes = {wanted.way.code.value} | by_two.get(wanted.way, set())
    with inbox.vault.transaction() as session:
        raws = session.scalars(select(JournalEntry.raw)).all()
    return sum(journal.ENTRY.parse(raw).action in codes for raw in raws)


@dataclass(frozen=True)
class _Door:
    """An inbox that is already open.

    The officers in ``confirming``, if any, confirm with their passphrases.
    """

    unlocked: Unlocked
    confirming: tuple[str, ...]

    @property
    def root(self) -> Path:
        return self.unlocked.inbox.home.root

    @contextmanager
    def opened(self) -> Iterator[tuple[Inbox, Actor]]:
        yield self.unlocked.inbox, Actor(self.unlocked.present, clock.today(), self._confirm)

    def _confirm(self, *_: object) -> Mapping[str, Presence]:
        return dict.fromkeys(self.confirming, Presence.CONFIRMED)

    def shut(self) -> None:
        """Do nothing."""


def run(opened: Unlocked, words: Sequence[str], confirming: tuple[str, ...]) -> tuple[int, str]:
    """Run a command in an open inbox. Return the exit code and the error message of the command."""
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        code = main.run(list(words), _Door(opened, confirming))
    assert code in {0, 1}, err.getvalue()
    return code, err.getvalue()


def sent(client: Client, path: str, form: Mapping[str, Any]) -> TestResponse:
    """Send a form of case 1 to a path of the desk.

    If the form closes the case, the officer first sees the preview of what is disclosed.
    """
    return client.close(1, **form) if path.endswith("/close") else client.send(path, **form)


class Visitor(Client):
    """A client that reuses an existing desk application, because making one is slower than loading a page."""

    _made: ClassVar[list[tuple[str, Flask]]] = []

    def __init__(self, desk: Desk) -> None:
        if not self._made:
            self._made.append((desk.place, create_app(desk)))
        desk.place, app = self._made[0]
        state.keep(app, desk)
        super().__init__(desk, app)


def passphrases(*names: str) -> dict[str, str]:
    """Return what two officers type into a form of the desk to confirm the form."""
    return {f"passphrase-{name}": passphrase_of(name) for name in names}


def _by_command(wanted: Wanted, room: Room, opened: Unlocked) -> bool:
    words = _words(wanted, room.office.out)
    _, said = run(opened, words, ACTING if wanted.with_a_second else ())
    return "two officers must each enter" in said


def _words(wanted: Wanted, out: Path) -> list[str]:
    match wanted.way:
        case Exit.CLOSE:
            closing = _closing(wanted)
            return ["case", "close", "1", closing.pop("outcome"), *_options(closing)]
        case Exit.JUNK:
            return ["case", "junk", "1", "--reason", "drill"]
        case Exit.DESTROY:
            return ["retention", "destroy", "1", *(["--reason", "drill"] if wanted.with_reason else [])]
        case Exit.ACCESS:
            told, answer = out / "told", str(papers(out) / "answer")
            told.write_text(TOLD)
            drill = ["--despite-warning", "drill"] if wanted.with_reason else []
            return ["request", "answer", "1", "--text-file", str(told), *drill, "--out", answer]
        case Exit.PERSONS:
            choice, *until = _choice(wanted).values()
            return [
                "case",
                "decide",
                "1",
                choice,
                *(["--until", *until] if until else []),
                "--reason",
                "drill",
            ]


def _options(form: Mapping[str, str]) -> Iterator[str]:
    """Yield the fields of a form as options of its command."""
    for name, value in form.items():
        yield from ({"despite": "--despite-warning"}.get(name, f"--{name}"), value)


def _closing(wanted: Wanted) -> dict[str, str]:
    """Return how to close a case. The text discloses everything, unless the obstacle is about disclosure.

    If the obstacle is the decision on the prosecutor, everything is withheld.
    """
    others = {
        Obstacle.PROSECUTOR: "partly_founded",
        Obstacle.BY_TWO: "unfounded",
        Obstacle.UNPREPARED: "inadmissible",
    }
    outcome = wanted.outcome if wanted.past is None else others.get(wanted.past, wanted.outcome)
    form = {"outcome": outcome, "disclosure": "full", "text": "Merci"}
    if Obstacle.QUARANTINE in {wanted.past, wanted.beside}:
        # The text cannot be compared with the report, so it always needs a reason.
        form["despite"] = "drill"
    # Without this option, the command would ask for the reason instead of closing the case.
    drill = {"reason": "drill" if wanted.with_reason else ""}
    match wanted.past:
        case Obstacle.CAUTIONED:
            warned = form | {"text": "Merci, écrivez à zoe@example.org"}
            return warned | ({"despite": "drill"} if wanted.with_reason else {})
        case Obstacle.WITHHELD:
            return {"outcome": "founded", "disclosure": "withheld"} | drill
        case Obstacle.PROSECUTOR:
            return {"outcome": outcome, "disclosure": "withheld", "reason": "drill"}
        case Obstacle.UNTOLD | Obstacle.UNREACHABLE if wanted.with_reason:
            return {"outcome": "founded", "disclosure": "withheld"} | drill
        case Obstacle.UNTOLD:
            return {"outcome": "founded", "disclosure": "full"}
        case _:
            return form | drill


def _choice(wanted: Wanted) -> dict[str, str]:
    """Return the decision about the persons named: inform them if the obstacle is NO_WORD, else defer."""
    if wanted.past is Obstacle.NO_WORD:
        return {"choice": "informed"}
    return {"choice": "defer", "until": (today() + timedelta(60)).isoformat()}


def _at_the_desk(wanted: Wanted, room: Room, opened: Unlocked) -> bool:
    client = Visitor(Desk(opened, 8090, room.portal.folder, same_disk=True))
    path, form = _form(wanted, room)
    answer = sent(client, path, form | (passphrases(*ACTING) if wanted.with_a_second else {}))
    assert answer.status_code in {200, 303, 401, 409}, answer.text
    return answer.status_code == 401


def _form(wanted: Wanted, room: Room) -> tuple[str, dict[str, str]]:
    reason = {"reason": "drill"} if wanted.with_reason else {}
    match wanted.way:
        case Exit.CLOSE:
            return "/en/case/1/close", _closing(wanted)
        case Exit.JUNK:
            return "/en/many/junk", {"case": "1", "reason": "drill"}
        case Exit.DESTROY:
            return "/en/retention", {"case": "1"} | reason
        case Exit.ACCESS:
            return "/en/access/1/answer", {
                "text": TOLD,
                "language": "fr",
                "papers": str(papers(room.office.out)),
            } | reason
        case Exit.PERSONS:
            return "/en/case/1/decide", _choice(wanted) | {"reason": "drill"}


_LEAVE = {Surface.COMMAND_LINE: _by_command, Surface.DESK: _at_the_desk}
