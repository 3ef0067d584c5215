"""What officers do with the journal itself, and the opening of the inbox that it begins with."""

from collections import deque
from collections.abc import Collection
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path

from crypto.journal import Head
from inbox.session import anchors, declared, journal
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which entries to show: those about a case, by an officer, of an action; an empty value asks for all.

    Only entries from number ``first`` on are shown, and only those below ``before``.
    """

    case: int | None = None
    officer: str = ""
    action: str = ""
    first: int = 1
    before: int | None = None

    @property
    def is_all(self) -> bool:
        """Whether entries are asked for whatever they say."""
        return self.case is None and not self.officer and not self.action

    def has(self, line: Line) -> bool:
        """Tell whether an entry is among them; what is withheld only if all are asked for."""
        if self.before is not None and line.n >= self.before:
            return False
        if line.entry is None:
            return self.is_all
        return (
            self.case in {None, line.entry.case}
            and self.officer in {"", *line.entry.officers}
            and self.action in {"", line.entry.action}
        )


@dataclass(frozen=True, slots=True)
class Read:
    """Entries of the journal, and the head of all of it; ``is_more`` if there are earlier ones than these."""

    lines: list[Line]
    head: Head
    is_more: bool


def open_at(inbox: Inbox, who: Actor, surface: Surface) -> None:
    """Note that a surface is opened on which officers work for a while."""
    with inbox.acting(who, action(Code.OPEN, surface=surface)):
        pass


def sign_in(inbox: Inbox, who: Actor) -> None:
    """Note that an officer begins to work in a session of their own."""
    with inbox.acting(who, action(Code.SIGN_IN)):
        pass


def read(inbox: Inbox, who: Actor, wanted: Wanted, most: int | None = None) -> Read:
    """Return the entries that are wanted; of more than ``most`` of them the newest. As ``Inbox.acting``."""
    with inbox.acting(who, action(Code.READ_JOURNAL, how=How.PRINT)) as session:
        head, first = journal.head(session), wanted.first
        if most is not None and wanted.is_all:
            first = max(first, (wanted.before or head.n + 1) - most - 1)
        undeclared = declared.lacking_cases(session)
        lines = (_shown(each, undeclared) for each in journal.lines(session, first))
        found = [*deque(filter(wanted.has, lines), maxlen=None if most is None else most + 1)]
        kept = found if most is None else found[-most:]
        return Read(kept, head, is_more=len(found) > len(kept))


def _shown(line: Line, undeclared: Collection[int]) -> Line:
    """Return a line of the journal without what it would tell of a case that not all present have declared.

    All of it is withheld, as of a case that is kept from one of them: by any difference, that one would learn
    it. Reasons may name somebody besides, and that a name was judged tells that the case has it.
    """
    entry = line.entry
    return line if entry is None or entry.case not in undeclared else replace(line, entry=None)


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
