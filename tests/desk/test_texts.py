"""Editing reply templates, letters and authorities at the desk: errors beside fields, and previews."""

import html
import re
from typing import Any

import pytest

from inbox.replies import templates
from templates.law.schemas import FILES
from tests.support.desk_room import Client, sitting
from tests.support.inbox_builders import PASSPHRASE, Office
from tests.support.laws import FRENCH

TWO = {"passphrase-officer": PASSPHRASE}
REPLY, AUTHORITY, LETTER = (f"/en/office/texts/{kind}" for kind in ("reply", "authority", "letter"))
SEEN = re.compile(r'name="seen" value="([0-9a-f]{64})"')


def fields(page: str) -> dict[str, Any]:
    """Return the fields of a page's form, as a browser would send them."""
    (form,) = re.findall(r'<form class="plan" .*?</form>', page, re.DOTALL)
    given: dict[str, Any] = {}
    for name, value in re.findall(r'<input id="(entry[^"]*)"[^>]*? value="([^"]*)"', form):
        given[name] = html.unescape(value)
    for name, value in re.findall(r'<textarea[^>]* name="([^"]+)"[^>]*>\n(.*?)</textarea>', form, re.DOTALL):
        given[name] = html.unescape(value).replace("\n", "\r\n")
    for name, inside in re.findall(r'<select[^>]* name="([^"]+)"[^>]*>(.*?)</select>', form, re.DOTALL):
        given[name] = "".join(re.findall(r'value="([^"]*)" selected', inside))
    for name, value in re.findall(r'type="checkbox" name="([^"]+)" value="([^"]+)" checked', form):
        given.setdefault(name, []).append(value)
    given |= dict.fromkeys(re.findall(r'type="checkbox" id="(entry[^"]+)" name="[^"]+" checked', form), "on")
    return given


def in_use(client: Client) -> str:
    with client.desk.inbox.transaction() as session:
        return templates.source(session)


def look(client: Client, path: str, **changed: Any) -> tuple[str, dict[str, Any]]:
    """Return the preview of a change, and the form that adopts the change."""
    entry = f"{path[: path.rindex('/')]}/entry/{path[path.rindex('/') + 1 :]}"
    given = fields(client.page(entry)) | changed
    shown = client.send(f"{entry}/look", **given)
    assert 200 == shown.status_code, shown.text
    (seen,) = SEEN.findall(shown.text)
    return shown.text, given | {"seen": seen}


MISTAKES = [
    ({"entry-title-fr": ""}, "entry-title-fr"),
    ({"entry-text-en": "x" * 4_001}, "entry-text-en"),
    ({"entry-text-fr": "{nobody}"}, "entry-text-fr"),
    ({"entry-text-fr": "{"}, "entry-text-fr"),
    ({"entry-text-fr": "{status}"}, "entry-text-fr"),
    ({"entry-status": []}, "entry-status"),
    ({"entry-outcome": "soon"}, "entry-outcome"),
    ({"entry-decision": "soon"}, "entry-decision"),
]


@pytest.fixture(scope="module")
def sat(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """One desk for all tests that change nothing."""
    with sitting(Office.found(tmp_path_factory.mktemp("texts"))) as client:
        yield client


@pytest.mark.parametrize(("changed", "field"), MISTAKES)
def test_an_error_in_a_template_is_shown_beside_its_field_and_the_form_keeps_its_content(
    sat: Client, changed: dict[str, Any], field: str
) -> None:
    before = in_use(sat)
    given = fields(sat.page(f"{REPLY}/entry/details")) | {"entry-title-en": "Kept"} | changed
    for action in ("/look", ""):
        shown = sat.send(f"{REPLY}/entry/details{action}", **given, **TWO)
        assert 422 == shown.status_code
        assert f'<a href="#{field}">' in shown.text
        assert re.search(rf'id="wrong">.*\n*.*<[^>]*id="{field}"[^>]* aria-invalid="true"', shown.text)
        assert "Kept" == fields(shown.text)["entry-title-en"]
    assert before == in_use(sat)


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("details", "The short name details is taken"),
        *(
            (each, "Enter an id of at most 32 characters (a-z, 0-9 and _)")
            for each in ("", "Bad code", "x" * 33, "é")
        ),
    ],
)
def test_a_new_reply_template_needs_a_valid_code_that_is_not_taken(sat: Client, code: str, said: str) -> None:
    given = fields(sat.page(f"{REPLY}/entry/details")) | {"entry-code": code, "entry-title-en": "Other"}
    shown = sat.send(f"{REPLY}/new/look", **given)
    assert (422, True) == (shown.status_code, said in shown.text)
    assert (said.startswith("Enter"), code) == (
        '<a href="#entry-code">' in shown.text,
        fields(shown.text)["entry-code"],
    )


@pytest.mark.parametrize(
    ("path", "status"),
    [
        (f"{REPLY}/entry/nobody", 404),
        ("/en/office/texts/law", 404),
        (f"{LETTER}/new/look", 404),
        (f"{REPLY}/entry/nobody/look", 409),
        (f"{REPLY}/entry/nobody/remove/look", 409),
        (f"{LETTER}/entry/prosecutor/remove", 422),
        # This is the only acknowledgement; without it, officers could not confirm receipt to reporters.
        (f"{REPLY}/entry/acknowledgement/remove/look", 422),
    ],
)
def test_an_entry_that_does_not_exist_cannot_be_shown_and_a_required_entry_cannot_be_removed(
    sat: Client, path: str, status: int
) -> None:
    answer = sat.ask(path) if status == 404 and "look" not in path else sat.send(path)
    assert status == answer.status_code


def test_an_unchanged_entry_is_reported_as_such_and_cannot_be_adopted(sat: Client) -> None:
    """Every entry is tried. The form must return exactly what the file contains."""
    for path, codes in ((REPLY, FRENCH.replies), (AUTHORITY, FRENCH.authorities), (LETTER, FRENCH.letters)):
        for code in codes:
            shown = sat.send(f"{path}/entry/{code}/look", **fields(sat.page(f"{path}/entry/{code}")))
            assert (422, True) == (shown.status_code, "The entry is unchanged" in shown.text), code


def test_two_officers_adopt_a_reply_template_exactly_as_previewed(office: Office) -> None:
    """The preview shows each changed word, and the text as reporters will read it.

    The rest of the file does not change.
    """
    with sitting(office) as client:
        before = in_use(client)
        text = fields(client.page(f"{REPLY}/entry/details"))["entry-text-fr"]
        typed = text.replace("précisions", "détails <b>")
        shown, given = look(client, f"{REPLY}/details", **{"entry-text-fr": typed})
        assert "<del>précisions</del><ins>détails &lt;b&gt;</ins>" in shown
        assert "[your text for the case]" in shown
        assert "looser" not in shown
        assert "[votre texte pour ce dossier]" in shown
        other = given | {"entry-title-en": "Another, not seen"}
        refused = client.send(f"{REPLY}/entry/details", **other, **TWO)
        assert (422, True) == (refused.status_code, "differs from its preview" in refused.text)
        assert 422 == client.send(f"{REPLY}/entry/details", **given | {"seen": ""}, **TWO).status_code
        asked = client.send(f"{REPLY}/entry/details", **given)
        assert (401, True) == (asked.status_code, "<dt>Text (French)</dt>" in asked.text)
        assert "<del>précisions</del><ins>détails &lt;b&gt;</ins>" in asked.text
        assert "<code>details</code>" in asked.text
        assert "looser" not in asked.text
        assert before == in_use(client)
        assert 303 == client.send(f"{REPLY}/entry/details", **given, **TWO).status_code
        assert before.replace("manque des précisions", "manque des détails <b>") == in_use(client)
        # This preview is older than the last change, so adopting it could undo another officer's work.
        assert 422 == client.send(f"{REPLY}/entry/details", **given, **TWO).status_code
    assert ["adopt-templates"] == [
        entry["action"] for entry in office.json("journal", "list")["entries"] if "adopt" in entry["action"]
    ]


def test_a_reply_template_can_be_added_and_removed(office: Office) -> None:
    with sitting(office) as client:
        before = FILES["replies.toml"].read(in_use(client).encode()).value
        new = fields(client.page(f"{REPLY}/entry/details")) | {"entry-code": "pause", "entry-extends": ""}
        del new["entry-extends"]
        shown = client.send(f"{REPLY}/new/look", **new)
        form = new | {"seen": SEEN.findall(shown.text)[0]}
        assert 303 == client.send(f"{REPLY}/new", **form, **TWO).status_code
        now = FILES["replies.toml"].read(in_use(client).encode()).value
        assert now["reply"] == before["reply"] | {"pause": before["reply"]["details"] | now["reply"]["pause"]}
        shown = client.send(f"{REPLY}/entry/pause/remove/look")
        form = {"seen": SEEN.findall(shown.text)[0]}
        assert 422 == client.send(f"{REPLY}/entry/pause/remove", **form | {"seen": "0"}, **TWO).status_code
        assert 303 == client.send(f"{REPLY}/entry/pause/remove", **form, **TWO).status_code
        assert before == FILES["replies.toml"].read(in_use(client).encode()).value


def test_officers_can_edit_an_authority_and_must_tick_a_box_if_a_letter_relaxes_a_rule(
    office: Office,
) -> None:
    """An authority and a letter are part of the law, so changing either takes two officers."""
    with sitting(office) as client:
        address = ("entry-address-fr", "entry-address-en")
        _, given = look(client, f"{AUTHORITY}/prosecutor", **dict.fromkeys(address, "1, rue"))
        assert 401 == client.send(f"{AUTHORITY}/entry/prosecutor", **given).status_code
        assert 303 == client.send(f"{AUTHORITY}/entry/prosecutor", **given, **TWO).status_code
        assert "1, rue" == fields(client.page(f"{AUTHORITY}/entry/prosecutor"))["entry-address-fr"]
        _, given = look(client, f"{AUTHORITY}/prosecutor", **dict.fromkeys(address, ""))
        assert 303 == client.send(f"{AUTHORITY}/entry/prosecutor", **given, **TWO).status_code
        text = fields(client.page(f"{LETTER}/entry/prosecutor"))
        shown, given = look(
            client, f"{LETTER}/prosecutor", **{"entry-text-en": text["entry-text-en"] + " Nothing else."}
        )
        assert "<ins>Nothing else.</ins>" in shown.replace("<ins> ", "<ins>")
        assert "looser" in shown
        assert 422 == client.send(f"{LETTER}/entry/prosecutor", **given, **TWO).status_code
        asked = client.send(f"{LETTER}/entry/prosecutor", **given, loosening="on")
        assert (401, True) == (asked.status_code, "<code>prosecutor</code>" in asked.text)
        looser = asked.text.partition('<span class="mark late">looser</span></dt>')[2].partition("</dd>")[0]
        assert "Nothing else.</ins>" in looser
        assert 303 == client.send(f"{LETTER}/entry/prosecutor", **given, **TWO, loosening="on").status_code
    law = office.json("law", "show")
    assert FRENCH.sha256.hex() != law["law"]


@pytest.mark.parametrize(
    ("path", "tabs"),
    [
        ("office/texts/reply/entry/details", {"Texts", "Replies"}),
        ("office/texts/authority", {"Texts", "Authorities"}),
        ("office", {"Regime and days off"}),
        ("office/backup", {"Backup"}),
    ],
)
def test_a_page_of_the_office_settings_marks_its_tab(client: Client, path: str, tabs: set[str]) -> None:
    """A page below a tab marks the tab too. No other tab is marked."""
    shown = client.page(f"/en/{path}").partition('<nav class="parts"')[2]
    assert tabs == set(re.findall(r'aria-current="\w+">([^<]+)</a>', shown))
