"""The paper form: the questions that make sense in a letter, in the order of the questionnaire, numbered."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from crypto.questionnaire import Field, Questionnaire, Section, When

# The form names the boxes on which a question depends. People do not read long lists, and an unnecessary
# answer does no harm. So if a question depends on more than this number of boxes, the form puts it to
# everybody.
_MOST_NAMED = 3


@dataclass(frozen=True, slots=True)
class Condition:
    """One of these boxes of an earlier question must be ticked. Boxes are counted from 1."""

    number: int
    boxes: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Question:
    """A question with its number on the form, counted from 1."""

    number: int
    field: Field
    conditions: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Part:
    """A section of the questionnaire, with the questions of the section that the form asks."""

    section: Section
    questions: tuple[Question, ...]
    conditions: tuple[Condition, ...]


def leaves(questionnaire: Questionnaire) -> tuple[tuple[Part, ...], ...]:
    """Return the parts of each printed page: first what everybody is asked, then what is optional."""
    found = _parts(questionnaire)
    apart = (tuple(part for part in found if part.section.folded is folded) for folded in (False, True))
    return tuple(filter(None, apart))


def _parts(questionnaire: Questionnaire) -> tuple[Part, ...]:
    """Return the sections that have questions on paper, in the order of the page and of the desk."""
    asked = {field.id: field for field in questionnaire.fields if field.paper}
    numbers = {name: number for number, name in enumerate(asked, 1)}

    def conditions(when: When | None) -> tuple[Condition, ...]:
        return tuple(_conditions(when or {}, asked, numbers))

    return tuple(
        Part(
            section,
            tuple(
                Question(numbers[field.id], field, conditions(field.when))
                for field in section.fields
                if field.paper
            ),
            conditions(section.when),
        )
        for section in questionnaire.sections
        if any(field.paper for field in section.fields)
    )


def _conditions(when: When, asked: Mapping[str, Field], numbers: Mapping[str, int]) -> Iterator[Condition]:
    for name, answers in when.items():
        if name in asked and len(answers) <= _MOST_NAMED:
            options = [option.id for option in asked[name].options]
            yield Condition(numbers[name], tuple(sorted(options.index(each) + 1 for each in answers)))
