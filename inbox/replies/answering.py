"""Which texts count as feedback (décret 2022-1284, article 4): no program knows what free words say.

A text of the law, or of the office, that is marked for it counts by itself. Words of an officer's own count
beside a measure that the reporter reads of in the same slot: one that was taken about the report, and more
than protection, which is promised to everybody. An outbox looks again at what it really tells.
"""

from collections.abc import Collection, Iterable, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from inbox.access import declarations
from inbox.casework import measures
from inbox.deadlines import workflow
from inbox.language.errors import CaseRefused
from inbox.language.messages import Sentence, sentence
from inbox.replies import holding, slots, templates
from inbox.vault import queries_cases
from inbox.vault.tables import AnswersBy, Case, Message
from templates.law.rules import Reply


def tells_measure(session: Session, number: int) -> bool:
    """Tell whether the next outbox lets the reporter read of a measure that answers the report.

    What is held back does not count, nor what no slot can tell.
    """
    case = queries_cases.case(session, number)
    dialogues = slots.dialogues(session, number)
    holding.hold_back(session, case, dialogues)
    return _is_among(session, number, dialogues.told[number])


def _is_among(session: Session, number: int, kinds: Iterable[str]) -> bool:
    return not measures.answering(session, number).isdisjoint(kinds)


def counting(session: Session, number: int, kinds: Iterable[str], leaving: Iterable[Message]) -> bool:
    """Tell whether any of these messages is feedback in a slot that tells these kinds of measures."""
    found = {each.answers_by for each in leaving if each.feedback}
    if AnswersBy.TEXT in found:
        return True
    return AnswersBy.MEASURE in found and _is_among(session, number, kinds)


def let_go(session: Session, case: Case, kinds: Iterable[str], leaving: Sequence[Message]) -> bool:
    """Let what leaves with an outbox be no feedback if it tells of no measure; tell whether any was none.

    ``leaving`` are the messages of which this outbox is the first to have them; ``kinds`` the measures told.
    """
    own = [each for each in leaving if each.feedback and each.answers_by == AnswersBy.MEASURE]
    if not own or _is_among(session, case.number, kinds):
        return False
    for each in own:
        each.feedback, each.answers_by = False, AnswersBy.NOTHING.value
    session.flush()
    workflow.take_back_feedback(session, case.number)
    workflow.keep_in_step(session, case.number)
    return True


def of(session: Session, number: int) -> list[Sentence]:
    """Return which messages of a case left and are no feedback, while none is; raises as ``workflow.of``."""
    if workflow.of(session, number).has_feedback:
        return []
    messages = queries_cases.messages(session, number)
    return [_hollow(each) for each in messages if each.answers_by == AnswersBy.NOTHING]


def warnings(session: Session, numbers: Collection[int]) -> list[Sentence]:
    """Return as ``of`` what of these cases an outbox took; nothing of one that is not there for who asks."""
    there = session.scalars(select(Case.number).where(Case.number.in_(numbers)).order_by(Case.number))
    return [each for number in there for each in of(session, number)]


def _hollow(message: Message) -> Sentence:
    return sentence(
        "case {number}: reply {position} left, but is no feedback: the reporter reads of no measure",
        number=message.case,
        position=message.position,
    )


def how(session: Session, number: int, template: Reply | None) -> AnswersBy | None:
    """Return what makes a text in this template, or in none, feedback; None if nothing does."""
    if template and template.answers:
        return AnswersBy.TEXT
    return AnswersBy.MEASURE if tells_measure(session, number) else None


def takes_two(template: Reply | None) -> bool:
    """Tell whether feedback in a template takes two officers: where it says nothing of this very case.

    Always, so that nothing shows whether anything forbids to say more.
    """
    return template is not None and template.answers and not template.takes_own_words


def check_case(session: Session, number: int) -> None:
    """Raise CaseRefused where no text is feedback yet, or none at all.

    None is where those who act may not read the case. In an open case feedback comes after the
    acknowledgement, which names the last day for it, so that nobody could write one afterwards.
    """
    if declarations.is_shut(session, number):
        raise CaseRefused(
            sentence("case {number}: nobody may read it now, so nothing counts as feedback", number=number),
            sentence("send it without --feedback"),
        )
    work = workflow.of(session, number)
    is_told = work.has_feedback or work.acknowledged_in is not None
    if work.closed is None and not is_told and not queries_cases.is_acknowledged(session, number):
        raise CaseRefused(
            sentence(
                "case {number}: feedback comes after the acknowledgement, which is missing", number=number
            ),
            sentence(
                "acknowledge it first: inbox reply {number} --template {template}",
                number=number,
                template=templates.acknowledging(session),
            ),
        )
