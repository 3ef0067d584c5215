"""The line by which a case stands in lists."""

from collections.abc import Iterable, Iterator

from crypto.messages import Report
from crypto.questionnaire import Flag, Questionnaire

_LONGEST = 80


def of_report(report: Report, asked: Questionnaire) -> str:
    """Return the first line of the first text that may be repeated, else what was chosen."""
    texts = (each for each in report.answers.values() if isinstance(each, str))
    return first_line(_said(asked, report) if asked.fields else texts)


def first_line(texts: Iterable[str]) -> str:
    """Return the first line that says something; of a longer one 79 characters, and a sign that it goes on.

    A number that was cut would else look whole.
    """
    lines = (line.strip() for text in texts for line in text.splitlines())
    first = next((line for line in lines if line), "")
    return first if len(first) <= _LONGEST else f"{first[: _LONGEST - 1]}…"


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
