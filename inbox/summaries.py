"""The line by which a case stands in lists."""

from collections.abc import Iterable, Iterator

from sqlalchemy.orm import Session

from crypto.messages import QuestionnaireRef, Report
from crypto.questionnaire import Flag, Questionnaire
from inbox import questionnaires

_LONGEST = 80


class Summaries:
    """Summaries of many reports; each questionnaire is read once."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._known: dict[QuestionnaireRef, Questionnaire | None] = {}

    def of_report(self, report: Report) -> str:
        """Return the first line of the first text that may be repeated, else what was chosen."""
        asked = self._asked(report.questionnaire)
        said = (
            _said(asked, report)
            if asked
            else [each for each in report.answers.values() if isinstance(each, str)]
        )
        return first_line(said)

    def _asked(self, reference: QuestionnaireRef) -> Questionnaire | None:
        if reference not in self._known:
            self._known[reference] = questionnaires.asked(self._session, reference)
        return self._known[reference]


def first_line(texts: Iterable[str]) -> str:
    """Return the first line that says something, at most 80 characters of it."""
    lines = (line.strip() for text in texts for line in text.splitlines())
    return next((line for line in lines if line), "")[:_LONGEST]


def _said(asked: Questionnaire, report: Report) -> Iterator[str]:
    fields = [
        field for field in asked.fields if field.id in report.answers and field.flag is not Flag.PROTECT
    ]
    for field in fields:
        answer = report.answers[field.id]
        if not field.options and isinstance(answer, str):
            yield answer
    for field in (field for field in fields if field.enough):
        yield from (
            option.label.in_(report.language)
            for option in field.options
            if option.id == report.answers[field.id]
        )
