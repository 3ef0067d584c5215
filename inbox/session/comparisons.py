"""Compare texts with the reporter's separately stored identity, and limit the answers that officers get.

An officer who types a list of names as a reply must not learn which of them is the reporter's. So one officer
alone learns only that a text matches the identity, but not which words match, how many match, or where. If
two officers confirm the action, they see the exact words, because two officers may read the identity
(``READ_IDENTITY``). Each comparison has its own journal entry, even if the action was refused. Oversight
counts the comparisons that matched an identity.

If an officer could halve the list each time, nine answers would single out one person in 300. So one officer
alone gets no more answers after one text that matches the identity, or after ``MOST_ALONE`` texts that do not
match. From then on, a text about the case is compared only when two officers act together and see the text.
Then the count starts again. An alarm does not wait for a second officer; instead, it is recorded without its
reason. With these answers, one officer alone can split the names of a service into at most ``MOST_ALONE`` + 1
groups. In a service of 300 persons, the largest group has at least 28 persons.
"""

from collections.abc import Container, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from sqlalchemy.orm import Session

from crypto.journal import Presence
from inbox.language.errors import USED_UP, Locked
from inbox.session import journal
from inbox.session.actions import Action, Actor, Code, action
from inbox.text import names
from inbox.text.repeating import Protected
from inbox.vault import queries_office
from inbox.vault.casework_tables import Identity

# About as many texts as one officer writes about a case in a week or two.
MOST_ALONE = 10
_LOOKS = "looks"


@dataclass(frozen=True, slots=True)
class Touched:
    """A text that matches an identity. ``words`` are the matches, empty unless two officers confirm."""

    words: tuple[str, ...]


@dataclass(slots=True)
class Looks:
    """The comparisons of an action: for each case, whether a text matched the identity.

    ``by_two``: two officers confirmed the action. ``is_choosing``: nobody has confirmed anything yet, because
    the action is not known yet.
    """

    by_two: bool = False
    is_choosing: bool = False
    found: dict[int, bool] = field(default_factory=dict)


def begin(session: Session, who: Actor, *, is_choosing: bool = False) -> Looks:
    """Begin a record of the comparisons by these officers in a session, and return the record."""
    journal.begin(session, who)
    looks = session.info[_LOOKS] = Looks(_are_two(session, who), is_choosing)
    return looks


def passages(session: Session, number: int) -> list[str]:
    """Return the lines of an identity to remove from outgoing texts; empty if no identity is recorded."""
    found = session.get(Identity, number)
    return lines(found.text) if found else []


def lines(text: str) -> list[str]:
    """Return the lines of an identity, each to be searched for in other texts."""
    return [line.strip() for line in text.splitlines() if line.strip()]


def touched(session: Session, number: int, text: str, own: Container[str] = ()) -> Touched | None:
    """Return how a text by officers matches a reporter's identity, or None if it does not.

    ``own`` are folded words that the text may contain. If a single officer can get no more answers alone
    (``takes_two``), nothing is compared before two officers confirm the action. The result is then also None.
    Raises Locked if the action is known and two officers did not confirm it.
    """
    known = passages(session, number)
    if not known or not text.strip():
        return None
    looks: Looks = session.info[_LOOKS]
    if not looks.by_two and is_used_up(session, journal.actor(session), number):
        if looks.is_choosing:
            return None
        raise Locked(2, USED_UP)
    words = tuple(
        dict.fromkeys(
            each
            for each in Protected(known).repeated(text)
            if not all(word in own for word in names.words(each))
        )
    )
    looks.found[number] = bool(words) or looks.found.get(number, False)
    if not words:
        return None
    return Touched(words if looks.by_two else ())


@contextmanager
def unnoted(session: Session) -> Iterator[None]:
    """Let two officers compare a text with several cases, without recording these cases.

    If the block ends normally, no comparison gets an entry. The action has an entry, but that entry names no
    case. If the block raises an exception, each comparison that matched an identity gets an entry. Otherwise,
    by guessing, two officers could find out who the reporter is.
    """
    looks: Looks = session.info[_LOOKS]
    try:
        yield
        looks.found.clear()
    finally:
        looks.found = {number: found for number, found in looks.found.items() if found}


def may_show_words(session: Session) -> bool:
    """Whether two officers have confirmed, and so may see the words that match an identity."""
    looks: Looks = session.info[_LOOKS]
    return looks.by_two


def takes_two(session: Session, who: Actor, wanted: Action) -> bool:
    """Return whether an action has a text and one of its officers can get no more answers alone."""
    has_words = bool(wanted.reason) or wanted.rule.compared
    return has_words and wanted.case is not None and is_used_up(session, who, wanted.case)


def is_used_up(session: Session, who: Actor, number: int) -> bool:
    """Whether an acting officer has had as many answers about a case as one officer can get alone."""
    if session.get(Identity, number) is None or _are_two(session, who):
        return False
    return any(_is_used_up(session, name, number) for name in who.officers)


def note(session: Session, who: Actor, looks: Looks) -> None:
    """Add a journal entry for each case whose recorded identity was compared with texts."""
    for number, found in looks.found.items():
        journal.note(
            session, who, action(Code.COMPARE_IDENTITY, number, touched=found, words_shown=looks.by_two)
        )
    looks.found.clear()


def _is_used_up(session: Session, officer: str, number: int) -> bool:
    alone: list[bool] = []
    for entry in journal.of_case(session, number):
        if entry.action == Code.COMPARE_IDENTITY and officer in entry.officers:
            alone = [] if "words_shown" in entry.values else [*alone, "touched" in entry.values]
    return any(alone) or len(alone) >= MOST_ALONE


def _are_two(session: Session, who: Actor) -> bool:
    """Whether two of the acting officers, or the only officer, typed their passphrases for this action."""
    meant = {Presence.CONFIRMED, Presence.OWN} if who.is_fresh else {Presence.CONFIRMED}
    typed = sum(how in meant for how in who.present.values())
    return bool(typed) and typed >= min(2, len(queries_office.officers(session)))
