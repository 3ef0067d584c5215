"""Access to a case and to the identity of its reporter: the desk refuses invalid names and grounds."""

import pytest

from tests.support.desk_room import Client, chosen_beforehand, sitting
from tests.support.gate import chosen
from tests.support.inbox_builders import Office, today
from tests.support.inbox_trio import Trio


@pytest.fixture
def office(founded_trio: Trio) -> Office:
    """An inbox with three officers, two of whom are signed in."""
    return founded_trio.others


def test_no_officer_is_preselected_for_exclusion(client: Client) -> None:
    """Otherwise a hasty press would exclude the first officer in the list."""
    assert [] == chosen_beforehand(client.page("/en/case/1/readers"), "excluded")


@pytest.mark.parametrize(
    "name", chosen(["a b", "Alice", "x" * 33, "x" * 600, "x" * 2_000], "a b", "x" * 2_000), ids=len
)
def test_an_invalid_officer_name_is_refused_and_not_journalled(client: Client, name: str) -> None:
    """The desk gives the reason, and does not report an internal error."""
    for path in ("readers", "readers/exclude", "readers/lift"):
        answer = client.send(f"/en/case/1/{path}", officer=name, reason="x")
        said = "cannot be the name of an officer" in answer.text
        assert (409, True, False) == (answer.status_code, said, "is at fault" in answer.text), path


@pytest.mark.parametrize(
    "form", [{}, {"day": today().isoformat(), "withdrawn": "on"}], ids=["neither", "both"]
)
def test_a_consent_form_needs_either_a_day_or_a_withdrawal_but_not_both(
    founded_trio: Trio, form: dict[str, str]
) -> None:
    """If an empty form were recorded as consent, somebody could disclose the identity."""
    before = founded_trio.office.state()
    with sitting(founded_trio.others) as client:
        assert 409 == client.send("/en/case/1/ledger/consent", **form).status_code
    assert before == founded_trio.office.state()


def test_a_disclosure_on_other_grounds_needs_a_reason(founded_trio: Trio) -> None:
    before = founded_trio.office.state()
    with sitting(founded_trio.others) as client:
        form = {"recipient": "x", "what": "report", "ground": "other", "reason": "  "}
        assert 409 == client.send("/en/case/1/ledger", **form).status_code
    assert before == founded_trio.office.state()
