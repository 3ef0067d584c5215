"""The score that the answers propose, by the rules of scoring.toml."""

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from crypto.questionnaire import When
from inbox.questionnaire.answers import Answer, Answers
from inbox.vault.score import NAMES, Parts

_ANY = "*"
_FILE = "scoring.toml"


@dataclass(frozen=True, slots=True)
class Rule:
    """A value that a part has at least, if each question in ``when`` has one of its answers."""

    part: str
    value: int
    when: When

    def holds(self, answers: Answers) -> bool:
        """Tell whether the answers meet the rule."""
        return all(_has(answers.get(field), wanted) for field, wanted in self.when.items())


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
def meanings() -> dict[str, str]:
    """Return what each part of the score means, in their order."""
    return {name: _table()["part"][name] for name in NAMES}


@cache
def rules() -> tuple[Rule, ...]:
    """Return the rules by which a score is proposed."""
    return tuple(
        Rule(row["part"], row["value"], {field: tuple(given) for field, given in row["when"].items()})
        for row in _table()["rule"]
    )


def propose(answers: Answers) -> Proposal:
    """Return the score that the rules give; an officer judges afterwards."""
    chosen = dict(_highest(answers))
    return Proposal(Parts(**{part: rule.value for part, rule in chosen.items()}), tuple(chosen.values()))


def _table() -> dict[str, Any]:
    return tomllib.loads(files("inbox.questionnaire").joinpath(_FILE).read_text("utf-8"))


def _highest(answers: Answers) -> Iterator[tuple[str, Rule]]:
    met = [rule for rule in rules() if rule.holds(answers)]
    for part in NAMES:
        rule = max((each for each in met if each.part == part), key=lambda each: each.value, default=None)
        if rule is not None:
            yield part, rule


def _has(answer: Answer | None, wanted: tuple[str, ...]) -> bool:
    if not answer:
        return False
    given = (answer,) if isinstance(answer, str) else answer
    return _ANY in wanted or any(each in wanted for each in given)
