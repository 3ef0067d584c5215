"""Check that a text kept beside a case does not reveal protected words or the reporter's identity.

Protected words are words that the reporter asked the office never to repeat. The check covers addressees and
reasons, because the journal keeps them after the case is destroyed, and has more readers than the case.
``Inbox.acting`` checks the reason of every action about a case. If the journal entry of an action on several
cases names no case, the action calls this check for each case.
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
    """The words by which a text reveals something.

    ``protected`` are protected words, and ``touching`` are words that match the reporter's identity.
    ``is_for_two`` is true if the text matches the identity, but a single officer must not see which words do.
    """

    protected: tuple[str, ...]
    touching: tuple[str, ...]
    is_for_two: bool

    @property
    def described(self) -> Sentence:
        """The matches, described in a sentence that is never empty."""
        found = [("protected", words) for words in self.protected]
        found += [("identity", words) for words in self.touching]
        said = [
            sentence("“{words}” ({why})", words=words, why=labels.said("why", why)) for why, words in found
        ]
        return joined([*said, *([labels.said("why", "identity")] if self.is_for_two else [])])


def find(session: Session, number: int, text: str) -> Unsaid | None:
    """Return the forbidden matches of a text about a case, or None.

    The caller has checked that the signed-in officers may read the case. Raises the same errors
    as ``comparisons.touched``.
    """
    kept = tuple(dict.fromkeys(protected.of(session, number).repeated(text)))
    touched = comparisons.touched(session, number, text)
    if touched is None:
        return Unsaid(kept, (), is_for_two=False) if kept else None
    return Unsaid(kept, touched.words, is_for_two=not touched.words)


def check_reason(session: Session, number: int, reason: str) -> None:
    """Raise CaseRefused if this reason about a case reveals something that the journal must not keep.

    If the signed-in officers may not read the case or have not declared it, the reason is not compared with
    the case. Otherwise, these officers could test names against the case. Raises the same errors as
    ``comparisons.touched``.
    """
    if _says(session, number, reason):
        raise says_itself()


def check_line(session: Session, number: int, text: str) -> None:
    """Raise CaseRefused if a reference or another line about a case reveals something and must not be kept.

    Such a line is kept in registers and ledgers, which have more readers than the case. As in
    ``check_reason``, the text is compared only if the signed-in officers may read the case. The same errors
    are raised, too.
    """
    if _says(session, number, text):
        raise CaseRefused(
            sentence("the reference or the restriction contains words that could identify somebody"),
            sentence("registers show this text: remove the words that could identify somebody"),
        ).at("reference", "restrictions")


def _says(session: Session, number: int, text: str) -> bool:
    if not text.strip():
        return False
    may_be_tried = declared.given(session, [number]) & row_security.readable(session, [number])
    return number in may_be_tried and find(session, number, text) is not None


def says_itself() -> CaseRefused:
    """Return the error for a forbidden reason: the same error for every reason and every officer."""
    return CaseRefused(
        sentence("the reason contains words that could identify somebody"),
        sentence("give a reason without these words, because the journal keeps every reason"),
    ).at("despite", "reason")
