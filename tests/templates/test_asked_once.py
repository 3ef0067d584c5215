"""The shipped questionnaire asks for each fact once, and for details only after the related answer."""

import re
import tomllib
from collections.abc import Iterator, Mapping
from itertools import combinations

import pytest

from crypto import questionnaire
from crypto.questionnaire import Field, Option, Questionnaire
from templates import shipped
from templates.catalogues import LANGUAGES
from tests.support.paths import ROOT

_GOLDEN = tomllib.loads((ROOT / "tests/golden/asked_once.toml").read_text("utf-8"))
ASKS: Mapping[str, str] = _GOLDEN["asks"]
REFINES: Mapping[str, str] = _GOLDEN["refines"]
ALIKE: Mapping[str, str] = _GOLDEN["alike"]
SHIPPED = questionnaire.parse(shipped.QUESTIONNAIRE.read_bytes())
# Answers that many questions share. Such an answer names no fact.
_ANY = {"yes", "no", "unsure", "other", "unknown"}
# Long words, compared by their first five letters, show what an answer is about.
_WORD = re.compile(r"[^\W\d_]{5,}")
_STEM = 5


def stems(option: Option, language: str) -> set[str]:
    """Return the first letters of the long words of an answer."""
    return {word[:_STEM] for word in _WORD.findall(option.label.in_(language).lower())}


def alike(asked: Questionnaire) -> Iterator[str]:
    """Yield the pairs of questions whose answers share two words, unless one question refines the other."""
    for one, other in combinations(asked.fields, 2):
        if other.id in (one.when or {}) or one.id in (other.when or {}):
            continue
        if any(
            len(stems(first, language) & stems(second, language)) > 1
            for first in _own(one)
            for second in _own(other)
            for language in LANGUAGES
        ):
            yield f"{one.id}-{other.id}"


def _own(field: Field) -> list[Option]:
    return [each for each in field.options if each.id not in _ANY]


def test_each_question_asks_for_a_different_fact() -> None:
    assert [field.id for field in SHIPPED.fields] == list(ASKS)
    assert len({*ASKS.values()}) == len(ASKS)


def test_a_question_for_details_is_asked_only_after_the_answer_that_it_refines() -> None:
    fields = {field.id: field for field in SHIPPED.fields}
    places = [*fields]
    for more, first in REFINES.items():
        assert first in (fields[more].when or {}), more
        assert places.index(first) < places.index(more)


def test_only_the_listed_questions_offer_nearly_the_same_answers() -> None:
    assert [*alike(SHIPPED)] == list(ALIKE)


MINE = ("Cela m\N{RIGHT SINGLE QUOTATION MARK}arrive à moi", "It is happening to me")


@pytest.mark.parametrize(
    "before",
    [
        ("Une approche, une sollicitation me vise", "It is me"),
        ("Moi", "I have been approached, offered something, pressured or threatened"),
    ],
    ids=LANGUAGES,
)
def test_the_search_finds_two_questions_that_offer_the_same_answer(before: tuple[str, str]) -> None:
    """The test above needs this control. The two questions are from an earlier version, in each language."""
    raw = SHIPPED.raw.decode()
    assert all(raw.count(each) == 1 for each in MINE)
    for now, then in zip(MINE, before, strict=True):
        raw = raw.replace(now, then)
    found = {*alike(questionnaire.parse(raw.encode()))} - {*ALIKE}
    assert {"path-category", "path-also_about"} <= found
