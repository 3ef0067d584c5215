"""The desk previews each message to a reporter: a reply, a notice of more time, or the text of a closing."""

import html
import re
from datetime import date
from typing import Any

import pytest

from inbox.language import days
from tests.support.desk_room import Client, sitting, tell
from tests.support.gate import chosen
from tests.support.inbox_builders import PASSPHRASE, Office, Portal, World
from tests.support.laws import FRENCH

GIVES_AWAY = "agent@port.example"
WARNED = "it is an address or a telephone number"
WAYS: dict[str, dict[str, str]] = {
    "reply": {"template": "feedback", "feedback": "on"},
    "extend": {"reason": "abroad"},
    "close": {
        "outcome": "out_of_scope",
        "disclosure": "partial",
        "reason": "not ours",
        "body": "defender_of_rights",
    },
}


@pytest.fixture
def office(world: World, portal: Portal) -> Office:
    """One case that needs an answer. The office may extend the time for this answer."""
    tell(world, portal, {"what": "x", "coi": "no"})
    world.office.json("office", "set", "--regime", "external")
    world.office.json("case", "show", "1")
    world.office.settle(1)
    world.office.tell_no_prosecutor(1)
    return world.office


def hidden(page: str) -> dict[str, str]:
    """Return the hidden fields of the form on a page."""
    found = re.findall(r'type="hidden" name="([a-z-]+)" value="([^"]*)"', page)
    return {name: html.unescape(value) for name, value in found if name != "csrf_token"}


def but_drafts(state: dict[str, Any]) -> dict[str, Any]:
    """Return the state without the drafts, because even a refused form changes the drafts."""
    return {name: rows for name, rows in state.items() if name != "unfinished"}


def entry(office: Office) -> Any:
    """Return the last journal entry before the entry for reading the journal."""
    return office.json("journal", "list")["entries"][-2]


@pytest.mark.parametrize("way", chosen(WAYS, "close"))
def test_a_text_that_may_identify_somebody_is_sent_only_with_a_reason(office: Office, way: str) -> None:
    """Without a reason nothing is sent, and the form keeps its fields. The journal records both reasons."""
    office.json("message", "acknowledge", "1")
    form = WAYS[way] | {"text": f"Écrivez à {GIVES_AWAY}"}
    before = but_drafts(office.state())
    with sitting(office) as client:
        shown = client.send(f"/en/case/1/{way}", **form)
        assert (200, True) == (shown.status_code, WARNED in shown.text)
        assert "<h2>Nothing was sent: this could give somebody away</h2>" in shown.text
        seen = client.send(f"/en/case/1/{way}/preview", **form).text
        assert "<h2>This could give somebody away</h2>" in seen
        assert WAYS[way].items() <= hidden(shown.text).items()
        assert f"{form['text']}</textarea>" in shown.text
    assert before == but_drafts(office.state())
    sent = form | {"despite": "its own word", "passphrase-officer": PASSPHRASE}
    with sitting(office) as client:
        done = client.close(1, **sent) if way == "close" else client.send(f"/en/case/1/{way}", **sent)
        assert 303 == done.status_code
    noted = entry(office)
    assert ({"close": "close-by-two"}.get(way, way), True) == (noted["action"], noted["values"]["despite"])
    why = "; ".join(filter(None, (WAYS[way].get("reason"), "its own word")))
    assert why == noted["reason"]


def test_all_templates_can_be_previewed_before_the_officer_chooses_one(office: Office) -> None:
    """The previews are filled in and are in the reporter's language.

    A placeholder in brackets marks the place of the officer's own text.
    """
    with sitting(office) as client:
        page = client.page("/en/case/1/dialogue")
    (texts,) = re.findall(r"<summary>Preview of the templates.*?</details>", page, re.DOTALL)
    offered = re.findall(r'<option value="(\w+)"', page.split('id="template"')[1].split("</select>")[0])
    assert len(offered) == texts.count("<h4>") > 3
    assert "[votre texte pour ce dossier]" in texts
    assert [] == re.findall(r"\{\w*\}?", texts)


def test_the_list_of_templates_says_which_templates_take_a_text_of_the_officer(office: Office) -> None:
    with sitting(office) as client:
        page = client.page("/en/case/1/dialogue")
    shown = re.findall(r'<option value="(\w+)"[^>]*>[^<]* \u2013 ([^<]+)</option>', page)
    assert {
        "acknowledgement": "your text may follow",
        "details": "needs your text",
        "withheld": "without your text",
    }.items() <= dict(shown).items()


@pytest.mark.parametrize(("template", "has_field"), [("withheld", False), ("acknowledgement", True)])
def test_a_preview_has_a_field_for_own_words_only_if_the_template_accepts_them(
    office: Office, template: str, *, has_field: bool
) -> None:
    with sitting(office) as client:
        page = client.send("/en/case/1/reply/preview", template=template).text
    assert [has_field, has_field] == ['id="text"' in page, "Preview the changed text" in page]


def test_a_retracted_question_reminds_the_officer_of_the_status_that_announces_it(office: Office) -> None:
    with sitting(office) as client:
        client.send("/en/case/1/reply", template="details", text="Quand ?")
        taken = client.send("/en/case/1/reply/1/take-back")
        page = client.raw.get(taken.location, base_url=f"http://{client.desk.host}").text
        assert "the status shown is still “More information requested”" in page


def test_fields_have_hints_and_templates_are_shown_by_their_title(
    office: Office,
) -> None:
    """The lists of templates explain the check mark, and the field for tags explains its limits.

    The timeline names the template by its title.
    """
    with sitting(office) as client:
        page = client.page("/en/case/1")
        assert 2 == page.count("Templates marked ✓ fit the case.")
        assert 'id="closing-template-hint">Templates marked ✓' in page
        assert re.search('id="names"[^>]*aria-describedby="names-hint"', page)
        assert "letters, digits and hyphens, 32 characters at most" in page
        assert 303 == client.send("/en/case/1/reply", template="acknowledgement").status_code
        title = FRENCH.replies["acknowledgement"].title.in_("en")
        cells = re.findall(r'<td class="free">([^<]*)</td>', client.page("/en/case/1/timeline"))
        assert [f"{title}, confirms receipt"] == [cell for cell in cells if title in html.unescape(cell)]


@pytest.mark.parametrize(
    ("way", "called"),
    [
        ("reply", "Preview of the reply"),
        ("extend", "Preview of the notice of more time"),
        ("close", "Preview of the closing"),
    ],
)
def test_the_title_of_a_preview_names_the_text_that_is_previewed(
    office: Office, way: str, called: str
) -> None:
    with sitting(office) as client:
        page = client.send(f"/en/case/1/{way}/preview", **WAYS[way], text="C'est ailleurs.").text
    assert [called] == re.findall("<h1>(.*?) <small>", page)
    assert f"<title>{called} · " in page


def test_the_preview_of_a_closing_shows_the_page_of_the_reporter_and_changes_nothing(office: Office) -> None:
    """The addresses of other bodies follow the officer's text, and are not added to the text in the form."""
    before = but_drafts(office.state())
    with sitting(office) as client:
        shown = client.send("/en/case/1/close/preview", **WAYS["close"], text="C'est ailleurs.")
        seen = shown.text.split('<div class="seen" lang="fr">')[1].split("</div>")[0]
        assert "C&#39;est ailleurs." in seen
        turn = "Vous pouvez aussi vous adresser vous-même à"
        assert ["<h2>Clos</h2>", turn] == re.findall(f"<h2>Clos.*?</h2>|{turn}", seen)
        assert "ailleurs.</textarea>" in shown.text
    assert before == but_drafts(office.state())


@pytest.mark.parametrize("form", [{"disclosure": "full", "outcome": "moot"}, WAYS["close"] | {"body": "x"}])
def test_a_closing_that_would_be_refused_is_not_previewed(client: Client, form: dict[str, str]) -> None:
    assert 409 == client.send("/en/case/1/close/preview", **form).status_code


def test_a_waiting_acknowledgement_is_shown_beside_its_deadline_with_the_day_that_it_promises(
    world: World, portal: Portal
) -> None:
    """Until the outbox is made, the legal deadlines do not change, but the text already names a day."""
    tell(world, portal, {"what": "x"})

    def waits() -> dict[str, bool]:
        clocks = world.office.json("case", "show", "1")["work"]["clocks"]
        return {each["clock"]: each["waits"] for each in clocks}

    assert True not in waits().values()
    world.office.json("message", "acknowledge", "1")
    assert {"ack_eu", "ack_fr"} >= {clock for clock, is_waiting in waits().items() if is_waiting} > set()
    shown = world.office.run("case", "show", "1").out
    (promised,) = re.findall(r"the waiting acknowledgement promises (\S+)\)", shown)
    assert ", written, waits for the next outbox\n" in shown
    with sitting(world.office) as client:
        page = client.page("/en/case/1/work")
        assert 2 <= page.count("written; waits for the next outbox")
        told = days.short("en", date.fromisoformat(promised))
        assert f"the waiting acknowledgement promises {told}" in page
    world.office.json("exchange", "outbox", "--out", world.office.out)
    assert True not in waits().values()


def test_every_list_of_files_says_which_file_it_is_and_of_what_kind(world: World, portal: Portal) -> None:
    """Files often have no name, so the number is the link, and officers see type, size and origin."""
    tell(world, portal, {"what": "x"})
    with sitting(world.office) as client:
        page = client.page("/en/case/1/files")
        assert re.search(r">File 1( \u2013 <bdi>[^<]+</bdi>)?</a>", page)
        page = re.sub(r"\s+", " ", client.page("/en/case/1/dossier"))
    (said,) = re.findall(r"File 1(?: \u2013 <bdi>[^<]+</bdi>)?</label> (.*?)</li>", page)
    assert ("7 B" in said, "With the report" in said) == (True, True)
