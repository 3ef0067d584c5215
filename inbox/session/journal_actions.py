"""Actions on the journal itself, and the opening of the desk, a terminal session or an officer's session."""

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
from templates import version


class Surface(StrEnum):
    """Where officers work for a longer time: the desk or a terminal session."""

    DESK = "desk"
    SESSION = "session"


class How(StrEnum):
    """How officers read the journal."""

    PRINT = "print"
    VERIFY = "verify"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """A filter for entries: by case, officer and action. An empty value matches all entries.

    Only entries with numbers from ``first`` on and below ``before`` match.
    """

    case: int | None = None
    officer: str = ""
    action: str = ""
    first: int = 1
    before: int | None = None

    @property
    def is_all(self) -> bool:
        """Whether the filter matches entries regardless of their content."""
        return self.case is None and not self.officer and not self.action

    def has(self, line: Line) -> bool:
        """Whether an entry matches. A withheld entry matches only if the filter matches all entries."""
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
    """Entries of the journal, and its head. ``is_more``: there are earlier entries that match."""

    lines: list[Line]
    head: Head
    is_more: bool


def open_at(inbox: Inbox, who: Actor, surface: Surface) -> None:
    """Record that officers open the desk or a terminal session, and record the version of this program."""
    with inbox.acting(who, action(Code.OPEN, surface=surface, program_version=version.text())):
        pass


def sign_in(inbox: Inbox, who: Actor) -> None:
    """Record that an officer starts a session of their own."""
    with inbox.acting(who, action(Code.SIGN_IN)):
        pass


def read(inbox: Inbox, who: Actor, wanted: Wanted, most: int | None = None) -> Read:
    """Return the newest matching entries, at most ``most``. Raises the same errors as ``Inbox.acting``."""
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
    """Return a line; the line is withheld if some signed-in officer has not declared its case.

    The entry is withheld completely, as for a case that excludes an officer. If these two kinds of entry
    looked different, an excluded officer would learn of the exclusion. In addition, an entry about a name
    would show that the name occurs in the case, and a reason may name somebody.
    """
    entry = line.entry
    return line if entry is None or entry.case not in undeclared else replace(line, entry=None)


def verify(inbox: Inbox, who: Actor, file: Path | None = None, paper: Paper | None = None) -> Checked:
    """Verify the journal, also against a ``file`` of anchors and a head on paper; return the result.

    Raises the same errors as ``anchors.check``.
    """
    with inbox.acting(who, action(Code.READ_JOURNAL, how=How.VERIFY)) as session:
        if file is None:
            return anchors.check(session, None, paper)
        with given_files.opened(file) as opened:
            return anchors.check(session, atomic_files.pieces(opened), paper)


def correct_clock(inbox: Inbox, who: Actor, reason: str) -> Head:
    """Record that the clock was ahead but is now right. Return the head of the journal.

    Two officers must confirm the action. Raises Refused if there is nothing to correct.
    """
    with inbox.acting(who, action(Code.CORRECT_CLOCK, None, reason)) as session:
        return journal.head(session)
