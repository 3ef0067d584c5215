"""Who may read a case, and who its reporter is, at the desk: what the journal could not hold is refused."""

import pytest

from tests.support.desk_room import Client, chosen_beforehand, sitting
from tests.support.gate import chosen
from tests.support.inbox_builders import Office, today
from tests.support.inbox_trio import Trio


@pytest.fixture
def office(founded_trio: Trio) -> Office:
    """That of the three, two of whom are present."""
    return founded_trio.others


def test_from_whom_a_case_is_kept_is_for_the_officer_to_choose(client: Client) -> None:
    """One name of three chosen beforehand would shut out whoever stands first."""
    assert [] == chosen_beforehand(client.page("/en/case/1/readers"), "excluded")


@pytest.mark.parametrize(
    "name", chosen(["a b", "Alice", "x" * 33, "x" * 600, "x" * 2_000], "a b", "x" * 2_000), ids=len
)
def test_what_cannot_be_the_name_of_an_officer_is_refused_and_not_noted(client: Client, name: str) -> None:
    """The desk says why, and not that something is damaged."""
    for path in ("readers", "readers/exclude", "readers/lift"):
        answer = client.send(f"/en/case/1/{path}", officer=name, reason="x")
        said = "cannot be the name of an officer" in answer.text
        assert (409, True, False) == (answer.status_code, said, "is at fault" in answer.text), path


@pytest.mark.parametrize(
    "form", [{}, {"day": today().isoformat(), "withdrawn": "on"}], ids=["neither", "both"]
)
def test_a_consent_is_given_on_a_day_or_withdrawn(founded_trio: Trio, form: dict[str, str]) -> None:
    """An empty form is no consent: by it an identity could be passed on."""
    before = founded_trio.office.state()
    with sitting(founded_trio.others) as client:
        assert 409 == client.send("/en/case/1/ledger/consent", **form).status_code
    assert before == founded_trio.office.state()


def test_another_ground_is_given_with_a_reason(founded_trio: Trio) -> None:
    before = founded_trio.office.state()
    with sitting(founded_trio.others) as client:
        form = {"recipient": "x", "what": "report", "ground": "other", "reason": "  "}
        assert 409 == client.send("/en/case/1/ledger", **form).status_code
    assert before == founded_trio.office.state()
