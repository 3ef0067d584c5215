"""Measures that could surprise a prosecutor require the prosecutor's word."""

from sqlalchemy.orm import Session

from inbox.access import declarations
from inbox.casework import prosecutor_word
from inbox.casework.measures import by_law
from inbox.language import labels
from inbox.language.errors import CaseRefused
from inbox.language.messages import Sentence, sentence


def binds(session: Session, number: int, kind: str) -> bool:
    """Return whether a measure requires a prosecutor's word, and this word is missing or has restrictions.

    Without the prosecutor's word, the measure could surprise a prosecutor. If there are restrictions, an
    officer has to say whether the measure respects them.
    """
    if not by_law.rule(session, kind).needs_word:
        return False
    return prosecutor_word.binds(session, number)


def check(session: Session, number: int, kind: str) -> None:
    """Raise CaseRefused if a measure requires a prosecutor's word that is missing or has restrictions.

    Also raises Undeclared.
    """
    if binds(session, number, kind):
        # The refusal repeats what the prosecutor said about the case.
        declarations.check(session, number)
        raise _refused(session, number, kind)


def _refused(session: Session, number: int, kind: str) -> CaseRefused:
    if not prosecutor_word.is_missing(session, number):
        return prosecutor_word.refusing(
            session,
            number,
            _restricted(session, number),
            sentence(
                "if the measure complies with these restrictions, say how: inbox case measure add {number}"
                " {kind} --despite-warning REASON",
                number=number,
                kind=kind,
            ),
        )
    return prosecutor_word.refusing(
        session,
        number,
        sentence("case {number}: the prosecutor has not said that this measure can be taken", number=number),
        sentence(
            "decide first whether to inform the prosecutor: inbox case decide {other} {choices}"
            " --reason TEXT; then ask the prosecutor, and record the answer: inbox case measure add"
            " {other} {word}; or say why you take the measure anyway: inbox case measure add {number}"
            " {kind} --despite-warning REASON",
            number=number,
            kind=labels.named("measure", kind),
            **prosecutor_word.lifting(session, number),
        ),
    )


def _restricted(session: Session, number: int) -> Sentence:
    """Return the prosecutor's restrictions, or only the fact that a linked case has restrictions."""
    if not (said := prosecutor_word.restrictions(session, number)):
        return sentence("case {number}: the prosecutor restricted what can be done", number=number)
    return sentence(
        "case {number}: the prosecutor restricted what can be done: {restrictions}",
        number=number,
        restrictions=said,
    )
