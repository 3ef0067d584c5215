"""The vectors of docs/draws.md, which the verifier in JavaScript reads, too."""

import json

import pytest

from draws import verify
from draws.rules import RULES
from tests.vectors import drawings

TESTS = {each["id"]: each for each in json.loads(drawings.FILE.read_text("utf-8"))["tests"]}


@pytest.mark.parametrize("name", TESTS)
def test_the_verifier_accepts_and_refuses_each_vector_by_its_rule(name: str) -> None:
    vector = TESTS[name]
    raw = vector["transcript"].encode()
    if not vector["rule"]:
        assert verify.verify(raw).end.hex() == vector["end"]
        return
    with pytest.raises(verify.Disproved) as error:
        verify.verify(raw)
    assert error.value.rule == vector["rule"]


def test_the_vectors_break_every_rule_of_one_transcript() -> None:
    assert {each["rule"] for each in TESTS.values()} == {"", *RULES} - {"series"}


def test_the_file_of_vectors_is_up_to_date_with_its_generator() -> None:
    """Otherwise, a vector that somebody edited by hand would go unnoticed."""
    assert drawings.FILE.read_text("utf-8") == drawings.encode()
