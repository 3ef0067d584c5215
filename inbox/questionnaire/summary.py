"""The summary line of a case in lists."""

from collections.abc import Iterable, Iterator

from crypto.messages import Report
from crypto.questionnaire import Flag, Questionnaire
from inbox.text.shortening import shortened

_LONGEST = 80


def of_report(report: Report, asked: Questionnaire) -> str:
    """Return the first line of the first text that may be repeated.

    If no text may be repeated, return the first choice.
    """
    texts = (each for each in report.answers.values() if isinstance(each, str))
    return first_line(_said(asked, report) if asked.fields else texts)


def first_line(texts: Iterable[str]) -> str:
    """Return the first line that is not blank. A long line is cut at the end of a word (``shortened``)."""
    lines = (line.strip() for text in texts for line in text.splitlines())
    return shortened(next((line for line in lines if line), ""), _LONGEST)


def _said(asked: Questionnaire, report: Report) -> Iterator[str]:
    left = report.answers.keys() - asked.flagged(Flag.PROTECT)
    fields = [field for field in asked.fields if field.id in left]
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
