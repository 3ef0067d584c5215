"""Redaction at the desk: an officer picks or types a passage and previews it; two officers redact it."""

import html
import re
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import pytest

from inbox.desk.fields import passages
from inbox.desk.forms import Chosen
from inbox.desk.pages import retention
from inbox.language.errors import CaseRefused
from inbox.retention import strike as striking
from inbox.retention.strike import Passage
from inbox.retention.striker import STRUCK, Seen
from inbox.vault import casework_tables
from tests.support.desk_room import Client, lasting, sitting, tell
from tests.support.inbox_builders import Office, Portal, World, passphrase_of, today

if TYPE_CHECKING:
    from collections.abc import Sequence

NAME = "Zibeline Quartz"
ODD = "Le quai\u202e 7.\nElle est malade !"
SAID = {
    "what": f"{NAME} est malade. {ODD}",
    "who_id": f"chez {NAME}",
    "means": ("money", "gift"),
    "coi": "no",
}


pytestmark = pytest.mark.copy_of("founded_desk")


@pytest.fixture(scope="module")
def founded_desk(tmp_path_factory: pytest.TempPathFactory) -> Office:
    folder = tmp_path_factory.mktemp("desk")
    office = Office.found_by(folder, ("alice", "bruno"), 2)
    world = World(office)
    tell(world, Portal(world, folder / "medium"), SAID)
    office.json("case", "declare", "1")
    office.tell_no_prosecutor(1)
    with office.opened() as inbox, inbox.transaction() as session:
        session.add(casework_tables.Note(case=1, position=1, by="alice", day=today(), text=f"voir {NAME}"))
    return office


def seen(client: Client, **form: Any) -> str:
    """Return the preview of a redaction."""
    shown = client.send("/en/case/1/minimise/preview", **form)
    assert shown.status_code == 200, shown.text
    return shown.text


def picked(client: Client, text: str) -> str:
    """Return the value that the page sends for this sentence."""
    page = html.unescape(client.page("/en/case/1/minimise"))
    (code,) = re.findall(r'value="(\[.*?\])"> <bdi>' + re.escape(text), page)
    return str(code)


def strike(client: Client, page: str, **form: Any) -> int:
    """Send the form of a preview; return the status of the response."""
    (chosen,) = re.findall(r'name="chosen" value="([^"]*)"', page)
    given = {"chosen": html.unescape(chosen), "reason": "health"} | form
    return client.send("/en/case/1/minimise", **given).status_code


def test_if_a_case_has_too_many_sentences_officers_can_redact_the_last_texts_only_as_a_whole(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The sentences of the report are listed first, then those of the latest messages.

    Each text can be picked as a whole, even if its sentences are not listed.
    """
    for text in ("Un. Deux.", "Trois. Quatre."):
        office.json("message", "reply", "1", "--text", text)
    with sitting(office) as client:
        whole = client.page("/en/case/1/minimise")
        monkeypatch.setattr(passages, "MOST", whole.count("<bdi>") - 1)
        page = html.unescape(client.page("/en/case/1/minimise"))
    others = page.partition("Other texts, whole")[2]
    assert (0, 1) == (whole.count("Other texts, whole"), page.count("Other texts, whole"))
    assert [f'value="{Chosen(each, None).code}"' in others for each in ("reply-1", "reply-2")] == [
        True,
        False,
    ]
    assert ["Un." in page, "Trois." in page, f"voir {NAME}" in page] == [False, True, True]
    assert 'value="reply-1"' in page


def test_a_preview_of_many_texts_names_the_places_of_the_texts_that_it_leaves_out(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The preview also says how many texts it leaves out. The control shows every text."""
    form = {"place": "everywhere", "passage": NAME}
    with sitting(office) as client:
        before = seen(client, **form).partition("<main")[2]
        count = before.count("<del>")
        monkeypatch.setattr(retention, "IN_FULL", 1)
        after = seen(client, **form).partition("<main")[2]
    assert count > 2
    assert (1, f"The same in {count - 1} more texts" in after) == (after.count("<del>"), True)
    listed = re.search('<ul class="places">(.*?)</ul>', after)
    assert listed
    assert count - 1 == listed[1].count("<li>")
    assert "more texts" not in before


def test_the_confirmation_of_a_redaction_shows_what_is_redacted(office: Office) -> None:
    """The confirmation shows the passage and its place, or says that the whole text there is redacted."""
    asked_for = {
        '["what", "Le quai"]': "what: Le quai",
        '["what", null]': "what: everything",
    }
    for chosen, said in asked_for.items():
        with sitting(office) as client:
            asked = client.send("/en/case/1/minimise", chosen=chosen, reason="health")
        assert asked.status_code == 401
        confirmed = asked.text.partition("You confirm:")[2]
        (shown,) = re.findall("<dt>What is deleted</dt><dd [^>]*>(.*)</dd>", confirmed)
        assert said == shown


def stable(client: Client) -> str:
    """Return the page of the case without the parts that change with each request."""
    return lasting(client.page("/en/case/1"))


def both() -> dict[str, str]:
    return {f"passphrase-{name}": passphrase_of(name) for name in ("alice", "bruno")}


def test_two_officers_redact_a_picked_passage_after_the_preview(office: Office) -> None:
    """The redacted passage is exactly the passage picked, even if it contains an invisible character.

    The journal does not repeat the passage.
    """
    with sitting(office) as client:
        page = seen(client, picked=picked(client, "Le quai<U+202E> 7."))
        assert ["Le quai<U+202E> 7."] == [
            html.unescape(each) for each in re.findall("</span>(.*)</del>", page)
        ]
        assert 401 == strike(client, page)
        assert 200 == strike(client, page, **both())
    shown = office.json("case", "show", "1")
    assert f"{NAME} est malade. […]\nElle est malade !" == shown["answers"]["what"]
    (entry,) = (
        each for each in office.json("journal", "list")["entries"] if each.get("action") == "minimise"
    )
    noted = (entry["values"], entry["reason"], entry["officers"])
    assert ({"place": "what"}, "health", dict.fromkeys(("alice", "bruno"), "confirmed")) == noted


def test_a_typed_passage_is_redacted_at_every_place(office: Office) -> None:
    with sitting(office) as client:
        page = seen(client, picked="", passage=NAME.upper(), place="everywhere")
        assert [NAME] * 3 == re.findall("</span>(.*?)</del>", page)
        assert 200 == strike(client, page, **both())
        assert NAME not in client.page("/en/case/1")
    assert "voir […]" == office.json("case", "show", "1")["work"]["notes"][0]["text"]


def test_an_officer_can_redact_a_whole_answer_or_one_sentence_wherever_it_occurs(client: Client) -> None:
    """The options that a reporter selected can only be redacted together."""
    page = seen(client, picked='["means", null]')
    assert ["Money", "Gift, favour"] == re.findall("</span>(.*)</del>", page)
    assert 200 == strike(client, page, **both())
    assert 1 == seen(client, picked=f'["who_id", "chez {NAME}"]', everywhere="on").count("<del>")
    assert 200 == strike(client, seen(client, picked='["who_id", null]', everywhere="on"), **both())
    left = client.page("/en/case/1")
    assert ("Money" in left, f"chez {NAME}" in left, f"{NAME} est" in left) == (False, False, True)


def test_text_that_a_prosecutor_may_ask_for_can_only_be_redacted_in_part(office: Office) -> None:
    with office.opened() as inbox, inbox.transaction() as session:
        session.get_one(casework_tables.Duty, (1, "art40")).decided = None
    with sitting(office) as client:
        whole = seen(client, picked='["what", null]')
        part = seen(client, picked="", passage=NAME, place="what")
        assert [409, 200] == [strike(client, each, **both()) for each in (whole, part)]
    assert "est malade" in office.json("case", "show", "1")["answers"]["what"]


@pytest.mark.parametrize(
    ("form", "status"),
    [
        ({"passage": "nothing of it", "place": "everywhere"}, 409),
        ({"passage": "", "place": "what"}, 409),
        ({"passage": NAME, "place": "nowhere"}, 409),
        ({"passage": "Jeanne", "place": "identity"}, 409),
        pytest.param({"picked": '["identity", null]'}, 409, marks=pytest.mark.soak),
        pytest.param({"picked": '["everywhere", null]'}, 409, marks=pytest.mark.soak),
        pytest.param({"picked": "[1, 2]"}, 400, marks=pytest.mark.soak),
        pytest.param({"picked": "{"}, 400, marks=pytest.mark.soak),
        ({"picked": "7"}, 400),
    ],
)
def test_a_passage_that_is_not_found_is_neither_previewed_nor_redacted(
    client: Client, form: dict[str, str], status: int
) -> None:
    before = stable(client)
    assert status == client.send("/en/case/1/minimise/preview", **form).status_code
    chosen = form.get("picked") or '["nowhere", "x"]'
    sent = {"chosen": chosen, "reason": "x"} | both()
    assert status == client.send("/en/case/1/minimise", **sent).status_code
    assert before == stable(client)


def test_a_redaction_needs_a_reason(client: Client) -> None:
    sent = {"chosen": '["who_id", null]', "reason": " "} | both()
    assert 409 == client.send("/en/case/1/minimise", **sent).status_code


def test_the_result_of_a_redaction_names_what_was_not_redacted(client: Client) -> None:
    """The ledger of disclosures is not changed, nor are copies that left the inbox."""
    client.send("/en/case/1/ledger", recipient=NAME, what="report", ground="other", reason="x")
    page = seen(client, picked="", passage=NAME, place="everywhere")
    (chosen,) = re.findall(r'name="chosen" value="([^"]*)"', page)
    sent = {"chosen": html.unescape(chosen), "reason": "health"} | both()
    said = client.send("/en/case/1/minimise", **sent).text
    assert ("The same words still appear" in said, ">disclosures</code>" in said) == (True, True)
    assert "What was handed out before still contains it" in said


def test_the_preview_of_a_redaction_neither_shows_the_identity_of_a_reporter_nor_confirms_a_guess(
    office: Office,
) -> None:
    """Reading the identity takes two officers. A redaction at every place includes the identity."""
    with sitting(office) as client:
        client.send("/en/case/1/ledger/keep", text="Jeanne Malade, quai 7", **both())
        assert "Jeanne" not in client.page("/en/case/1/minimise")
        guessed = client.send("/en/case/1/minimise/preview", passage="Jeanne", place="everywhere")
        assert (409, True) == (guessed.status_code, "not found in case 1" in guessed.text)
        page = seen(client, picked="", passage="malade", place="everywhere")
        assert "Jeanne" not in page
        assert 200 == strike(client, page, **both())
        assert "Jeanne […], quai 7" in client.send("/en/case/1/ledger/identity", **both()).text


@pytest.mark.parametrize(
    ("place", "passage"),
    [
        ("everywhere", NAME.upper()), ("what", "l"), ("who_id", None), ("file-1", None), ("means", "money"),
        *(
            pytest.param(*each, marks=pytest.mark.soak)
            for each in (
                ("everywhere", "e"), ("what", " "), ("what", NAME), ("means", None),
                ("staff-note-1", "voir"), ("category", None),
            )
        ),
    ],
)  # fmt: skip
def test_a_redaction_removes_exactly_what_its_preview_shows(
    office: Office, place: str, passage: str | None
) -> None:
    """At each place a mark replaces the passage. The preview changes nothing in the vault."""
    before = office.state()
    with office.unlocked() as opened:
        inbox, who = opened.inbox, opened.by_opening(today())
        texts = striking.offer(inbox, who, 1, "en").seen
        shown: Sequence[Seen] = []
        with suppress(CaseRefused):
            shown = striking.preview(inbox, who, Passage(1, place, passage), "en").seen
    assert before == office.state()
    words = [] if passage is None else ["--text", passage]
    said = office.run(
        "case", "redact", "--reason", "x", "1", f"{place}:all" if passage is None else place, *words, "--json"
    )
    assert bool(shown) is (said.code == 0)
    assert {each.place for each in shown} == set(said.json["struck"] if shown else ())
    with office.unlocked() as opened:
        found = striking.offer(opened.inbox, opened.by_opening(today()), 1, "en").seen
        after = [(each.place, each.text) for each in found]
    for each in shown:
        rebuilt = "".join(a + b for a, b in zip(each.pieces, (*each.taken, ""), strict=True))
        assert each.text == rebuilt
    left = {(each.place, each.text): STRUCK.join(each.pieces) for each in shown}
    expected = [(each.place, left.get((each.place, each.text), each.text)) for each in texts]
    assert [(at, text) for at, text in expected if (at, text) != ("means", STRUCK)] == after
