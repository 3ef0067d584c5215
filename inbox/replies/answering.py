"""Which texts count as feedback (décret 2022-1284, article 4): no program knows what free text says.

A text of the law or the office that is marked as feedback counts on its own. An officer's own words count
only if the reporter can read a measure in the same slot. The measure must be about the report, and more than
protection, which is promised to everybody. When an outbox is made, its actual content is checked again.
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
    """Return whether the next outbox lets the reporter read a measure that answers the report.

    Measures that are held back, or that no slot may mention, do not count.
    """
    case = queries_cases.case(session, number)
    dialogues = slots.dialogues(session, number)
    holding.hold_back(session, case, dialogues)
    return _is_among(session, number, dialogues.told[number])


def _is_among(session: Session, number: int, kinds: Iterable[str]) -> bool:
    return not measures.answering(session, number).isdisjoint(kinds)


def counting(session: Session, number: int, kinds: Iterable[str], leaving: Iterable[Message]) -> bool:
    """Return whether any of these messages is feedback in a slot that mentions these kinds of measures."""
    found = {each.answers_by for each in leaving if each.feedback}
    if AnswersBy.TEXT in found:
        return True
    return AnswersBy.MEASURE in found and _is_among(session, number, kinds)


def let_go(session: Session, case: Case, kinds: Iterable[str], leaving: Sequence[Message]) -> bool:
    """Mark own words as no feedback if an outbox mentions no measure; return whether there were any.

    ``leaving`` are the messages that this outbox is the first to contain; ``kinds`` are the measures that it
    mentions.
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
    """Return the messages of a case that were sent and did not count, while it has no feedback.

    Raises what ``workflow.of`` raises.
    """
    if workflow.of(session, number).has_feedback:
        return []
    messages = queries_cases.messages(session, number)
    return [_hollow(each) for each in messages if each.answers_by == AnswersBy.NOTHING]


def warnings(session: Session, numbers: Collection[int]) -> list[Sentence]:
    """Return, as ``of``, the messages that an outbox took of these cases.

    The session decides which cases these may be.
    """
    there = session.scalars(select(Case.number).where(Case.number.in_(numbers)).order_by(Case.number))
    return [each for number in there for each in of(session, number)]


def _hollow(message: Message) -> Sentence:
    return sentence(
        "case {number}: reply {position} was sent, but is not feedback: the reporter cannot read any measure",
        number=message.case,
        position=message.position,
    )


def how(session: Session, number: int, template: Reply | None) -> AnswersBy | None:
    """Return what makes a text in this template, or without one, feedback; None if nothing does."""
    if template and template.answers:
        return AnswersBy.TEXT
    return AnswersBy.MEASURE if tells_measure(session, number) else None


def takes_two(template: Reply | None) -> bool:
    """Return whether feedback in a template takes two officers, because it says nothing about the case.

    It always does, so that nobody can see whether something forbids saying more.
    """
    return template is not None and template.answers and not template.takes_own_words


def check_case(session: Session, number: int) -> None:
    """Raise CaseRefused if no text can be feedback yet, or none at all.

    No text can if the acting officers may not read the case. In an open case, feedback comes after the
    acknowledgement, which names its deadline: afterwards, nobody could write an acknowledgement any more.
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
                "acknowledge the report first: inbox message reply {number} --template {template}",
                number=number,
                template=templates.acknowledging(session),
            ),
        )
