"""Drafts: an unfinished form is kept only for the officer who typed it, until that officer sends it."""

import base64
import hashlib
import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from inbox.casework import unfinished
from inbox.casework.unfinished import KEPT_DAYS, Form
from inbox.desk import style
from inbox.desk.done import Done
from inbox.desk.fields import markup
from inbox.retention import striker
from inbox.vault import row_security
from inbox.vault.casework_tables import Unfinished
from inbox.vault.tables import JournalEntry
from tests.support.desk_room import SAME, Client, sitting, tell
from tests.support.gate import chosen
from tests.support.inbox_builders import Office, Portal, World

pytestmark = pytest.mark.copy_of("founded_two_cases")

WORDS = "Où en êtes-vous, du côté du quai 7 ?"
FORMS: dict[str, dict[str, str]] = {
    "note": {"text": WORDS},
    "reply": {"text": WORDS, "feedback": "on"},
    "extend": {"text": WORDS, "reason": "abroad"},
    "close": {"text": WORDS, "outcome": "out_of_scope", "disclosure": "partial", "reason": "not ours"},
}
OF_PATH = {
    "note": Form.NOTE,
    "reply": Form.REPLY,
    "extend": Form.EXTENSION,
    "close": Form.CLOSING,
}
FORM = re.compile(r"<form .*?</form>", re.DOTALL)
# Matches the address to which the script sends a draft, with the form and the case.
KEPT_AT = re.compile(r'data-draft="[^"]+/draft/(\w+)/(\d+)"')


@pytest.fixture(scope="module")
def founded_two_cases(founded_three: Office, tmp_path_factory: pytest.TempPathFactory) -> Office:
    """Two cases and three officers; alice and bruno opened the inbox and declared both cases."""
    folder = tmp_path_factory.mktemp("two_cases")
    office = founded_three.copy(folder)
    world = World(office)
    tell(world, Portal(world, folder / "medium"), {"what": "x", "coi": "no"}, {"what": "y", "coi": "no"})
    office.json("office", "set", "--regime", "external")
    office.json("case", "declare", "1", "2")
    return office


@pytest.fixture
def alice(office: Office) -> Iterator[Client]:
    with sitting(office, officer="alice") as client:
        yield client


@pytest.fixture
def bruno(alice: Client) -> Client:
    """Another officer at the same desk."""
    return Client(alice.desk, alice.app, "bruno")


def rows(client: Client) -> list[tuple[str, int | None, str]]:
    """Return the officer, case and form of every draft in the vault, bypassing row-level security."""
    with client.desk.inbox.transaction() as session:
        found = [(each.officer, each.case, each.form) for each in session.scalars(select(Unfinished)).all()]
        return sorted(found, key=lambda each: (each[0], each[1] or 0, each[2]))


def kept(client: Client, form: Form = Form.NOTE, case: int | None = 1) -> dict[str, str]:
    """Return the fields of this officer's draft."""
    found = unfinished.of(client.desk.inbox, client.seat.actor(), case).get(form)
    return dict(found.fields) if found else {}


def begin(client: Client, path: str = "note/1", **form: Any) -> int:
    """Send a draft as the page script does; return the status of the response."""
    return client.send(f"/en/draft/{path}", **({"text": WORDS} | form)).status_code


def test_a_draft_is_kept_and_filled_into_its_form_again(alice: Client) -> None:
    assert 204 == begin(alice)
    shown = alice.page("/fr/case/1").replace("&#39;", "'")
    assert (1, 1) == (shown.count(f"{WORDS}</textarea>"), shown.count("Votre brouillon du"))
    assert WORDS not in alice.page("/fr/case/2")
    assert 204 == begin(alice, text="other words")
    assert {"text": "other words"} == kept(alice)


@pytest.mark.parametrize("path", FORMS)
def test_each_form_of_a_case_shows_all_fields_of_its_draft(alice: Client, path: str) -> None:
    """The control is the page before the draft was kept."""
    before = alice.page("/en/case/1")
    assert 204 == begin(alice, f"{OF_PATH[path]}/1", **FORMS[path])
    shown = alice.page("/en/case/1")
    for name, value in FORMS[path].items():
        stands = {
            "text": f"{value}</textarea>",
            "feedback": 'name="feedback" checked',
            "reason": f'value="{value}"',
        }.get(name, f'value="{value}" selected')
        assert (before.count(stands) + 1, True) == (shown.count(stands), stands in shown), name


def test_an_officer_can_continue_an_unfinished_manual_entry(alice: Client) -> None:
    form = {"route": "letter", "language": "fr", "received": "2026-11-20", "q-what": WORDS, "text": ""}
    assert 204 == begin(alice, "report/0", **form)
    shown = alice.page("/en/enter")
    assert f"{WORDS}</textarea>" in shown
    assert 'value="20/11/2026"' in shown
    assert "Your draft of" in shown


def test_a_manual_entry_that_names_the_officer_is_neither_kept_as_a_draft_nor_entered(
    alice: Client, bruno: Client
) -> None:
    """An earlier draft is deleted.

    The page still shows what the officer typed, and a colleague can enter the report.
    """
    form = {"once": "one", "route": "letter", "language": "fr", "received": "2026-11-20"}
    named = {"q-what": "Alice vend des codes", "q-coi": "no"}
    assert 204 == begin(alice, "report/0", **form)
    assert [("alice", None, "report")] == rows(alice)
    assert 404 == begin(alice, "report/0", **form | named)
    assert [] == rows(alice)
    refused = alice.send("/en/enter", **form | named)
    assert (409, True) == (refused.status_code, "names an officer who is signed in" in refused.text)
    assert (True, False) == (
        named["q-what"] in refused.text,
        "What you wrote is kept as a draft" in refused.text,
    )
    assert ([], False) == (rows(alice), 'class="token"' in refused.text)
    entered = bruno.send("/en/enter", **form | named)
    assert (200, True) == (entered.status_code, "Case 3: entered" in entered.text)
    assert "Kept from alice" in entered.text


@pytest.mark.parametrize("path", chosen(FORMS, "note", "close"))
def test_a_refused_form_is_kept_as_a_draft_and_the_page_links_back(alice: Client, path: str) -> None:
    """The script is not needed, because the desk keeps each form before processing it."""
    long = {"text": "long " * 30_000}
    answer = alice.send(f"/en/case/1/{path}", **FORMS[path] | long)
    assert answer.status_code == 409
    assert "What you wrote is kept as a draft" in answer.text
    assert re.search(r'href="[^"]+/en/case/1/\w+#\w+">Back to the form<', answer.text)
    assert FORMS[path] | long == kept(alice, OF_PATH[path])


def test_a_draft_is_deleted_once_its_form_is_sent(alice: Client) -> None:
    assert 204 == begin(alice)
    assert 303 == alice.send("/en/case/1/note", text=WORDS).status_code
    assert [] == rows(alice)


def test_a_draft_that_arrives_after_its_form_was_sent_is_ignored(alice: Client) -> None:
    """A browser sends the draft when it leaves the page, perhaps after it has sent the form."""
    assert 303 == alice.send("/en/case/1/note", text=WORDS, once="a").status_code
    assert 204 == begin(alice, once="a")
    assert [] == rows(alice)
    assert 204 == begin(alice, once="b")
    assert [("alice", 1, "note")] == rows(alice)


def test_a_form_sent_twice_takes_effect_twice_and_leaves_no_draft(alice: Client) -> None:
    """The browser's back button makes it possible to send a form twice."""
    for _ in range(2):
        assert 303 == alice.send("/en/case/1/note", text=WORDS, once="a").status_code
    assert [] == rows(alice)


def test_a_form_about_a_case_in_quarantine_is_not_kept_as_a_draft(alice: Client) -> None:
    """Nobody may read such a case. If an earlier draft exists, sending the form deletes it."""
    assert 204 == begin(alice, "reply/1")
    assert 303 == alice.send("/en/case/1/readers/quarantine", reason="drill").status_code
    refused = alice.send("/en/case/1/reply", text=WORDS)
    assert (409, False) == (refused.status_code, "is kept as a draft" in refused.text)
    assert [("alice", 1, "reply")] == rows(alice)
    assert 303 == alice.send("/en/case/1/reply", text=WORDS, despite="drill").status_code
    assert [] == rows(alice)


def test_an_officer_cannot_discard_the_draft_of_another_officer(alice: Client, bruno: Client) -> None:
    begin(alice)
    assert 303 == bruno.send("/en/draft/note/1/throw-away").status_code
    assert {"text": WORDS} == kept(alice)
    answer = alice.send("/en/draft/note/1/throw-away", text=WORDS, once="a")
    assert answer.location.endswith("/en/case/1/work")
    assert "The draft is discarded" in alice.page("/en/case/1")
    assert 204 == begin(alice, once="a")
    assert [] == rows(alice)


def test_a_draft_is_shown_only_to_its_officer(alice: Client, bruno: Client) -> None:
    begin(alice)
    begin(alice, "report/0", **{"q-what": WORDS})
    for path in ("/case/1", "/enter", "/", "/case/1/timeline", "/journal"):
        assert WORDS not in bruno.page(f"/en{path}")
    assert ({}, {}) == (kept(bruno), kept(bruno, Form.REPORT, None))
    assert {"text": WORDS} == kept(alice)


def test_an_empty_form_is_not_kept_as_a_draft(alice: Client) -> None:
    begin(alice)
    assert 204 == begin(alice, text=" \r\n")
    assert [] == rows(alice)


def test_no_draft_is_kept_for_a_case_that_the_officer_may_not_read(alice: Client) -> None:
    """The response is the same for a missing case and an undeclared case."""
    chloe = Client(alice.desk, alice.app, "chloe")
    assert [404, 404] == [begin(chloe, "note/1"), begin(chloe, "note/9")]
    assert 404 == begin(alice, "letter/1")
    assert [] == rows(alice)


def test_a_draft_of_a_manual_entry_has_no_case_and_every_other_draft_has_a_case(alice: Client) -> None:
    """Addresses that break this rule are not found, and the pages keep working.

    The control is a draft of each kind.
    """
    for path in ("report/1", "note/0", "assessment/0"):
        assert [404, 404] == [begin(alice, path), alice.send(f"/en/draft/{path}/throw-away").status_code]
    assert [204, 204] == [begin(alice, "note/1"), begin(alice, "report/0", text="", route="letter")]
    assert [("alice", None, "report"), ("alice", 1, "note")] == rows(alice)
    assert [200, 200] == [alice.ask(each).status_code for each in ("/en/case/1", "/en/today")]


def test_an_excluded_officer_loses_access_to_drafts_about_the_case(office: Office) -> None:
    """The draft is neither shown nor listed, and cannot be changed.

    The control is a draft about another case.
    """
    with sitting(office, officer="bruno") as bruno:
        begin(bruno, "note/1")
        begin(bruno, "note/2")
    office.of("alice", "chloe").json("access", "conflict", "add", "1", "bruno", "--reason", "kin")
    with sitting(office, officer="bruno") as bruno:
        assert [2] == [each.case for each in unfinished.begun(bruno.desk.inbox, bruno.seat.actor())]
        assert ({}, {"text": WORDS}) == (kept(bruno), kept(bruno, case=2))
        assert 404 == begin(bruno, "note/1", text="other")


def test_destroying_a_case_deletes_its_drafts(alice: Client, bruno: Client) -> None:
    for each in (alice, bruno):
        begin(each, "note/1")
        begin(each, "note/2")
    with alice.desk.inbox.transaction() as session:
        row_security.forget(session, [1])
    assert [("alice", 2, "note"), ("bruno", 2, "note")] == rows(alice)


def test_a_form_or_draft_about_a_destroyed_case_is_refused(alice: Client) -> None:
    """The page shows what was typed and says that it is not saved."""
    begin(alice, "note/2")
    with alice.desk.inbox.transaction() as session:
        row_security.forget(session, [2])
    assert 404 == begin(alice, "note/2")
    sent = alice.send("/en/case/2/note", text=WORDS)
    assert (409, True) == (sent.status_code, "There is no case 2" in sent.text)
    assert (True, True) == (WORDS in sent.text, "It is not kept" in sent.text)
    assert [] == rows(alice)
    assert "/case/2" not in alice.page("/en/today")


def test_redacting_a_passage_changes_all_drafts_of_the_case(alice: Client, bruno: Client) -> None:
    begin(bruno, "note/1", text="saw zibeline there")
    begin(bruno, "note/2", text="saw zibeline there")
    assert 303 == alice.send("/en/case/1/note", text="Zibeline it is").status_code
    with alice.desk.inbox.transaction() as session:
        striker.from_drafts(session, 1, "zibeline")
    assert {"text": "saw […] there"} == kept(bruno)
    assert {"text": "saw zibeline there"} == kept(bruno, case=2)


def test_a_draft_keeps_only_fields_that_its_form_has(alice: Client) -> None:
    """A redaction changes the values of fields but not their names; an invented name could hide a passage."""
    given = {"text": "saw zibeline there", "zibeline": "x", "reason": "x"}
    assert [204, 204] == [begin(alice, "note/1", **given), begin(alice, "report/0", **{"q-zibeline": WORDS})]
    assert {"text": "saw zibeline there"} == kept(alice)
    assert {} == kept(alice, Form.REPORT, None)
    assert 409 == alice.send("/en/case/1/note", **given | {"text": "long " * 30_000}).status_code
    assert ["text"] == [*kept(alice)]
    with alice.desk.inbox.transaction() as session:
        striker.from_drafts(session, 1, "zibeline")
        assert "zibeline" not in "".join(session.scalars(select(Unfinished.fields).filter_by(case=1)))


def test_every_field_of_each_form_with_drafts_is_kept(alice: Client) -> None:
    """The fields are read from the pages, including the previews of a reply and of a closing."""
    closing = {"text": "x", "outcome": "out_of_scope", "disclosure": "partial"}
    pages = [alice.page("/en/case/1"), alice.page("/en/enter")]
    for path, given in (("reply", {"text": "x"}), ("close", closing)):
        pages.append(alice.send(f"/en/case/1/{path}/preview", **given).text)
    forms = [form for page in pages for form in FORM.findall(page) if "data-draft" in form]
    assert {*Form} - {Form.EXTENSION} <= {KEPT_AT.findall(form)[0][0] for form in forms}
    for form in forms:
        ((name, case),) = KEPT_AT.findall(form)
        fields = {*re.findall(r' name="([^"]+)"', form)} - {"csrf_token", "as_of", "once", "of-page"}
        assert len(fields) > (name != "note")
        assert 204 == begin(alice, f"{name}/{case}", **({"text": ""} | dict.fromkeys(fields, "1")))
        assert fields == {*kept(alice, Form(name), int(case) or None)}, name


def test_drafts_are_not_journalled(alice: Client) -> None:
    begin(alice, "note/1")
    alice.send("/en/draft/note/1/throw-away")
    alice.page("/en/enter")
    with alice.desk.inbox.transaction() as session:
        noted = b"".join(each.raw for each in session.scalars(select(JournalEntry)))
    assert [True, False, False] == [words in noted for words in (b"declare", WORDS.encode(), b"draft")]


def test_an_abandoned_manual_entry_is_deleted_when_its_officer_signs_in_later(alice: Client) -> None:
    """Drafts about a case are deleted at the end of its retention period.

    A draft without a case would otherwise never expire.
    """
    begin(alice, "report/0", **{"q-what": WORDS})
    begin(alice, "note/1")
    inbox, who = alice.desk.inbox, alice.seat.actor()
    unfinished.sweep(inbox, who.today + timedelta(days=KEPT_DAYS))
    assert {Form.REPORT} == set(unfinished.of(inbox, who, None))
    unfinished.sweep(inbox, who.today + timedelta(days=KEPT_DAYS + 1))
    assert [("alice", 1, "note")] == rows(alice)


def test_the_drafts_of_an_officer_who_leaves_the_inspectorate_are_deleted(
    alice: Client, bruno: Client
) -> None:
    begin(alice, "note/1")
    begin(bruno, "note/1")
    with alice.desk.inbox.transaction() as session:
        unfinished.end(session, ["bruno"])
    assert [("alice", 1, "note")] == rows(alice)


def test_a_form_returned_for_confirmation_is_kept_as_a_draft_without_its_passphrases(alice: Client) -> None:
    alice.send("/en/case/1/reply", text="Écrivez à agent@port.example", **{"passphrase-alice": "secret"})
    assert {"text": "Écrivez à agent@port.example"} == kept(alice, Form.REPLY)


def test_pages_name_the_hash_of_the_page_script(alice: Client) -> None:
    body = alice.ask("/desk.js").data
    digest = base64.b64encode(hashlib.sha384(body).digest()).decode()
    assert style.integrity() == f"sha384-{digest}"
    assert f'integrity="sha384-{digest}"' in alice.page("/fr/")


def test_a_page_can_ask_for_the_remaining_time_of_its_session_without_prolonging_it(alice: Client) -> None:
    """The response gives whole seconds, and says nothing about other sessions."""
    alice.seat.active -= 60
    left = alice.ask(f"/en/left/{alice.seat.mark}").get_json()
    assert {"session", "inbox"} == set(left)
    assert 500 < left["session"] <= 540
    assert 590 < alice.send("/en/stay").get_json()["session"] <= 600


def acts(client: Client, path: str, headers: dict[str, str] = SAME, /, **form: Any) -> tuple[int, bool]:
    """Return the status of a form, and whether the desk counted it as activity of the officer."""
    token = {"csrf_token": client.token()}
    client.seat.active -= 1
    before = client.seat.active
    return client.send(path, headers, **token | form).status_code, client.seat.active > before


def test_automatic_and_refused_requests_do_not_prolong_a_session(alice: Client, bruno: Client) -> None:
    """Such requests are a draft, a form of another session, an oversized form, and an unknown address.

    The controls are an officer who presses a button, and an officer who presses a key to show presence.
    """
    named = {"q-what": "Alice vend des codes"}
    assert (204, False) == acts(alice, "/en/draft/note/1", text=WORDS)
    assert (404, False) == acts(alice, "/en/draft/note/9", text=WORDS)
    assert (404, False) == acts(alice, "/en/draft/report/0", **named)
    for path in ("/en/stay", "/en/draft/note/1", "/en/case/1/note"):
        assert (400, False) == acts(alice, path, text=WORDS, csrf_token=bruno.token())
    assert (413, False) == acts(alice, "/en/case/1/note", text="x" * (3 << 20))
    assert (404, False) == acts(alice, "/en/nothing-here")
    assert (200, True) == acts(alice, "/en/stay")
    assert (303, True) == acts(alice, "/en/draft/note/1/throw-away")
    assert (409, True) == acts(alice, "/en/case/1/note", text="long " * 30_000)
    alice.seat.active -= 1
    before = alice.seat.active
    alice.ask("/en/")
    assert alice.seat.active == before
    alice.ask("/en/", **{"Sec-Fetch-User": "?1"})
    assert alice.seat.active > before


def test_a_page_of_an_ended_session_learns_nothing_about_another_session(
    alice: Client, bruno: Client
) -> None:
    """Somebody else may have signed in with the same browser in the meantime.

    A request by the old page must not use up the notices of the new session.
    """
    alice.seat.say(Done.NOTED)
    for other in (bruno.seat.mark, alice.seat.id):
        answer = alice.ask(f"/en/left/{other}")
        assert (409, "") == (answer.status_code, answer.text)
    page = alice.page("/en/")
    assert (True, True) == (f"/en/left/{alice.seat.mark}" in page, 'role="status"' in page)
    assert 200 == alice.ask(f"/en/left/{alice.seat.mark}").status_code
    alice.desk.seats.sign_out(alice.seat)
    assert 303 == alice.ask(f"/en/left/{alice.seat.mark}").status_code


def test_the_link_to_a_draft_opens_the_form_of_the_draft(alice: Client) -> None:
    """The link leads to the right part of the case, and the form is unfolded."""
    for form in (Form.REPLY, Form.CLOSING, Form.NOTE, Form.ASSESSMENT):
        begin(alice, f"{form}/1", text=WORDS, reason="x")
    ways = re.findall(r'href="([^"]*/case/1/[^"#]*)#([^"]+)"', alice.page("/en/today"))
    assert {"answering", "closing", "notes", "assessing"} == {where for _, where in ways}
    for way, where in ways:
        page = alice.page(way.removeprefix(alice.desk.place))
        part = way.rpartition("/")[2]
        assert f'<div class="panel of-{part} first"' in page
        below = page.partition(f'id="{where}"')[2]
        form = next(each for each in markup.read(below) if "data-draft" in below)
        assert all("open" in each.attributes for each in form.around), where


def test_the_enter_key_never_discards_a_draft(alice: Client) -> None:
    """Pressing Enter in a form activates the form's first button.

    Every form that shows a draft is checked.
    """
    for path, given in FORMS.items():
        alice.send(f"/en/draft/{OF_PATH[path]}/1", **given)
    kept = [form for form in FORM.findall(alice.page("/en/case/1")) if "/throw-away" in form]
    assert len(kept) == len(FORMS)
    assert [] == [form for form in kept if "throw-away" in re.findall("<button[^>]*>", form)[0]]
