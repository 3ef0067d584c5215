"""The vectors of docs/draws.md, 11, which the verifier in JavaScript reads, too."""

import json

import pytest

from draws.transfers import verify
from draws.transfers.rules import RULES
from draws.verify import Disproved
from tests.vectors import transferring

TESTS = {each["id"]: each for each in json.loads(transferring.FILE.read_text("utf-8"))["tests"]}


@pytest.mark.parametrize("name", TESTS)
def test_the_verifier_accepts_and_refuses_each_opening_by_its_rule(name: str) -> None:
    vector = TESTS[name]
    both = vector["transcript"].encode(), vector["opening"].encode()
    if not vector["rule"]:
        found = verify.verify_opening(*both).transfers
        assert [f"{each.agent} {each.post}" for each in found] == vector["transfers"]
        return
    with pytest.raises(Disproved) as error:
        verify.verify_opening(*both)
    assert error.value.rule == vector["rule"]


def test_the_vectors_break_every_rule_of_an_opening() -> None:
    assert {each["rule"] for each in TESTS.values()} == {"", *RULES}


def test_the_file_of_openings_is_up_to_date_with_its_generator() -> None:
    """Otherwise, a vector that somebody edited by hand would go unnoticed."""
    assert transferring.FILE.read_text("utf-8") == transferring.encode()
