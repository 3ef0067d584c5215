"""Words that no line beside a case may have: what its author asked never to repeat, and who that is.

An addressee is such a line, and so is each reason: the journal keeps it after the case is destroyed, and more
officers read it. ``Inbox.acting`` checks the reason of every action about a case; who takes an action on
several cases as a whole, whose entry names none, checks it here for each.
"""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from inbox.language import labels
from inbox.language.errors import CaseRefused
from inbox.language.messages import Sentence, joined, sentence
from inbox.questionnaire import protected
from inbox.session import comparisons, declared
from inbox.vault import row_security


@dataclass(frozen=True, slots=True)
class Unsaid:
    """What a text says of it: words that are ``protected``, and ``touching`` the identity.

    ``is_for_two``: it touches the identity, and one officer is not told by which words.
    """

    protected: tuple[str, ...]
    touching: tuple[str, ...]
    is_for_two: bool

    @property
    def told(self) -> Sentence:
        """What was found, in words; it is something."""
        found = [("protected", words) for words in self.protected]
        found += [("identity", words) for words in self.touching]
        said = [
            sentence("“{words}” ({why})", words=words, why=labels.said("why", why)) for why, words in found
        ]
        return joined([*said, *([labels.said("why", "identity")] if self.is_for_two else [])])


def find(session: Session, number: int, text: str) -> Unsaid | None:
    """Return what a text says of a case that it must not, None if nothing.

    Whoever calls it has seen to it that those present may read the case. Raises as ``comparisons.touched``.
    """
    kept = tuple(dict.fromkeys(protected.of(session, number).repeated(text)))
    touched = comparisons.touched(session, number, text)
    if touched is None:
        return Unsaid(kept, (), is_for_two=False) if kept else None
    return Unsaid(kept, touched.words, is_for_two=not touched.words)


def check_reason(session: Session, number: int, reason: str) -> None:
    """Return if the journal may keep a reason that is given about a case; else raise CaseRefused.

    Raises as ``comparisons.touched``. Nothing is compared with a case that those present may not read, or
    have not declared: nobody may try words on it.
    """
    if _says(session, number, reason):
        raise says_itself()


def check_line(session: Session, number: int, text: str) -> None:
    """Return if a reference, or another line, may be kept beside a case; else raise CaseRefused.

    It stands in registers and ledgers that more officers read. Raises, and compares, as ``check_reason``.
    """
    if _says(session, number, text):
        raise CaseRefused(
            sentence("a reference, or a restriction, says itself what could give somebody away"),
            sentence("registers keep it: write it without that"),
        ).at("reference", "restrictions")


def _says(session: Session, number: int, text: str) -> bool:
    if not text.strip():
        return False
    may_be_tried = declared.given(session, [number]) & row_security.readable(session, [number])
    return number in may_be_tried and find(session, number, text) is not None


def says_itself() -> CaseRefused:
    """Return why a reason is refused: the same words, whatever it says and whoever gave it."""
    return CaseRefused(
        sentence("the reason says itself what could give somebody away"),
        sentence("the journal keeps it: give another"),
    ).at("despite", "reason")
