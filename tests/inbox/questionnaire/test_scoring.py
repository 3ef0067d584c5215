"""From the answers, rules propose the parts of the score.

A formula then computes the score and the priority.
"""

from itertools import product

import pytest

from crypto import questionnaire
from inbox.questionnaire import scoring
from inbox.vault import score
from inbox.vault.score import Parts
from templates import shipped

QUESTIONS = questionnaire.parse(shipped.QUESTIONNAIRE.read_bytes())

# Each row has the parts danger, immediacy, severity, verifiability, corroboration and access, then the score
# and the priority.
FACTS = [
    ((0, 0, 0, 0, 0, 0), 0, 4),
    ((3, 3, 3, 3, 3, 3), 54, 1),
    ((3, 0, 0, 0, 0, 0), 15, 1),
    ((2, 0, 0, 0, 0, 0), 10, 2),
    ((0, 3, 2, 0, 0, 0), 18, 1),
    ((0, 3, 1, 0, 0, 0), 15, 3),
    ((1, 3, 1, 3, 3, 1), 34, 2),
    ((1, 3, 1, 3, 3, 2), 36, 1),
    ((1, 2, 1, 3, 2, 0), 26, 2),
    ((1, 1, 1, 0, 1, 0), 14, 3),
    ((1, 1, 1, 0, 0, 0), 12, 4),
]


@pytest.mark.parametrize(("parts", "score", "priority"), FACTS)
def test_the_formula_computes_the_score_and_the_priority(
    parts: tuple[int, ...], score: int, priority: int
) -> None:
    assert (score, priority) == (Parts(*parts).score, Parts(*parts).priority)


def test_raising_one_part_raises_the_score_and_never_makes_a_case_less_urgent() -> None:
    """The test tries all 4,096 combinations."""
    for parts in product(range(4), repeat=6):
        for place in range(6):
            if parts[place] < score.HIGHEST:
                more = Parts(*(each + (n == place) for n, each in enumerate(parts)))
                assert more.priority <= Parts(*parts).priority
                assert more.score > Parts(*parts).score


def test_the_rules_use_only_answers_of_the_shipped_questionnaire() -> None:
    """Each rule gives a part of the score a value from 1 to 3."""
    known = {field.id: {option.id for option in field.options} for field in QUESTIONS.fields}
    for rule in scoring.rules():
        assert rule.part in score.NAMES
        assert 1 <= rule.value <= score.HIGHEST
    for when in (*(rule.when for rule in scoring.rules()), *scoring.goods()):
        for question, wanted in when.items():
            assert question in known
            assert set(wanted) <= known[question] | {"*"}
    asked = scoring.questions()
    assert {asked.category, asked.area} <= set(known)


PROPOSED = [
    ({}, Parts()),
    ({"what": "text"}, Parts()),
    ({"danger_now": "yes"}, Parts(danger=3, immediacy=3)),
    ({"means": ("money", "threat_family")}, Parts(danger=2, severity=2)),
    (
        {"path": "approached", "refs": "CSQU3054383", "service_sought": ("scanner",)},
        Parts(danger=1, immediacy=1, severity=2, verifiability=3, access=3),
    ),
    ({"how_know": "rumour", "who_role": ("agent",)}, Parts(access=2)),
]


@pytest.mark.parametrize(("answers", "parts"), PROPOSED)
def test_the_rules_propose_the_parts_of_the_score_from_the_answers(
    answers: scoring.Answers, parts: Parts
) -> None:
    """For each part that is not 0, the proposal names the rule."""
    proposal = scoring.propose(answers)
    assert parts == proposal.parts
    assert {rule.part for rule in proposal.because} == {name for name in score.NAMES if getattr(parts, name)}
