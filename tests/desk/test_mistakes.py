"""A form with mistakes is shown again on its page: all mistakes are named, and what was typed is kept."""

import html
import re
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Browser, Page, expect
from werkzeug.datastructures import FileStorage, MultiDict

from inbox.desk.fields import checks, markup
from inbox.desk.fields.declaring import FIELD
from tests.support.desk_room import Client, seen, serving
from tests.support.gate import chosen
from tests.support.inbox_builders import Office
from tests.support.laws import FRENCH

if TYPE_CHECKING:
    from pathlib import Path

    from werkzeug.test import TestResponse

SUMMARY = re.compile(r'<div class="notice warning mistakes".*?</div>', re.DOTALL)
WAYS = re.compile(r'<a href="#([^"]+)">')
# Values for the variable parts of addresses.
PLACES = {
    "language": "fr",
    "case": 1,
    "file": 1,
    "page": 1,
    "other": 1,
    "request": 1,
    "kind": "reply",
    "code": "details",
    "form": "reply",
    "number": 1,
    "register": "alerts",
}


def form_to(page: str, path: str) -> markup.Form:
    """Return the form with this target path on a page."""
    return next(each for each in markup.read(page) if any(way.endswith(path) for way in each.ways))


def sent(client: Client, form: markup.Form, **given: str | list[str]) -> "TestResponse":
    """Send a form as the page shows it, with only these fields filled in."""
    path = form.tag.attributes["action"].removeprefix(client.desk.place)
    return client.send(path, **form.hidden() | given)


def summary(page: str) -> str:
    """Return the error summary of a page."""
    (found,) = SUMMARY.findall(page)
    return html.unescape(found)


@pytest.mark.slow
@pytest.mark.usefixtures("decided_case")
def test_every_form_of_the_desk_names_all_its_missing_fields_together(client: Client) -> None:
    """Each form is sent empty. The page of the form is shown again with an error at each required field."""
    client.send("/fr/access", persons="Jeanne Roy", received="2026-01-05", way="letter")
    walked: dict[str, set[str]] = {}
    for rule in client.app.url_map.iter_rules():
        if "GET" not in (rule.methods or ()) or not rule.rule.startswith(f"{client.desk.place}/<language>"):
            continue
        if not rule.arguments <= {*PLACES, *(rule.defaults or {})} or rule.endpoint.startswith("jobs."):
            continue
        built = rule.build({name: PLACES[name] for name in rule.arguments if name in PLACES})
        assert built, rule
        answer = client.ask(built[1].removeprefix(client.desk.place))
        if answer.status_code != 200 or answer.mimetype != "text/html":
            continue
        for form in markup.read(answer.text):
            names = {each.name for each in checks.of(form) if each.is_required}
            is_filled = {each.name for each in form.controls if each.tag.attributes.get("value")}
            if names and (action := form.tag.attributes["action"]):
                came = sent(client, form)
                assert came.status_code == 422, (action, came.text[-2000:])
                ways = WAYS.findall(summary(came.text))
                named = {each.name for each in form.controls for way in ways if _is_at(each, way)}
                assert names == named & names, (action, is_filled)
                assert came.text.count('aria-invalid="true"') >= len(names), action
                walked[re.sub(r"\d+", "N", action.partition("/fr")[2])] = names
    assert {"/case/N/decide", "/access", "/enter", "/office/backup", "/case/N/ledger"} <= {*walked}, walked
    assert walked["/case/N/decide"] == {"choice", "reason"}


def _is_at(control: markup.Control, way: str) -> bool:
    return way in (control.tag.attributes.get("id"), f"field-{control.name}")


@pytest.mark.parametrize(("filename", "lacking"), [("alice.share", []), ("", ["share"])])
def test_a_file_field_counts_as_filled_in_only_if_a_file_was_chosen(
    filename: str, lacking: list[str]
) -> None:
    """Otherwise browsers send a file without a name."""
    files = MultiDict({"share": FileStorage(filename=filename)})
    needs = [checks.Need("share", checks.Kind.FILE, is_required=True)]
    assert lacking == list(checks.wrong(needs, MultiDict(), files))


@pytest.fixture
def decided_case(one_case: Office) -> Office:
    """A case in which all duties are decided; each decision has a form to change it."""
    one_case.settle(1)
    one_case.tell_no_prosecutor(1)
    return one_case


def again_in(page: str, duty: str) -> markup.Form:
    """Return the form that changes the decision about a duty."""
    return next(
        each
        for each in markup.read(page)
        if any(control.tag.attributes.get("id") == f"reason-{duty}" for control in each.controls)
    )


@pytest.mark.usefixtures("decided_case")
def test_a_form_with_missing_fields_keeps_what_was_typed(client: Client) -> None:
    """Other forms with the same target path on the page do not change."""
    form = again_in(client.page("/fr/case/1/work"), "art14")
    came = sent(client, form, reason='Parce que "oui" <b>', until="31/02/2027")
    assert came.status_code == 422
    typed = [
        {each.name: each.tag.attributes.get("value") for each in again_in(came.text, duty).controls}
        for duty in ("art14", "admissibility")
    ]
    assert ('Parce que "oui" <b>', "31/02/2027") == (typed[0]["reason"], typed[0]["until"])
    assert not typed[1]["reason"]
    said = summary(came.text)
    assert ["choice-art14", "until-art14"] == WAYS.findall(said)
    assert "25/11/2026" in said
    assert "<title>Erreur\u00a0:" in came.text


# The choice in the form, and the fields that this choice requires.
CHOSEN: dict[str, tuple[dict[str, str], list[str]]] = {
    "transmit": ({"choice": "transmit"}, ["reason", "addressee", "reference"]),
    "defer": ({"choice": "defer"}, ["reason", "until"]),
    "defer with a day that is none": ({"choice": "defer", "until": "31/02/2027"}, ["reason", "until"]),
    "inadmissible": ({"choice": "inadmissible"}, ["decision-ground", "reason"]),
    "informed": ({"choice": "informed"}, ["reason"]),
}


@pytest.mark.usefixtures("decided_case")
@pytest.mark.parametrize("name", chosen(CHOSEN, "transmit", "defer with a day that is none"))
def test_all_missing_fields_of_a_decision_are_named_together(client: Client, name: str) -> None:
    """Fields that the chosen decision does not need are not named."""
    chosen, fields = CHOSEN[name]
    duty = next(code for code, each in FRENCH.duties.items() if chosen["choice"] in each.decisions)
    form = again_in(client.page("/fr/case/1/work"), duty)
    came = sent(client, form, **_as_shown(form) | chosen)
    assert (422, fields) == (came.status_code, named(came.text, again_in(came.text, duty)))


def named(page: str, form: markup.Form) -> list[str]:
    """Return the names of the fields that the error summary links to, in order."""
    ways = WAYS.findall(summary(page))
    return [next(each.name for each in form.controls if _is_at(each, way)) for way in ways]


OTHERS: dict[str, tuple[str, dict[str, str], list[str]]] = {
    "a sanction": ("measure", {"kind": "disciplinary_sanction"}, ["degree"]),
    "a text that goes": ("measure", {"kind": "dnred_informed", "addressee": ""}, ["sent"]),
    "elsewhere": ("close/preview", {"outcome": "out_of_scope", "disclosure": "withheld"}, ["body", "reason"]),
    "untold": ("close/preview", {"outcome": "out_of_scope", "disclosure": "full"}, ["body", "text"]),
    "only an outcome": ("close/preview", {"outcome": "out_of_scope"}, ["disclosure"]),
    "assessed": ("assess", {"risk": "high", "choice": "transmit"}, ["addressee", "reference", "reason"]),
    "an empty reply": ("reply/preview", {"text": " "}, ["text"]),
    "an empty gap in a template": ("reply/preview", {"template": "details"}, ["text"]),
    "scored": ("assess", {"danger": "3"}, ["reason"]),
}


@pytest.mark.usefixtures("one_case")
@pytest.mark.parametrize(
    "name", chosen(OTHERS, "a sanction", "elsewhere", "an empty reply", "an empty gap in a template")
)
def test_all_missing_fields_of_a_measure_or_a_closing_or_an_assessment_are_named_together(
    client: Client, name: str
) -> None:
    path, chosen, fields = OTHERS[name]
    form = form_to(client.page("/fr/case/1/work"), f"/case/1/{path}")
    came = sent(client, form, **_as_shown(form) | chosen)
    assert (422, fields) == (came.status_code, named(came.text, form_to(came.text, f"/case/1/{path}")))
    assert path not in {"measure", "assess"} or "obligatoire pour" in summary(came.text).lower()


@pytest.mark.usefixtures("one_case")
def test_a_template_without_a_gap_needs_no_text(client: Client) -> None:
    form = form_to(client.page("/fr/case/1/work"), "/case/1/reply/preview")
    fields = _as_shown(form) | {"template": "acknowledgement"}
    assert fields["text"] == ""
    assert 200 == sent(client, form, **fields).status_code


def _as_shown(form: markup.Form) -> dict[str, str | list[str]]:
    """Return the fields of a form as a browser sends it if the officer changes nothing."""
    found: dict[str, str | list[str]] = {}
    for each in form.controls:
        given = each.tag.attributes
        if each.kind == "radio" and "checked" in given:
            found[each.name] = given["value"]
        elif each.kind not in {"radio", "checkbox"}:
            chosen = [one.attributes["value"] for one in each.options if "selected" in one.attributes]
            found[each.name] = chosen[0] if chosen else given.get("value", "")
    return found


@pytest.mark.copy_of("founded_three")
@pytest.mark.usefixtures("one_case")
def test_missing_fields_reveal_nothing_about_an_undeclared_case(client: Client) -> None:
    """The response does not show whether the score would change, or whether feedback is due.

    The control is an officer who has declared the case.
    """
    page = client.page("/fr/case/1/work")
    other = Client(client.desk, client.app, "chloe")
    ends = {"outcome": "moot", "disclosure": "full"}
    for path, given in (("assess", {"danger": "3"}), ("close/preview", ends)):
        form = form_to(page, f"/case/1/{path}")
        filled = _as_shown(form) | given
        assert sent(client, form, **filled).status_code == 422
        asked = sent(other, form, **filled | {"csrf_token": other.token()})
        assert (asked.status_code, "déclare" in asked.text) == (200, True)


@pytest.mark.usefixtures("one_case")
def test_a_refused_form_is_shown_on_its_own_page_with_the_reason(client: Client) -> None:
    """If the form is in a folded section, the section is unfolded."""
    form = form_to(client.page("/fr/case/1/work"), "/case/1/measure")
    came = sent(client, form, kind="process_fix", degree="0", day="01/01/2026", reference="R 7")
    assert came.status_code == 409
    assert "risque" in summary(came.text)
    again = form_to(came.text, "/case/1/measure")
    assert all("open" in each.attributes for each in again.around)
    named = {each.name: each for each in again.controls}
    assert named["reference"].tag.attributes["value"] == "R 7"
    assert [each.attributes["value"] for each in named["kind"].options if "selected" in each.attributes] == [
        "process_fix"
    ]


FIRST = re.compile(r'<div class="panel of-(\w+) first"')


@pytest.mark.usefixtures("one_case")
@pytest.mark.parametrize("place", ["", "/dialogue", "/work"])
def test_a_refused_form_is_shown_in_the_part_of_the_case_that_contains_it(client: Client, place: str) -> None:
    """One page contains all parts, so the part from which the officer came does not matter."""
    form = form_to(client.page(f"/fr/case/1{place}"), "/case/1/measure")
    lacking, refused = sent(client, form), sent(client, form, kind="process_fix", degree="0")
    assert (422, ["work"]) == (lacking.status_code, FIRST.findall(lacking.text))
    assert (409, ["work"]) == (refused.status_code, FIRST.findall(refused.text))


# A refused form on the page of a case, and the field beside which the error is shown.
REFUSED: dict[str, tuple[str, dict[str, str], str]] = {
    "a day to come": ("measure", {"kind": "mobility", "day": "01/01/2099"}, "day"),
    "no restrictions": ("measure", {"kind": "mobility", "restrictions": "none"}, "restrictions"),
    "words of warning": (
        "measure",
        {"kind": "dnred_informed", "sent": "Look for a zebra at the quay."},
        "sent",
    ),
    "no tag": ("tag", {"names": "a*b"}, "names"),
}


@pytest.mark.usefixtures("one_case")
@pytest.mark.parametrize("name", REFUSED)
def test_a_refusal_because_of_one_field_is_shown_beside_that_field(client: Client, name: str) -> None:
    path, given, field = REFUSED[name]
    form = form_to(client.page("/fr/case/1"), f"/case/1/{path}")
    came = sent(client, form, **_as_shown(form) | given)
    assert (409, [field]) == (came.status_code, named(came.text, form_to(came.text, f"/case/1/{path}")))


@pytest.mark.usefixtures("one_case")
def test_a_form_on_a_preview_is_shown_again_on_that_preview(client: Client) -> None:
    """The preview still shows the passage to redact, because the reason depends on it."""
    shown = client.send("/fr/case/1/minimise/preview", place="everywhere", passage="zebra")
    form = form_to(shown.text, "/case/1/minimise")
    came = sent(client, form)
    assert (422, ["reason"]) == (came.status_code, WAYS.findall(summary(came.text)))
    assert came.text.count("<del>") == shown.text.count("<del>") > 0


@pytest.mark.usefixtures("one_case")
def test_a_refused_dossier_can_be_corrected_in_its_own_form(client: Client) -> None:
    """The plan of the dossier is only in hidden fields of the page."""
    plan = {"purpose": "prosecutor", "addressee": "Procureur", "language": "fr", "enclosed": "none"}
    typed = {"recipient": "age1wrong", "papers": "/nowhere", "measure": "on", "despite": "it must"}
    form = form_to(client.send("/fr/case/1/dossier/preview", **plan).text, "/case/1/dossier")
    refused = sent(client, form, **typed)
    assert refused.status_code == 409
    assert 'value="age1wrong"' in refused.text
    again = form_to(refused.text, "/case/1/dossier")
    assert set() == again.hidden().keys() & typed.keys()
    assert plan.items() <= again.hidden().items()


@pytest.mark.usefixtures("one_case")
@pytest.mark.parametrize(
    "says",
    [
        "",
        "[]",
        "[" * 5000,
        '["/","GET",0,[],[]]',
        '["https://example.org/","GET",0,[],[]]',
        '["PLACE/fr/case/2","GET",0,[],[]]',
        '["PLACE/fr/case/1/close","POST",0,[],[]]',
        '["PLACE/fr/lock","POST",0,[],[]]',
        '["PLACE/fr/case/1","DELETE",0,[],[]]',
        '["PLACE/open/x","GET",0,[],[]]',
        '["PLACE/fr/case/1","GET",0,[["reason","none",true,null,null]],[]]',
    ],
)
def test_a_form_that_names_a_page_outside_the_desk_is_refused_and_the_page_is_not_called(
    client: Client, says: str
) -> None:
    """The field determines only on which page the form is shown again; the desk calls no other address."""
    form = {FIELD: says.replace("PLACE", client.desk.place)}
    came = client.send("/fr/case/1/measure", kind="process_fix", degree="0", **form)
    assert (409, True) == (came.status_code, "<h1>Refusé" in came.text), came.text
    assert not client.desk.is_over


@pytest.mark.usefixtures("one_case")
def test_a_form_still_names_its_missing_fields_if_its_page_no_longer_exists(client: Client) -> None:
    says = f'["{client.desk.place}/fr/case/9","GET",0,[["reason","text",true,null,null]],[]]'
    came = client.send("/fr/case/1/hold", **{FIELD: says})
    assert (422, True) == (came.status_code, "Motif" in came.text)


@pytest.mark.slow
@pytest.mark.browser
@pytest.mark.long
@pytest.mark.parametrize("script", [True, False], ids=["script", "no script"])
def test_the_error_summary_has_the_focus_and_links_to_each_field(
    chromium: Browser, one_case: Office, stick: "Path", *, script: bool
) -> None:
    one_case.json("case", "decide", "1", "no_transmission", "--reason", "x")
    with (
        serving(one_case, "--medium", stick) as served,
        seen(chromium, served, java_script_enabled=script, locale="en-US") as page,
    ):
        page.goto(f"{served.root}/fr/case/1/work")
        page.locator("summary", has_text="Décider à nouveau").click()
        page.locator("#addressee-art40").fill("Parquet de Brest")
        page.locator("form[action$='/decide'] button").last.click()
        _leads(page, "#choice-art40", "#reason-art40")
        expect(page.locator("#addressee-art40")).to_have_value("Parquet de Brest")
        page.goto(f"{served.root}/fr/access")
        page.locator("#received").fill("45/45/2026")
        page.locator("form[action$='/access'] button").last.click()
        _leads(page, "#persons", "#received", "#way")
        expect(page.locator("#received")).to_have_value("45/45/2026")


def _leads(page: Page, *ways: str) -> None:
    """Expect that the summary has the focus, and that each of its links leads to its field."""
    told = page.locator(".mistakes")
    expect(told).to_be_focused()
    assert [*ways] == [each.get_attribute("href") for each in told.locator("a").all()]
    for way in ways:
        told.locator(f"a[href='{way}']").click()
        field = page.locator(way)
        expect(field).to_be_visible()
        described = (field.get_attribute("aria-describedby") or "").split()
        expect(page.locator(f"#{described[0]}")).not_to_be_empty()
