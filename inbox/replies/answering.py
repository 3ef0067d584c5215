"""Decide which texts count as feedback (décret 2022-1284, article 4).

No program can judge what free text says. A template of the law or the office that is marked as feedback
always counts. An officer's own words count as feedback only if the same slot also tells the reporter of a
measure. The measure must be about the report, and must be more than protection, which is promised to
everybody. When an outbox is made, its actual content is checked again.
"""

from collections.abc import Collection, Iterable, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from inbox.access import declarations
from inbox.casework.measures import telling
from inbox.deadlines import workflow
from inbox.language.errors import CaseRefused
from inbox.language.messages import Sentence, sentence
from inbox.replies import holding, slots, templates
from inbox.vault import queries_cases
from inbox.vault.tables import AnswersBy, Case, Message
from templates.law.rules import Reply


def tells_measure(session: Session, number: int) -> bool:
    """Return whether the next outbox will show the reporter a measure taken in response to the report.

    A measure that is held back, or that a slot may not mention, is ignored.
    """
    case = queries_cases.case(session, number)
    dialogues = slots.dialogues(session, number)
    holding.hold_back(session, case, dialogues)
    return _is_among(session, number, dialogues.told[number])


def _is_among(session: Session, number: int, kinds: Iterable[str]) -> bool:
    return not telling.answering(session, number).isdisjoint(kinds)


def counting(session: Session, number: int, kinds: Iterable[str], leaving: Iterable[Message]) -> bool:
    """Return whether any of these messages counts as feedback in a slot that mentions these measures."""
    found = {each.answers_by for each in leaving if each.feedback}
    if AnswersBy.TEXT in found:
        return True
    return AnswersBy.MEASURE in found and _is_among(session, number, kinds)


def let_go(session: Session, case: Case, kinds: Iterable[str], leaving: Sequence[Message]) -> bool:
    """If this outbox mentions no measure, record that officers' own words in it are not feedback.

    ``leaving`` are the messages that no earlier outbox contained. ``kinds`` are the measures that this outbox
    mentions. Return whether any message was changed.
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
    """If a case has no feedback yet, return its messages that were sent as feedback but did not count.

    Raises the same errors as ``workflow.of``.
    """
    if workflow.of(session, number).has_feedback:
        return []
    messages = queries_cases.messages(session, number)
    return [_hollow(each) for each in messages if each.answers_by == AnswersBy.NOTHING]


def warnings(session: Session, numbers: Collection[int]) -> list[Sentence]:
    """Return the messages that ``of`` returns for each of these cases that the session may read."""
    there = session.scalars(select(Case.number).where(Case.number.in_(numbers)).order_by(Case.number))
    return [each for number in there for each in of(session, number)]


def _hollow(message: Message) -> Sentence:
    return sentence(
        "case {number}: reply {position} was sent, but does not count as feedback, because no measure"
        " is shown to the reporter",
        number=message.case,
        position=message.position,
    )


def how(session: Session, number: int, template: Reply | None) -> AnswersBy | None:
    """Return why a text in this template counts as feedback, or None if it does not.

    ``template`` is None for a text without a template.
    """
    if template and template.answers:
        return AnswersBy.TEXT
    return AnswersBy.MEASURE if tells_measure(session, number) else None


def takes_two(template: Reply | None) -> bool:
    """Return whether feedback in a template requires two officers, because it says nothing about the case.

    Feedback that says nothing about the case always requires two officers. Nobody can therefore infer whether
    a restriction forbids saying more.
    """
    return template is not None and template.answers and not template.takes_own_words


def check_case(session: Session, number: int) -> None:
    """Raise CaseRefused if no text about this case can count as feedback now.

    If the acting officers may not read the case, no text about it counts as feedback. In an open case,
    feedback must come after the acknowledgement, which names the deadline for feedback. An acknowledgement
    cannot be written after feedback.
    """
    if declarations.is_shut(session, number):
        raise CaseRefused(
            sentence(
                "case {number}: nobody may read the case now, so no text counts as feedback", number=number
            ),
            sentence("send the text without --feedback"),
        )
    work = workflow.of(session, number)
    is_told = work.has_feedback or work.acknowledged_in is not None
    if work.closed is None and not is_told and not queries_cases.is_acknowledged(session, number):
        raise CaseRefused(
            sentence(
                "case {number}: feedback must follow an acknowledgement, which is missing", number=number
            ),
            sentence(
                "acknowledge the report first: inbox message reply {number} --template {template}",
                number=number,
                template=templates.acknowledging(session),
            ),
        )
