"""Texts of officers compared with who the author of a case is, which is kept apart; and who hears what of it.

Who types a list of names as a reply must not be told which of them it is. So one officer alone hears that a
text touches the identity: no word, no number, no place. The exact words are for two who confirm the act, as
those two may read the identity (``READ_IDENTITY``). Each comparison has an entry of its own, also one whose
act was refused; oversight counts those that touched.

Halving the list, nine such answers would single out one of 300. So an officer alone is told once that a text
touches the identity, or ``MOST_ALONE`` times that it does not. After that a text about the case is compared
only before two, who see what is tried; then it begins anew. An alarm does not wait for a second officer: it
goes without its reason. One touch after at most so many looks leaves as
many groups of names: of a service of 300 at least 27 persons in the largest.
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

# What one officer writes about a case in a week or two.
MOST_ALONE = 10
_LOOKS = "looks"


@dataclass(frozen=True, slots=True)
class Touched:
    """A text that says something of who an author is; the ``words``, for two officers, or nothing."""

    words: tuple[str, ...]


@dataclass(slots=True)
class Looks:
    """The comparisons of an act: of each case whether a text touched the identity, before how many officers.

    ``is_choosing``: nobody has confirmed anything yet, as it is not yet known which action it is.
    """

    by_two: bool = False
    is_choosing: bool = False
    found: dict[int, bool] = field(default_factory=dict)


def begin(session: Session, who: Actor, *, is_choosing: bool = False) -> Looks:
    """Let a session know before whom texts are compared in it; return what will have been compared."""
    journal.begin(session, who)
    looks = session.info[_LOOKS] = Looks(_are_two(session, who), is_choosing)
    return looks


def passages(session: Session, number: int) -> list[str]:
    """Return what of an identity is left out of whatever leaves: each line; nothing if nothing is noted."""
    found = session.get(Identity, number)
    return lines(found.text) if found else []


def lines(text: str) -> list[str]:
    """Return each line of an identity, as it is looked for in other texts."""
    return [line.strip() for line in text.splitlines() if line.strip()]


def touched(session: Session, number: int, text: str, own: Container[str] = ()) -> Touched | None:
    """Return whether a text of officers says something of who the author of a case is, None if it does not.

    ``own`` are folded words that it may say. Also None before one officer who has had the answers that one
    gets alone: then nothing is compared until two confirm the act, as ``takes_two`` says. Raises Locked where
    two did not.
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
    """Compare, before two officers, what must not leave a trace of the cases with which it is compared.

    If the block ends no comparison has an entry: its action has one, which names no case. If it raises, those
    that touched an identity have theirs, as two could else find out by their guesses who it is.
    """
    looks: Looks = session.info[_LOOKS]
    try:
        yield
        looks.found.clear()
    finally:
        looks.found = {number: found for number, found in looks.found.items() if found}


def may_show_words(session: Session) -> bool:
    """Tell whether those who act may see by which words something touches an identity: two who confirm it."""
    looks: Looks = session.info[_LOOKS]
    return looks.by_two


def takes_two(session: Session, who: Actor, wanted: Action) -> bool:
    """Tell whether an action has words of an officer who alone is told no more of what they touch."""
    has_words = bool(wanted.reason) or wanted.rule.compared
    return has_words and wanted.case is not None and is_used_up(session, who, wanted.case)


def is_used_up(session: Session, who: Actor, number: int) -> bool:
    """Tell whether one of those who act has had the answers that one gets alone about a case."""
    if session.get(Identity, number) is None or _are_two(session, who):
        return False
    return any(_is_used_up(session, name, number) for name in who.officers)


def note(session: Session, who: Actor, looks: Looks) -> None:
    """Add an entry for each case with which texts were compared."""
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
    """Tell whether two of those who act typed their passphrases for it, or the one officer there is."""
    meant = {Presence.CONFIRMED, Presence.OWN} if who.is_fresh else {Presence.CONFIRMED}
    typed = sum(how in meant for how in who.present.values())
    return bool(typed) and typed >= min(2, len(queries_office.officers(session)))
