"""The assessment form: either all changes are recorded, or none."""

import re
from typing import Any

import pytest

from tests.support.desk_room import Client, sitting, tell
from tests.support.inbox_builders import Office, Portal, World, passphrase_of
from tests.support.laws import FRENCH

NAMES = ("alice", "bruno", "chloe")
WHOLE = {"risk": "high", "danger": "3", "choice": ["", "admissible"], "officer": "bruno", "reason": "x"}

pytestmark = pytest.mark.copy_of("three_officers")


@pytest.fixture(scope="module")
def three_officers(tmp_path_factory: pytest.TempPathFactory) -> Office:
    """One case with an open duty to inform the prosecutor; alice and bruno have declared the case."""
    folder = tmp_path_factory.mktemp("assess")
    office = Office.found_by(folder, NAMES, 2)
    world = World(office)
    tell(world, Portal(world, folder / "medium"), {"what": "x", "coi": "no", "category": "approach"})
    office.of("alice", "bruno").json("case", "declare", "1")
    return office


def both(**form: Any) -> dict[str, Any]:
    return form | {f"passphrase-{name}": passphrase_of(name) for name in NAMES[:2]}


def noted(office: Office) -> list[str]:
    """Return the codes of the journalled actions on the case except reading, oldest first."""
    entries = office.json("journal", "list", "--case", "1")["entries"]
    return [each["action"] for each in entries if each.get("action") not in {"declare", "filed", "show"}]


def work(office: Office) -> dict[str, Any]:
    """Return the workflow of the case as two officers see it."""
    return dict(office.json("case", "show", "1")["work"])


def sent(client: Client, **form: Any) -> int:
    return client.send("/en/case/1/assess", **form).status_code


def hidden(page: str) -> dict[str, str]:
    return dict(fields(page))


def fields(page: str) -> list[tuple[str, str]]:
    return re.findall(r'type="hidden" name="([a-z-]+)" value="([^"]*)"', page)


def test_one_form_records_the_whole_assessment(office: Office) -> None:
    with sitting(office) as client:
        assert 303 == sent(client, **WHOLE)
        page = client.page("/en/case/1/work")
    assert ["judge", "assess-source", "decide", "assign"] == noted(office)
    found = work(office)
    assert ("high", 3, "bruno") == (found["source_risk"], found["parts"]["danger"], found["assigned"])
    said = ("score is recorded", "reporter is assessed", "decision is recorded", "assignment is recorded")
    assert [] == [each for each in said if each not in page]
    assert 1 == page.count('role="status"')


def test_an_unchanged_field_is_not_recorded_again(office: Office) -> None:
    """The form is sent three times. The first sending is the control, and the third differs in one field."""
    with sitting(office) as client:
        assert 303 == sent(client, **WHOLE)
        assert 409 == sent(client, **WHOLE)
        assert 303 == sent(client, **WHOLE | {"risk": "low"})
    assert ["judge", "assess-source", "decide", "assign", "assess-source"] == noted(office)


@pytest.mark.parametrize(
    "wrong",
    [
        {"officer": "nobody-of-ours"}, {"reason": ""}, {"choice": "unheard-of"}, {"until": "2026-01-01"},
        {"choice": ["admissible", "inadmissible"]}, {"addressee": "Procureur"}, {"choice": "defer"},
        {"choice": ["transmit", "no_transmission"]},
        {"choice": ["no_transmission", "not_needed"], "until": "2026-01-01"},
        {"choice": "transmit", "officer": "bruno"},
    ],
    ids=str,
)  # fmt: skip
def test_a_mistake_in_one_field_records_nothing(office: Office, wrong: dict[str, Any]) -> None:
    """The form is kept as a draft, so that the officer can correct it."""
    before = work(office)
    with sitting(office) as client:
        refused = client.send("/en/case/1/assess", **WHOLE | wrong)
        assert (409, True) == (refused.status_code, "kept as a draft" in refused.text)
        assert re.search('value="high" selected', client.page("/en/case/1/work"))
    assert ([], before) == (noted(office), work(office))


@pytest.mark.parametrize("wrong", [{"danger": "7"}, {"risk": "none"}, {"until": "soon"}], ids=str)
def test_values_that_no_page_offers_are_refused(office: Office, wrong: dict[str, str]) -> None:
    with sitting(office) as client:
        assert 400 == sent(client, **WHOLE | wrong)
    assert [] == noted(office)


def choices(form: str) -> list[str]:
    """Return the codes of the decisions that a form offers."""
    codes = [code for duty in FRENCH.duties.values() for code in duty.decisions]
    return [each for each in re.findall(r'<option value="(\w+)"', form) if each in codes]


def test_the_assessment_offers_open_decisions_and_another_form_changes_those_already_taken(
    office: Office,
) -> None:
    """Each decision is in only one of the two forms.

    The form for a decision already taken offers only that decision and its fields. The assessment also offers
    decisions that no duty requires yet, for example that the reporter was told.
    """
    admissibility = ["admissible", "inadmissible"]
    with sitting(office) as client:
        page = client.page("/en/case/1/work")
        assert "/case/1/decide" not in page
        assert {*admissibility, "told"} <= set(choices(page))
        assert 303 == sent(client, choice="admissible", reason="x")
        page = client.page("/en/case/1/work")
        assessing = page.partition('class="assess"')[2].partition("</form>")[0]
        (again,) = re.findall(r'action="[^"]*/case/1/decide".*?</form>', page, re.DOTALL)
    assert set(admissibility).isdisjoint(choices(assessing))
    assert {"transmit", "not_needed", "defer", "told"} <= set(choices(assessing))
    assert admissibility == choices(again)
    assert ["choice", "decision-ground", "reason"] == re.findall(
        r'(?:select|input) id="[^"]*" name="([a-z-]+)"', again
    )


def test_a_decision_that_takes_two_officers_is_confirmed_separately(office: Office) -> None:
    """Decisions that one officer may take are recorded immediately.

    The second officer confirms only the decision that takes two officers.
    """
    with sitting(office) as client:
        asked = client.send("/en/case/1/assess", **WHOLE | {"choice": ["no_transmission", "admissible"]})
        assert 401 == asked.status_code
        assert "score is recorded" in asked.text
        assert "decision is recorded" in asked.text
        form = hidden(asked.text.partition("<main")[2])
        assert {"choice": "no_transmission", "reason": "x"} == {
            name: value for name, value in form.items() if name not in {"csrf_token", "as_of"}
        }
        assert 'action="' + client.desk.place + "/en/case/1/decide" in asked.text
        assert "Risk" not in asked.text.partition("You confirm:")[2]
        assert 303 == client.send("/en/case/1/decide", **both(**form)).status_code
    assert ["judge", "assess-source", "decide", "assign", "decide-by-two"] == noted(office)


def test_if_an_assessment_contains_only_a_decision_for_two_officers_nothing_is_recorded_before_they_confirm(
    office: Office,
) -> None:
    with sitting(office) as client:
        assert 401 == sent(client, choice="no_transmission", reason="x")
        assert "Your draft of" not in client.page("/en/case/1/work")
    assert [] == noted(office)


def test_one_confirmation_covers_several_decisions_that_take_two_officers(office: Office) -> None:
    """Page and journal show each decision. Without the second officer, no decision is recorded."""
    choices = ["no_transmission", "not_needed"]
    with sitting(office) as client:
        asked = client.send("/en/case/1/assess", choice=[*choices, "admissible"], reason="x")
        assert 401 == asked.status_code
        assert choices == [value for name, value in fields(asked.text) if name == "choice"]
        assert [] == [each for each in ("Not transmitted", "nobody is named") if each not in asked.text]
        form = {"choice": choices, "reason": "x"}
        alone = form | {"passphrase-alice": passphrase_of("alice")}
        assert 401 == client.send("/en/case/1/decide", **alone).status_code
        assert 303 == client.send("/en/case/1/decide", **both(**form)).status_code
    assert ["decide", "decide-by-two", "decide-by-two"] == noted(office)


def test_several_decisions_are_all_refused_if_one_of_them_is_not_allowed(office: Office) -> None:
    form = {"choice": ["not_needed", "transmit"], "reason": "x"}
    with sitting(office) as client:
        assert 409 == client.send("/en/case/1/assess", **form).status_code
        assert 409 == client.send("/en/case/1/decide", **both(**form)).status_code
        same = both(choice=["transmit", "no_transmission"], reason="x")
        assert "answer the same question" in client.send("/en/case/1/decide", **same).text
    assert [] == noted(office)


def test_a_ground_is_recorded_only_with_the_decision_that_needs_it(office: Office) -> None:
    """Here the ground belongs to inadmissibility.

    The other decision, to inform nobody, is recorded without a ground.
    """
    chosen = {"choice": ["inadmissible", "not_needed"], "decision-ground": "facts", "reason": "x"}
    with sitting(office) as client:
        asked = client.send("/en/case/1/assess", **chosen)
        assert (401, "facts") == (asked.status_code, hidden(asked.text)["decision-ground"])
        assert 303 == client.send("/en/case/1/decide", **both(**chosen)).status_code
    grounds = {each["duty"]: (each["decision"], each["ground"]) for each in work(office)["duties"]}
    assert [("not_needed", ""), ("inadmissible", "facts")] == [grounds["art14"], grounds["admissibility"]]


def test_an_officer_can_confirm_the_proposed_score_unchanged(office: Office) -> None:
    with sitting(office) as client:
        assert "proposed from the answers" in client.page("/en/case/1/work")
        assert 303 == sent(client, confirmed="on", reason="x")
        assert "judged by an officer" in client.page("/en/case/1/work")
        assert 409 == sent(client, confirmed="on", reason="x")
    assert ["judge"] == noted(office)


def test_a_case_can_be_unassigned_without_a_reason(office: Office) -> None:
    with sitting(office) as client:
        assert 409 == sent(client, officer="-")
        assert 303 == sent(client, officer="bruno")
        assert 409 == sent(client, officer="")
        assert "bruno" == re.findall(r"Assigned to</dt><dd>(\w+)", client.page("/en/case/1"))[0]
        assert 303 == sent(client, officer="-")
    assert ["assign", "assign"] == noted(office)


def test_only_officers_who_may_read_a_case_can_assess_it(office: Office) -> None:
    """An excluded officer is refused, and so is everybody while the case is in quarantine.

    The control is another officer.
    """
    with sitting(office) as client:
        client.send("/en/case/1/readers/exclude", officer="bruno", reason="kin")
    with sitting(office, officer="bruno") as client:
        kept, absent = (client.send(f"/en/case/{n}/assess", **WHOLE) for n in (1, 9))
        assert (409, 409) == (kept.status_code, absent.status_code)
    with sitting(office.of("alice", "chloe"), officer="chloe") as client:
        assert "I declare no conflict of interest" in client.send("/en/case/1/assess", **WHOLE).text
    with sitting(office.of("alice", "chloe")) as client:
        assert 303 == sent(client, **WHOLE | {"officer": "alice"})
        client.send("/en/case/1/readers/quarantine", reason="a protected secret")
        assert 409 == sent(client, risk="low", reason="x")
