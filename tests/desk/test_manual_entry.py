"""Entering a report at the desk: the questions are those of the portal, and the case token is shown once."""

import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from werkzeug.test import TestResponse

from crypto import casetoken
from inbox.desk import headers
from inbox.questionnaire import catalogue
from inbox.vault import case_numbers
from templates.catalogues import LANGUAGES
from tests.support import traces
from tests.support.boxed_films import SECRET, Film
from tests.support.desk_room import Client, sitting
from tests.support.inbox_builders import Office, today

CANARY = "zibeline-quartz-7319"


def told(**answers: Any) -> dict[str, Any]:
    """Return a form with these answers.

    A name that begins with an underscore is a field that is not an answer.
    """
    form = {"once": "one", "route": "letter", "language": "fr", "received": today().isoformat()}
    return form | {f"q-{name}".removeprefix("q-_"): given for name, given in answers.items()}


def enter(client: Client, **answers: Any) -> TestResponse:
    return client.send("/en/enter", **told(**answers))


def words_of(answer: TestResponse) -> list[str]:
    """Return the twelve words on the page in their order."""
    assert answer.status_code == 200, answer.text
    (listed,) = re.findall(r'<ol class="token">(.*?)</ol>', answer.text)
    return re.findall(r"<li>([^<]+)</li>", listed)


@pytest.mark.parametrize(
    ("answers", "said"),
    [
        ({"category": "blue", "what": "x"}, "not an answer that the page offers"),
        ({"vector": ["social"], "what": "x"}, "not asked, given the other answers"),
        ({"what": "x" * 8_001}, "longer than the form allows"),
        ({"protect": CANARY}, "Answer at least one of these"),
        ({"what": " \r\n "}, "Answer at least one of these"),
        (
            {"what": "x", "_received": (today() + timedelta(days=1)).isoformat()},
            "this day is in the future, or too long ago",
        ),
        ({"what": "x", "_received": "1999-12-31"}, "this day is in the future, or too long ago"),
        (
            {"what": "x", "when": "week", "days-first": "2026-11-24", "days-last": "2026-11-23"},
            "not an answer that the page",
        ),
    ],
    ids=["option", "not-asked", "long", "nothing", "blank", "to-come", "old", "backwards"],
)
def test_an_invalid_manual_entry_is_shown_again_with_what_was_typed(
    client: Client, answers: dict[str, Any], said: str
) -> None:
    """The page says what is wrong, and no case is created."""
    shown = enter(client, **answers | {"who_id": f"{CANARY}\r\nsecond line <b>"})
    assert (422, True) == (shown.status_code, said in shown.text)
    assert f"{CANARY}\nsecond line &lt;b&gt;</textarea>" in shown.text.replace("\r\n", "\n")
    with client.desk.inbox.transaction() as session:
        assert 0 == case_numbers.last(session)


def test_each_error_of_a_manual_entry_is_shown_beside_its_question(client: Client) -> None:
    """The summary links to each error. Valid answers have no error."""
    shown = enter(client, what="x" * 8_001, vector=["social"], protect="fine").text
    assert ["vector", "what"] == sorted(re.findall(r'id="q-([a-z_]+)-wrong"', shown))
    assert ["vector", "what"] == sorted(re.findall(r'href="#q-([a-z_]+)"', shown))
    listed = enter(client, protect="fine").text
    assert ["what", "category"] == re.findall(r'href="#q-([a-z_]+)"', listed)


@pytest.mark.parametrize(
    "wrong", [{"_once": ""}, {"_route": "fax"}, {"_route": ""}, {"_language": "de"}, {"_received": ""}]
)
def test_a_manual_entry_with_values_that_no_page_offers_is_refused(
    client: Client, wrong: dict[str, str]
) -> None:
    assert enter(client, what="x", **wrong).status_code == 400


def test_a_manual_entry_asks_all_questions_of_the_portal_in_both_languages(client: Client) -> None:
    """The form offers every option, and does not need the page script."""
    with client.desk.inbox.transaction() as session:
        asked = catalogue.in_use(session)
    for language in LANGUAGES:
        shown = client.page(f"/{language}/enter")
        plain = shown.replace("&#39;", "'").replace("&#34;", '"').replace("\xa0", " ")
        for field in asked.fields:
            assert f'name="q-{field.id}' in shown
            assert field.label.in_(language) in plain
            assert all(option.label.in_(language) in plain for option in field.options)
        ids = re.findall(r' id="([^"]+)"', shown)
        assert len(ids) == len(set(ids))


def test_text_that_an_officer_reads_aloud_is_in_quotation_marks(client: Client) -> None:
    """The questionnaire addresses these texts to reporters."""
    with client.desk.inbox.transaction() as session:
        asked = catalogue.in_use(session)
    first, *_ = asked.sections
    assert first.text
    shown = client.page("/en/enter")
    assert f"“{first.text.en}”" in shown
    warning = next(field.warning for field in asked.fields if field.id == "when")
    assert warning
    assert f"“{warning.en}”" in shown


def test_no_answer_is_preselected_and_every_question_can_stay_unanswered(
    client: Client,
) -> None:
    """For the amount, “Not said” and “No answer” are separate choices."""
    shown = client.page("/en/enter")
    route = re.search(r'<select id="route".*?</select>', shown, re.DOTALL)
    assert route
    assert ("required" in route[0], "selected" in route[0]) == (True, False)
    (amount,) = re.findall(r'<fieldset id="q-amount".*?</fieldset>', shown, re.DOTALL)
    assert (amount.count("Not said"), amount.count("No answer")) == (1, 1)


def test_a_manual_entry_at_the_desk_makes_the_same_case_as_the_command(office: Office, stick: Path) -> None:
    """The channel of receipt, the day, the answers of each kind, and the file are the same in both cases."""
    (stick / "lettre.pdf").write_bytes(b"%PDF-1.4")
    (stick / "inspection-9.tar").touch()
    (stick / "linked.pdf").symlink_to(office.root / "vault.json")
    day = (today() - timedelta(days=2)).isoformat()
    given = {
        "path": "approached",
        "vector": ["social", "work"],
        "category": "",
        "what": "Abordé.\r\nDeux fois.",
        "when": "week",
    }
    period = {"days-first": "2026-11-23", "days-last": "2026-11-24"}
    with sitting(office, stick) as client:
        page = client.page("/en/enter")
        assert ["lettre.pdf"] == re.findall(r'name="file" value="([^"]+)"', page)
        entered = enter(client, **given, **period, _file="lettre.pdf", _received=day)
        assert "Case 1: entered" in entered.text
    shown = office.json("case", "show", "1")
    assert {
        "path": "approached",
        "vector": ["social", "work"],
        "what": "Abordé.\nDeux fois.",
        "when": "week",
        "days": "2026-11-23/2026-11-24",
    } == shown["answers"]
    assert ("letter", day, "fr") == (shown["route"], shown["received"], shown["language"])
    assert ["lettre.pdf"] == [file["name"] for file in shown["attachments"]]
    (entry,) = (each for each in office.json("journal", "list")["entries"] if each["action"] == "enter")
    assert ({"route": "letter", "received": day}, 1, "") == (entry["values"], entry["case"], entry["reason"])


@pytest.mark.parametrize("unchanged", [False, True])
def test_officers_choose_whether_place_day_and_device_stay_in_a_film(
    office: Office, stick: Path, *, unchanged: bool
) -> None:
    (stick / "film.mp4").write_bytes(Film().built())
    choice = {"_unchanged": "on"} if unchanged else {}
    with sitting(office, stick) as client:
        entered = enter(client, what="Voir le film.", _file="film.mp4", **choice)
    told = "sealed as it is" if unchanged else "place, day and device were removed"
    assert told in entered.text.lower()
    office.run("file", "export", "1", "1", "--out", office.out / "film", "--reason", "x")
    assert unchanged == (SECRET in (office.out / "film").read_bytes())


def test_a_missing_medium_does_not_prevent_a_manual_entry(client: Client, stick: Path) -> None:
    stick.rmdir()
    assert client.ask("/en/enter").status_code == 200
    assert "Case 1: entered" in enter(client, what="x").text


def test_the_page_warns_at_the_top_that_files_need_a_medium_of_their_own(client: Client, stick: Path) -> None:
    """The exchange medium is not suitable, because it is also connected to the portal's machine."""
    shown = client.page("/en/enter")
    before, _ = shown.split('<select id="route"')
    assert "never onto the one that goes to the portal" in before
    assert f"in its place, in {stick}." in before


def test_a_manual_entry_is_refused_if_its_file_is_no_longer_on_the_medium(client: Client) -> None:
    answer = enter(client, what=CANARY, _file="gone.pdf")
    assert (409, True) == (answer.status_code, CANARY in answer.text)
    with client.desk.inbox.transaction() as session:
        assert 0 == case_numbers.last(session)


def test_the_case_token_is_shown_on_one_page_only(office: Office, capfd: pytest.CaptureFixture[str]) -> None:
    """The token is in no address, cookie, cache, journal, case or later page, and not on the terminal.

    A form that is sent twice creates only one case.
    """
    with sitting(office) as client:
        answer = enter(client, what="On m'a abordé")
        words = words_of(answer)
        again = enter(client, what="On m'a abordé")
        later = [client.page(f"/en{path}") for path in ("/", "/enter", "/journal")]
        said = capfd.readouterr()
    assert {"fr"} == casetoken.parse(" ".join(words)).keys()
    assert headers.ALWAYS.items() <= dict(answer.headers).items()
    assert ("no-store", None) == (answer.headers["Cache-Control"], answer.location)
    assert (409, True) == (again.status_code, "was already processed" in again.text)
    elsewhere = [str(answer.headers), again.text, *later, said.out, said.err]
    elsewhere += [office.run(*line).out for line in (("case", "show", "1"), ("journal", "list"))]
    assert [] == [found for each in elsewhere if (found := traces.neighbours_in(each, words))]
    assert 11 == len(
        traces.neighbours_in(re.sub("</?li>", " ", answer.text), words)
    )  # the control: this page has the words
    assert [1] == [case["case"] for case in office.json("case", "list")["cases"]]


def test_the_printed_sheet_and_its_title_do_not_reveal_the_purpose_of_the_twelve_words(
    client: Client,
) -> None:
    """The sheet and its title are in the reporter's language. Browsers print and remember the title."""
    answer = enter(client, what="x")
    assert "<title>Douze mots</title>" in answer.text
    (sheet,) = re.findall(r'<section class="sheet" lang="fr".*?</section>', answer.text, re.DOTALL)
    # The twelve words are left out, because they are random and could match by chance.
    said = re.sub("<[^>]+>", "", re.sub("<li>.*?</li>", "", sheet)).lower()
    assert "qui les lit" in said
    for word in ("douane", "fanal", "signal", "alert", "report", "case", "dossier", "inspect"):
        assert word not in said
    assert "Relisez-moi maintenant" in answer.text


def test_a_manual_entry_about_the_inspectorate_shows_a_warning(client: Client) -> None:
    """After these answers, the portal would have offered only the channels of other bodies."""
    assert "offered only the channels of other bodies" in enter(client, what="x", coi="yes").text
