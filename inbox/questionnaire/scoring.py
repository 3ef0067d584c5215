"""The score that the answers propose, and whether goods may be in danger, by the rules of scoring.toml."""

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
    """A value that a part has at least, if each question in ``when`` has one of its answers."""

    part: str
    value: int
    when: When

    def holds(self, answers: Answers) -> bool:
        """Tell whether the answers meet the rule."""
        return _holds(self.when, answers)


@dataclass(frozen=True, slots=True)
class Proposal:
    """A first score, and the rules that gave each part its value."""

    parts: Parts
    because: tuple[Rule, ...]


@dataclass(frozen=True, slots=True)
class Questions:
    """The ids of the questions that tell the main category, the area, and who is concerned."""

    category: str
    area: str
    persons: str


@cache
def questions() -> Questions:
    """Return which questions tell what a case is about."""
    return Questions(**_table()["question"])


@cache
def rules() -> tuple[Rule, ...]:
    """Return the rules by which a score is proposed."""
    return tuple(Rule(row["part"], row["value"], _when(row["when"])) for row in _table()["rule"])


def propose(answers: Answers) -> Proposal:
    """Return the score that the rules give; an officer judges afterwards."""
    chosen = dict(_highest(answers))
    return Proposal(Parts(**{part: rule.value for part, rule in chosen.items()}), tuple(chosen.values()))


@cache
def goods() -> tuple[When, ...]:
    """Return the answers by any of which goods, or what proves something, may be gone soon."""
    return tuple(_when(row["when"]) for row in _table()["goods"])


def warns_of_goods(answers: Answers) -> bool:
    """Tell whether the answers say, or let fear, that goods are in imminent danger."""
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
    return all(_has(answers.get(question), wanted) for question, wanted in when.items())


def _has(answer: Answer | None, wanted: tuple[str, ...]) -> bool:
    if not answer:
        return False
    given = (answer,) if isinstance(answer, str) else answer
    return _ANY in wanted or any(each in wanted for each in given)
