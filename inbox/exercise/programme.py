"""The programme of an exercise: invented reports and messages, the steps, and what officers should do."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from crypto.keyring import Texts
from crypto.toml_schema import IDENTIFIER, TEXT, YES_OR_NO, Schema, list_of, number, one_of, table, texts
from inbox.exercise.enclosures import Kind
from inbox.session.actions import Code

FILE = "programme.toml"
# The longest programme, in minutes, and the oldest report, in days. The inbox is that many days old.
_LONGEST = 480
OLDEST = 10
_NAME = {**IDENTIFIER, "pattern": "^[a-z-]{1,32}$"}
_ENCLOSED = list_of(one_of([*Kind]), 0)
_REPORT = table(
    {"id": _NAME, "language": one_of(["fr", "en"]), "answers": {"type": "object"}},
    {"days": number(0, OLDEST), "step": _NAME, "enclosures": _ENCLOSED},
)
_MESSAGE = table({"report": _NAME, "step": _NAME, "text": TEXT}, {"enclosures": _ENCLOSED})
_EXPECTED = table(
    {"actions": list_of(one_of([*Code])), "says": texts()}, {"report": _NAME, "avoid": YES_OR_NO}
)
_STEP = table(
    {
        "id": _NAME,
        "minute": number(0, _LONGEST),
        "title": texts(),
        "tell": texts(),
        "expected": list_of(_EXPECTED),
    }
)
SCHEMA = Schema(
    "programme", table({"report": list_of(_REPORT), "message": list_of(_MESSAGE), "step": list_of(_STEP)})
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Invented:
    """An invented report that arrives with ``step``, written ``days`` before. ``answers`` are by question."""

    id: str
    step: str
    language: str
    days: int
    answers: Mapping[str, str | tuple[str, ...]]
    enclosures: tuple[Kind, ...]


@dataclass(frozen=True, slots=True)
class Later:
    """A later message of the reporter of ``report``, which arrives with ``step``."""

    report: str
    step: str
    text: str
    enclosures: tuple[Kind, ...]


@dataclass(frozen=True, slots=True)
class Expected:
    """What officers should do: one of ``actions``, in the case of ``report`` if it names one.

    If ``is_avoided``, the officers should not do it.
    """

    actions: tuple[Code, ...]
    report: str
    says: Texts
    is_avoided: bool


@dataclass(frozen=True, slots=True)
class Step:
    """A step of the exercise, which begins some minutes after the first. ``tell`` is for the trainer."""

    id: str
    minute: int
    title: Texts
    tell: Texts
    expected: tuple[Expected, ...]


@dataclass(frozen=True, slots=True)
class Programme:
    """Everything that an exercise contains, in order."""

    reports: tuple[Invented, ...]
    messages: tuple[Later, ...]
    steps: tuple[Step, ...]


@cache
def load() -> Programme:
    """Return the programme of this version of the program."""
    return parse(files(__package__).joinpath(FILE).read_bytes())


def arrives_something(step: str) -> bool:
    """Whether reports or messages arrive with the step with this id."""
    whole = load()
    return any(each.step == step for each in whole.reports) or any(
        each.step == step for each in whole.messages
    )


def parse(raw: bytes) -> Programme:
    """Return the programme in a TOML file. Raises Mismatch for a wrong form, and KeyError for a wrong id."""
    found = SCHEMA.parse(raw)
    steps = tuple(map(_step, found["step"]))
    reports = tuple(_report(each, steps[0].id) for each in found["report"])
    messages = tuple(_message(each) for each in found["message"])
    known, ids = {each.id for each in steps}, {each.id for each in reports}
    expected = [each for step in steps for each in step.expected]
    named = ({each.step for each in reports} | {each.step for each in messages}) - known
    named |= ({each.report for each in messages} | {each.report for each in expected}) - ids - {""}
    if named:
        raise KeyError(min(named))
    return Programme(reports, messages, steps)


def _step(found: Mapping[str, Any]) -> Step:
    expected = tuple(map(_expected, found["expected"]))
    return Step(found["id"], found["minute"], _texts(found["title"]), _texts(found["tell"]), expected)


def _expected(found: Mapping[str, Any]) -> Expected:
    actions = tuple(map(Code, found["actions"]))
    return Expected(actions, found.get("report", ""), _texts(found["says"]), found.get("avoid", False))


def _report(found: Mapping[str, Any], first: str) -> Invented:
    return Invented(
        id=found["id"],
        step=found.get("step", first),
        language=found["language"],
        days=found.get("days", 0),
        answers={name: _answer(each) for name, each in found["answers"].items()},
        enclosures=_kinds(found),
    )


def _message(found: Mapping[str, Any]) -> Later:
    return Later(found["report"], found["step"], found["text"].strip(), _kinds(found))


def _kinds(found: Mapping[str, Any]) -> tuple[Kind, ...]:
    return tuple(map(Kind, found.get("enclosures", ())))


def _answer(given: str | Sequence[str]) -> str | tuple[str, ...]:
    return given.strip() if isinstance(given, str) else tuple(given)


def _texts(found: Mapping[str, str]) -> Texts:
    return Texts(**found)
