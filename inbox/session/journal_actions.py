"""What officers do with the journal itself, and the opening of the inbox that it begins with."""

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from crypto.journal import Head
from inbox.session import anchors, journal
from inbox.session.actions import Actor, Code, action
from inbox.session.anchors import Checked, Paper
from inbox.session.inbox import Inbox
from inbox.session.journal import Line
from inbox.system import atomic_files, given_files


class Surface(StrEnum):
    """Where officers work for a while."""

    DESK = "desk"
    SESSION = "session"


class How(StrEnum):
    """How officers read the journal."""

    PRINT = "print"
    VERIFY = "verify"


@dataclass(frozen=True, slots=True)
class Read:
    """Entries from number ``first`` on, and the head of the whole journal."""

    lines: list[Line]
    head: Head
    first: int


def open_at(inbox: Inbox, who: Actor, surface: Surface) -> None:
    """Note that a surface is opened on which officers work for a while."""
    with inbox.acting(who, action(Code.OPEN, surface=surface)):
        pass


def sign_in(inbox: Inbox, who: Actor) -> None:
    """Note that an officer begins to work in a session of their own."""
    with inbox.acting(who, action(Code.SIGN_IN)):
        pass


def read(inbox: Inbox, who: Actor, first: int | None = None, *, most: int | None = None) -> Read:
    """Return the entries from number ``first`` on, at most so many; without ``first`` the newest of them."""
    with inbox.acting(who, action(Code.READ_JOURNAL, how=How.PRINT)) as session:
        head = journal.head(session)
        if first is None:
            first = 1 if most is None else max(1, head.n - most + 1)
        return Read(list(journal.lines(session, first))[:most], head, first)


def verify(inbox: Inbox, who: Actor, file: Path | None = None, paper: Paper | None = None) -> Checked:
    """Return the head of a journal that holds, in itself, beside a ``file`` of anchors and a head on paper.

    Raises Refused as ``anchors.check`` does.
    """
    with inbox.acting(who, action(Code.READ_JOURNAL, how=How.VERIFY)) as session:
        if file is None:
            return anchors.check(session, None, paper)
        with given_files.opened(file) as opened:
            return anchors.check(session, atomic_files.pieces(opened), paper)


def correct_clock(inbox: Inbox, who: Actor, reason: str) -> Head:
    """Note that the clock was ahead and is right now; return the head of the journal.

    Two officers confirm it. Raises Refused if there is nothing to correct.
    """
    with inbox.acting(who, action(Code.CORRECT_CLOCK, None, reason)) as session:
        return journal.head(session)
