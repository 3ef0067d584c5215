"""Find odd answers in a report, and the warnings that officers need before they read it (SPEC 5.5)."""

import re
from collections.abc import Iterator, Mapping
from datetime import date
from enum import StrEnum
from typing import TYPE_CHECKING, TypeAlias

from crypto.messages import REPORT
from crypto.questionnaire import Field, Flag, Kind, Questionnaire, When

if TYPE_CHECKING:
    from inbox.vault.tables import Case

Answer: TypeAlias = str | tuple[str, ...]
Answers: TypeAlias = Mapping[str, Answer]

# The key under which ``of`` returns the text of an unsigned drop.
NOTE = "note"
_DAY = r"\d{4}-\d\d-\d\d"


class Oddity(StrEnum):
    """Why the page could not have sent an answer. Officers see the answer all the same."""

    UNKNOWN_QUESTION = "unknown-question"
    UNKNOWN_ANSWER = "unknown-answer"
    NOT_ASKED = "not-asked"
    TOO_LONG = "too-long"


def of(case: "Case") -> Answers:
    """Return the answers of a report, or the text of an unsigned drop under the key NOTE."""
    return {NOTE: case.message.decode()} if case.unsigned else REPORT.parse(case.message).answers


def oddities(asked: Questionnaire, answers: Answers) -> dict[str, Oddity]:
    """Return the oddities of the answers, by question."""
    was_shown = shown(asked, answers)
    known = {field.id: field for field in asked.fields}
    found: dict[str, Oddity] = {}
    for question, answer in answers.items():
        if question not in known:
            found[question] = Oddity.UNKNOWN_QUESTION
        elif question not in was_shown:
            found[question] = Oddity.NOT_ASKED
        elif odd := oddity(known[question], answer):
            found[question] = odd
    return found


def flags(asked: Questionnaire, answers: Answers) -> list[Flag]:
    """Return the warnings that officers need before they read on, without duplicates.

    Odd answers and answers to hidden questions also raise warnings.
    """
    raised = {
        flag for field in asked.fields if field.id in answers for flag in _flags(field, answers[field.id])
    }
    return [flag for flag in Flag if flag in raised]


def shown(asked: Questionnaire, answers: Answers) -> set[str]:
    """Return the questions that the page showed.

    A question that depends on a hidden question was also hidden.
    """
    found: set[str] = set()

    def holds(when: When | None) -> bool:
        return all(
            question in found and set(several(answers.get(question, ()))) & set(wanted)
            for question, wanted in (when or {}).items()
        )

    for section in asked.sections:
        if holds(section.when):
            for field in section.fields:
                if holds(field.when):
                    found.add(field.id)
    return found


def oddity(field: Field, answer: Answer) -> Oddity | None:
    """Return what is odd about the answer to a question, or None if the page could have sent the answer."""
    if isinstance(answer, tuple) is not (field.kind is Kind.CHOICES):
        return Oddity.UNKNOWN_ANSWER
    if field.kind is Kind.PERIOD:
        return None if _is_period(str(answer)) else Oddity.UNKNOWN_ANSWER
    if field.options:
        known = {option.id for option in field.options}
        return None if set(several(answer)) <= known else Oddity.UNKNOWN_ANSWER
    return Oddity.TOO_LONG if len(answer) > field.most else None


def _flags(field: Field, answer: Answer) -> Iterator[Flag]:
    if field.flag:
        yield field.flag
    given = several(answer)
    yield from (option.flag for option in field.options if option.flag and option.id in given)


def texts(answers: Answers) -> Iterator[str]:
    """Yield each text in the answers to a questionnaire."""
    for answer in answers.values():
        yield from several(answer)


def several(answer: Answer) -> tuple[str, ...]:
    """Return the texts of an answer."""
    return (answer,) if isinstance(answer, str) else answer


def _is_period(text: str) -> bool:
    """Return whether a text is an ISO 8601 date, or two dates in order with a slash between them."""
    if not re.fullmatch(f"{_DAY}(/{_DAY})?", text):
        return False
    try:
        days = [date.fromisoformat(day) for day in text.split("/")]
    except ValueError:
        return False
    return days == sorted(days)
