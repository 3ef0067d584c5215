"""Propose a score from the answers, and recognise that goods are in danger, by the rules in scoring.toml."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from crypto.questionnaire import When
from crypto.toml_schema import IDENTIFIER, Schema, list_of, map_of, number, one_of, table, text
from inbox.questionnaire.answers import Answer, Answers
from inbox.vault.score import HIGHEST, NAMES, Parts

_ANY = "*"
_WHEN = map_of(list_of(text()))
_RULE = table({"part": one_of(NAMES), "value": number(1, HIGHEST), "when": _WHEN})
FILE = Schema(
    "scoring",
    table(
        {
            "question": table(dict.fromkeys(("category", "area", "persons"), IDENTIFIER)),
            "rule": list_of(_RULE),
            "goods": list_of(table({"when": _WHEN})),
        }
    ),
)


@dataclass(frozen=True, slots=True)
class Rule:
    """A part of the score has at least this value if the answers meet all conditions in ``when``.

    ``when`` has, by question, the answers that meet the condition.
    """

    part: str
    value: int
    when: When

    def holds(self, answers: Answers) -> bool:
        """Return whether the answers meet the conditions of the rule."""
        return _holds(self.when, answers)


@dataclass(frozen=True, slots=True)
class Proposal:
    """A proposed score, and the rules that set its parts."""

    parts: Parts
    because: tuple[Rule, ...]


@dataclass(frozen=True, slots=True)
class Questions:
    """The ids of the questions about the main category, the area, and the persons concerned."""

    category: str
    area: str
    persons: str


@cache
def questions() -> Questions:
    """Return the questions that describe the subject of a case."""
    return Questions(**_table()["question"])


@cache
def rules() -> tuple[Rule, ...]:
    """Return the rules that propose a score."""
    return tuple(Rule(row["part"], row["value"], _when(row["when"])) for row in _table()["rule"])


def propose(answers: Answers) -> Proposal:
    """Return the score that the rules propose. An officer decides afterwards."""
    chosen = dict(_highest(answers))
    return Proposal(Parts(**{part: rule.value for part, rule in chosen.items()}), tuple(chosen.values()))


@cache
def goods() -> tuple[When, ...]:
    """Return the conditions under which goods or evidence may soon disappear.

    One of these conditions is enough.
    """
    return tuple(_when(row["when"]) for row in _table()["goods"])


def warns_of_goods(answers: Answers) -> bool:
    """Return whether the answers say or suggest that goods are in imminent danger."""
    return any(_holds(when, answers) for when in goods())


@cache
def _table() -> dict[str, Any]:
    return FILE.parse(files("inbox.questionnaire").joinpath("scoring.toml").read_bytes())


def _highest(answers: Answers) -> Iterator[tuple[str, Rule]]:
    met = [rule for rule in rules() if rule.holds(answers)]
    for part in NAMES:
        rule = max((each for each in met if each.part == part), key=lambda each: each.value, default=None)
        if rule is not None:
            yield part, rule


def _when(row: dict[str, list[str]]) -> When:
    return {question: tuple(wanted) for question, wanted in row.items()}


def _holds(when: When, answers: Answers) -> bool:
    # Most rules ask for an answer that the report does not have.
    return when.keys() <= answers.keys() and all(_has(answers[each], wanted) for each, wanted in when.items())


def _has(answer: Answer, wanted: tuple[str, ...]) -> bool:
    if not answer:
        return False
    given = (answer,) if isinstance(answer, str) else answer
    return _ANY in wanted or any(each in wanted for each in given)
