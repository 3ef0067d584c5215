"""A change that relaxes the law is listed before it takes effect.

A rule for each key says what counts as looser.
"""

from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from templates.law import loosening
from templates.law.loosening import WAYS
from templates.law.schemas import FILES, ROOTS
from tests.support.laws import FILES as LAWS

# A value and a looser value, for each key that can relax the law. None means that the key is missing.
NARROWED: Mapping[str, tuple[Any, Any]] = {
    "deadlines.toml exchange.every": ("1 working day", "3 days"),
    "deadlines.toml clock.*": ({"name": "x"}, None),
    "deadlines.toml clock.*.statutory": (True, False),
    "deadlines.toml clock.*.within": ("7 days", "8 days"),
    "deadlines.toml clock.*.by_priority.*": ("same day", "1 working day"),
    "deadlines.toml clock.*.or_after": ("ack", None),
    "deadlines.toml clock.*.regimes": (None, ["external"]),
    "deadlines.toml clock.*.extension": (None, {"within": "6 months"}),
    "deadlines.toml clock.*.extension.within": ("6 months", "7 months"),
    "deadlines.toml clock.*.extension.regimes": (["external"], ["external", "internal"]),
    "duties.toml offence.severity": (2, 3),
    "duties.toml offence.tags": (["offence"], []),
    "duties.toml offence.danger": (True, None),
    "duties.toml duty.*": ({"decision": {}}, None),
    "duties.toml duty.*.asked": ("always", "offence"),
    "duties.toml duty.*.within": ("1 day", "2 days"),
    "duties.toml duty.*.answer_after": ("25 days", None),
    "duties.toml duty.*.extended": (None, "3 months"),
    "duties.toml duty.*.names_kept": ("2 months", "1 month"),
    "duties.toml duty.*.regimes": (["internal", "external"], ["internal"]),
    "duties.toml duty.*.urgent": ({"within": "same day"}, None),
    "duties.toml duty.*.urgent.within": ("same day", "1 day"),
    "duties.toml duty.*.decision.*": (None, {"officers": 1}),
    "duties.toml duty.*.decision.*.officers": (2, 1),
    "duties.toml duty.*.decision.*.effect": ("defers", "settles"),
    "duties.toml duty.*.decision.*.longest": ("6 months", "1 year"),
    "duties.toml duty.*.decision.*.by_reply": (True, None),
    "duties.toml duty.*.decision.*.reopened_by": (["follow_up", "offence"], ["follow_up"]),
    "duties.toml duty.*.decision.*.ground.*": (None, {"fr": "x", "en": "x"}),
    "law.toml calendar.weekend": (["sunday"], ["saturday", "sunday"]),
    "law.toml regime.*": (None, {"oral": False}),
    "law.toml regime.*.oral": (True, False),
    "letters.toml letter.*": (None, {"source": "x"}),
    "measures.toml measure.*": (None, {"told": "never"}),
    "measures.toml measure.*.told": ("never", "if_said"),
    "measures.toml measure.*.officers": (2, None),
    "measures.toml measure.*.opens_proceedings": (True, None),
    "measures.toml measure.*.ends_proceedings": (None, True),
    "measures.toml measure.*.answers_danger": (None, True),
    "measures.toml measure.*.concerns_somebody": (True, None),
    "measures.toml measure.*.is_inquiry": (True, None),
    "measures.toml measure.*.needs_word": (True, None),
    "measures.toml measure.*.addressee": (True, None),
    "measures.toml measure.*.reference": (True, None),
    "goals.toml goal.*.days": (3, 4),
    "goals.toml goal.*.share": (90, 89),
    "goals.toml rhythm.*.days": (7, 8),
    "obstacles.toml urgent.priority": (2, 1),
    "obstacles.toml junk.officers": (2, 1),
    "obstacles.toml justice.words": (["judge", "writ"], ["judge"]),
    "obstacles.toml justice.spared": (["judge of appeal"], ["judge of appeal", "judge"]),
    "outcomes.toml outcome.*": (None, {"officers": 1}),
    "outcomes.toml outcome.*.officers": (2, 1),
    "measures.toml measure.*.sanitised": (True, None),
    "outcomes.toml outcome.*.body": ("needed", None),
    "outcomes.toml outcome.*.needs_word": (True, None),
    "outcomes.toml outcome.*.finds_facts": (True, None),
    "outcomes.toml outcome.*.linked": (True, None),
    "retention.toml visa.ahead": ("6 months", "1 year"),
    "outcomes.toml outcome.*.only_after": ("art40_transmission", None),
    "outcomes.toml outcome.*.never_after": ("art40_transmission", None),
    "replies.toml reply.*": (None, {"title": "x"}),
    "replies.toml reply.*.decision": (None, "told"),
    "replies.toml reply.*.closes": (None, True),
    "replies.toml reply.*.acknowledges": (None, True),
    "replies.toml reply.*.answers": (None, True),
    **{
        f"retention.toml {period}.{key}": values
        for period in ("period.*", "proceedings", "junk", "unopened")
        for key, values in {
            "keep": ("1 year", "2 months"),
            "archive": ("5 years", None),
            "visa": (True, False),
        }.items()
    },
}
# Any change to these keys counts as relaxing the law, because the effect depends on other rules.
EITHER = {
    "authorities.toml authority.*.kind",
    "authorities.toml guarantee.*",
    "authorities.toml guarantee.*.text",
    "authorities.toml emergency.call",
    "authorities.toml emergency.sms",
    "authorities.toml reporters.advice",
    "authorities.toml reporters.directly",
    "authorities.toml reporters.instead",
    "authorities.toml reporters.passed_on",
    "deadlines.toml clock.*.from",
    "deadlines.toml clock.*.to",
    "duties.toml duty.*.role",
    "duties.toml duty.*.from",
    "duties.toml duty.*.urgent.measure",
    "duties.toml duty.*.decision.*.name",
    "duties.toml duty.*.decision.*.measure",
    "duties.toml duty.*.decision.*.outcome",
    "duties.toml duty.*.decision.*.informs",
    "goals.toml goal.*.from",
    "law.toml calendar.country",
    "law.toml regime.*.default",
    "law.toml regime.*.reporters",
    "letters.toml letter.*.to",
    "letters.toml letter.*.decision",
    "letters.toml letter.*.text",
    "letters.toml access.neither",
    "letters.toml access.told",
    "letters.toml dossier.secret",
    "measures.toml measure.*.name",
    "measures.toml measure.*.protection",
    "measures.toml measure.*.role",
    "outcomes.toml outcome.*.name",
    "outcomes.toml outcome.*.retention",
    "replies.toml reply.*.text",
}


def keys(file: str, node: Mapping[str, Any], known: str = "") -> Iterator[tuple[str, str]]:
    """Yield each possible key of a file, with dots, and its name in the table of looser values."""
    members = {**node.get("properties", {}), **dict.fromkeys(node.get("patternProperties", ()), None)}
    if members.keys() == {"fr", "en"}:
        return
    for key, inner in members.items():
        name = "*" if inner is None else key
        called = loosening.known_as(file, known, name)
        yield f"{known}.{name}", called
        yield from keys(file, inner or node["patternProperties"][key], called)


@pytest.mark.parametrize("file", FILES)
def test_each_key_of_a_file_has_a_rule_that_says_which_values_are_looser(file: str) -> None:
    """A new key needs a new rule. The table of rules has no rule for a key that does not exist."""
    found = dict(keys(file, ROOTS[file]))
    assert [] == [key for key, called in found.items() if not called]
    assert {*WAYS[file]} == {*found.values()}


def holding(key: str, value: Any) -> dict[str, Any]:
    """Return a file with this value at a key, or without the key if the value is None."""
    first, _, rest = key.partition(".")
    name = "1" if first == "*" else first
    if rest:
        return {name: holding(rest, value)}
    return {} if value is None else {name: value}


@pytest.mark.parametrize("each", NARROWED)
def test_a_looser_value_is_listed_and_a_stricter_one_is_not(each: str) -> None:
    file, key = each.split()
    stricter, looser = (holding(key, value) for value in NARROWED[each])
    assert [key.replace("*", "1")] == [named for named, _, _ in loosening.looser(file, stricter, looser)]
    assert [] == [*loosening.looser(file, looser, stricter)]


def test_every_key_that_can_relax_the_law_is_tested() -> None:
    tried = {*NARROWED, *EITHER}
    assert tried == {f"{file} {key}" for file, ways in WAYS.items() for key in ways if _can(file, key)}
    for each in EITHER:
        file, key = each.split()
        for values in (("a", "b"), ("b", "a")):
            assert [*loosening.looser(file, *(holding(key, value) for value in values))], each


def _can(file: str, key: str) -> bool:
    return WAYS[file][key] is not loosening.neither


def test_always_telling_reporters_is_looser_than_letting_officers_decide() -> None:
    three = [holding("measure.1.told", told) for told in ("never", "if_said", "always")]
    found = [
        (i, j)
        for i, one in enumerate(three)
        for j, other in enumerate(three)
        if [*loosening.looser("measures.toml", one, other)]
    ]
    assert [(0, 1), (0, 2), (1, 2)] == found


def test_a_new_duty_is_looser_only_if_its_decision_records_a_measure() -> None:
    """Through such a decision, one officer could record a measure that takes two officers."""
    asks, records = ({"decision": {"done": each}} for each in ({}, {"measure": "prosecutor_word"}))
    found = [
        [*loosening.looser("duties.toml", {"duty": {}}, {"duty": {"x": each}})] for each in (asks, records)
    ]
    assert [0, 1] == [*map(len, found)]


def test_a_law_is_not_looser_than_itself() -> None:
    """Any two laws can be compared, in both directions."""
    for one in LAWS.values():
        for other in LAWS.values():
            found = [
                each
                for name, schema in FILES.items()
                for each in loosening.looser(
                    name, schema.read(one[name]).value, schema.read(other[name]).value
                )
            ]
            assert (found == []) is (one == other)
