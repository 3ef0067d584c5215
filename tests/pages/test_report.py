"""The report page in a real browser, from the first word to the day to come back."""

import re
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from pathlib import Path

import pytest
from dateutil.relativedelta import relativedelta
from playwright.sync_api import expect

from crypto import casetoken, signing
from crypto.keyring import Texts
from crypto.padding import SMALLEST
from templates.catalogues import LANGUAGES
from tests.support.builders import INSPECTORATE, OUTSIDE, Site, make_keyring, today
from tests.support.page_visitor import FILE, TEXT, Visitor, methods
from tests.support.portal_site import closed
from tests.support.traces import neighbours_in

pytestmark = [pytest.mark.browser, pytest.mark.long]


def test_a_report_arrives_as_it_was_written(visitor: Visitor, file: Path) -> None:
    visitor.report(files=[file])
    report, files = visitor.site.report()
    assert {"what": TEXT, "coi": "unsure"} == report.answers
    assert {1: FILE} == files
    assert [("", "image/jpeg")] == [(each.name, each.type) for each in report.files]
    keys = casetoken.derive(casetoken.parse(" ".join(visitor.words))["fr"], visitor.site.site.deployment)
    assert (keys.case_id, keys.author_key) == (report.case_id, report.author_key)
    assert visitor.complaints == []


def test_a_report_is_sent_to_the_chosen_channel(visitor: Visitor) -> None:
    visitor.report(channel=OUTSIDE)
    assert visitor.site.report()[0].channel == OUTSIDE


def test_a_report_leaves_nothing_behind_in_the_browser(visitor: Visitor) -> None:
    visitor.report()
    page = visitor.page
    assert page.url == f"{visitor.site.address}/fr/report"
    assert page.context.storage_state(indexed_db=True) == {"cookies": [], "origins": []}
    kept = (
        "(async () => [sessionStorage.length, (await caches.keys()).length, history.state, history.length])()"
    )
    assert page.evaluate(kept) == [0, 0, "guard", 3]
    page.reload()
    assert page.input_value("#what") == ""
    assert page.locator("#token-words li").count() == 0
    sent = [(request.url, request.post_data_buffer or b"") for request in visitor.requests]
    assert all(neighbours_in(url, visitor.words) == [] for url, _ in sent)
    assert all(" ".join(visitor.words).encode() not in body for _, body in sent)


@pytest.mark.parametrize("answer", ["", "no", "yes"])
def test_a_reporter_who_says_that_somebody_is_in_danger_sees_emergency_numbers_on_the_receipt(
    visitor: Visitor, answer: str
) -> None:
    """The numbers are visible without scrolling on a small phone."""
    page = visitor.page
    page.set_viewport_size({"width": 360, "height": 640})
    visitor.visit("fr/report")
    page.fill("#what", TEXT)
    if answer:
        visitor.turn_to(f"#danger_now-{answer}")
        page.check(f"#danger_now-{answer}")
    visitor.turn_to("#coi-unsure")
    page.check(f"#channels-{INSPECTORATE}")
    visitor.to_token()
    visitor.confirm()
    visitor.arrived()
    numbers = page.locator("#done .numbers a")
    expect(numbers.locator("visible=true")).to_have_count(numbers.count() if answer == "yes" else 0)
    for number in numbers.locator("visible=true").all():
        expect(number).to_be_in_viewport(ratio=1)


def test_nothing_is_sent_before_two_of_the_words_are_typed_again(visitor: Visitor) -> None:
    visitor.write()
    visitor.page.fill("#confirm-1", "autre")
    visitor.page.click("#send")
    visitor.shows("#confirm-error", "confirm-wrong")
    wrong = visitor.page.locator("#confirm-1[aria-invalid=true]")
    expect(wrong).to_have_accessible_description(visitor.page.inner_text(".wrong"))
    visitor.page.fill("#confirm-1", visitor.words[int(wrong.get_attribute("data-place") or -1)])
    expect(wrong).to_have_count(0)
    visitor.page.fill("#confirm-2", "autre")
    visitor.page.press("#send", "Enter")
    visitor.shows("#confirm-error", "confirm-wrong")
    expect(visitor.page.locator("#confirm-2")).to_have_attribute("aria-invalid", "true")
    expect(visitor.page.locator("#token-words")).to_be_visible()
    assert methods(visitor) == []
    assert visitor.site.received() == []


def test_a_word_that_was_not_typed_is_not_called_wrong(visitor: Visitor) -> None:
    """Each empty field is marked as empty. A blank or a number is not a word."""
    visitor.write()
    page = visitor.page
    missing = page.locator("[aria-invalid=true]")
    page.fill("#confirm-1", " ")
    page.fill("#confirm-2", "7.")
    page.press("#send", "Enter")
    visitor.shows("#confirm-error", "confirm-missing")
    expect(missing).to_have_count(2)
    asked = page.locator("#confirm-1")
    place = int(asked.get_attribute("data-place") or -1)
    asked.fill(f"{place + 1}. {visitor.words[place].upper()}")
    page.press("#send", "Enter")
    visitor.shows("#confirm-error", "confirm-missing")
    expect(missing).to_have_count(1)
    expect(missing).to_have_attribute("id", "confirm-2")
    assert methods(visitor) == []


def test_the_list_of_words_is_hidden_while_the_page_shows_the_numbers_of_two_words_to_type(
    visitor: Visitor,
) -> None:
    """A reporter who knew the numbers earlier might note only these two words.

    Meanwhile nothing moves, a printed sheet still has all words, and the page says why the words are hidden.
    """
    visitor.write()
    page, words = visitor.page, visitor.page.locator("#token-words")
    labels = page.locator("#token-asked label")
    assert labels.all_inner_texts() == ["Un mot", "Autre mot"]
    top = "document.querySelector('#send').getBoundingClientRect().top + scrollY"
    place = page.evaluate(top)
    for field in ("#confirm-1", "#confirm-2"):
        page.focus(field)
        expect(words).to_be_hidden()
    told = page.evaluate("getComputedStyle(document.querySelector('#token-words'), '::before').content")
    assert told == '"Mots cachés pendant que vous tapez."'
    asked = [re.fullmatch(r"Mot (\d+)", each) for each in labels.all_inner_texts()]
    places = [page.get_attribute(f"#confirm-{number}", "data-place") for number in (1, 2)]
    assert [each and str(int(each[1]) - 1) for each in asked] == places
    assert page.evaluate(top) == place
    page.locator("#confirm-2").blur()
    expect(words).to_be_visible()
    page.focus("#confirm-1")
    page.emulate_media(media="print")
    expect(words).to_be_visible()


def test_going_back_to_the_text_does_not_change_which_two_words_are_asked_for(visitor: Visitor) -> None:
    """Otherwise a reporter could go back until the page asks for two words that they noted."""
    visitor.write()
    page = visitor.page
    page.fill("#confirm-2", "zèbre")
    places = [page.get_attribute(f"#confirm-{number}", "data-place") for number in (1, 2)]
    for _ in range(3):
        page.click("#back-to-text")
        visitor.to_token()
        again = [page.get_attribute(f"#confirm-{number}", "data-place") for number in (1, 2)]
        assert again == places
        expect(page.locator("#confirm-2")).to_have_value("zèbre")


def test_pressing_enter_sends_nothing_after_going_back_to_the_text(visitor: Visitor) -> None:
    """The reporter has typed both words and then goes back.

    The reporter may then change the text, so Enter must not send the earlier text.
    """
    visitor.write()
    page = visitor.page
    for number in (1, 2):
        place = page.get_attribute(f"#confirm-{number}", "data-place") or ""
        page.fill(f"#confirm-{number}", visitor.words[int(place)])
    page.click("#back-to-text")
    page.press("#coi-unsure", "Enter")
    visitor.turn_to("#what")
    page.fill("#what", "mieux dit")
    expect(page.locator("#step-write")).to_be_visible()
    visitor.to_token()
    visitor.confirm()
    visitor.arrived()
    assert visitor.site.report()[0].answers["what"] == "mieux dit"


def test_reports_of_different_lengths_make_requests_of_the_same_size(visitor: Visitor) -> None:
    sizes = set()
    for text in ("x", "y" * 8_000):
        visitor.report(text)
        sizes |= {
            len(r.post_data_buffer or b"") for r in visitor.requests if r.url.endswith("/api/envelopes")
        }
    assert len(sizes) == 1
    assert min(sizes) > SMALLEST


def test_the_words_can_be_shown_again_until_the_reporter_leaves_the_page(visitor: Visitor) -> None:
    visitor.report()
    button = visitor.page.locator("#show-token")
    visitor.shows("#show-token", "show-token")
    button.click()
    assert visitor.page.locator("#token-again li").all_inner_texts() == visitor.words
    visitor.shows("#show-token", "hide-token")
    expect(button).to_have_attribute("aria-expanded", "true")
    button.click()
    expect(visitor.page.locator("#token-again")).to_be_hidden()
    visitor.shows("#show-token", "show-token")
    expect(button).to_have_attribute("aria-expanded", "false")


def test_a_file_can_be_removed(visitor: Visitor, file: Path) -> None:
    visitor.visit("en/report")
    visitor.turn_to("#files")
    visitor.page.set_input_files("#files", [file, file])
    visitor.page.set_input_files("#files", [file])
    expect(visitor.page.locator("#files-list li")).to_have_count(3)
    visitor.page.locator("#files-list button").first.click()
    expect(visitor.page.locator("#files-list li")).to_have_count(2)


def test_a_report_with_neither_a_text_nor_a_topic_nor_a_file_is_refused(visitor: Visitor) -> None:
    visitor.visit("fr/report")
    visitor.page.fill("#what", " \n")
    visitor.turn_to("#coi-no")
    visitor.page.check(f"#channels-{INSPECTORATE}")
    visitor.go_on()
    visitor.shows("#error", "empty-report")
    what = visitor.page.locator("#what")
    visitor.page.click("#error a")
    expect(what).to_be_focused()
    said = " ".join(visitor.page.locator(".wrong").all_text_contents())
    expect(what).to_have_attribute("aria-invalid", "true")
    expect(what).to_have_accessible_description(re.compile(re.escape(said) + "$"))
    visitor.page.fill("#what", "x")
    expect(what).to_have_attribute("aria-invalid", "false")
    visitor.page.click("#continue")
    expect(visitor.page.locator("#error")).to_be_hidden()
    expect(visitor.page.locator(".wrong")).to_have_count(0)


def test_a_long_text_is_counted_and_never_cut(visitor: Visitor) -> None:
    visitor.visit("fr/report")
    visitor.page.fill("#what", "é" * 7_999 + "😀😀")
    visitor.shows("#what-left", "characters-over")
    expect(visitor.page.locator("#what-left")).to_have_class("wrong")
    visitor.page.click("#continue")
    visitor.shows("#error", "too-long")
    visitor.page.fill("#what", "é" * 7_999 + "😀")
    visitor.shows("#what-left", "characters-left")
    expect(visitor.page.locator("#what-left")).to_have_class("hint")


def test_a_text_of_more_than_a_hundred_thousand_characters_is_kept_whole_and_causes_a_message(
    visitor: Visitor,
) -> None:
    visitor.visit("fr/report")
    text = "é" * 100_000
    visitor.page.fill("#what", text)
    visitor.shows("#what-left", "characters-over")
    expect(visitor.page.locator("#what-left")).to_contain_text(re.compile(r"\b92\s?000\b"))
    visitor.page.click("#continue")
    visitor.shows("#error", "too-long")
    expect(visitor.page.locator("#what")).to_have_attribute("aria-invalid", "true")
    assert visitor.page.input_value("#what") == text


def test_invisible_characters_arrive_unchanged(visitor: Visitor) -> None:
    """The characters are right-to-left, zero-width, tag and combining characters.

    The inbox makes these characters visible.
    """
    text = "\u202eoir\u202c \u2066x\u2069 a\u200bb\u200dc\ufeff \U000e0041 e\u0301 \u00e9 \u05d0\u0627"
    visitor.report(text)
    assert text == visitor.site.report()[0].answers["what"]


def test_the_days_to_come_back_are_in_a_week_and_in_three_months(visitor: Visitor) -> None:
    day = today()
    visitor.page.clock.install(time=datetime.combine(day, time(12), UTC))
    visitor.language = "en"
    visitor.report()
    for place, wanted in (
        ("first", day + timedelta(7)),
        ("last", day + timedelta(7) + relativedelta(months=3)),
    ):
        shown = f"{wanted:%A},? {wanted.day} {wanted:%B %Y}"
        expect(visitor.page.locator(f"#day-{place}")).to_have_text(re.compile(f"^{shown}$"))


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_receipt_says_what_to_do_now_and_has_no_link_to_another_page_of_the_site(
    visitor: Visitor, language: str
) -> None:
    """Whoever follows a link cannot come back to the receipt. The control is the form, which has the links.

    “Leave quickly” works at once, and the language can be switched.
    """
    visitor.language = language
    visitor.report()
    page = visitor.page
    said = page.inner_text("#done").replace("\N{NO-BREAK SPACE}", " ")
    now, keep, where, close = {
        "fr": ("Maintenant", "Gardez vos douze mots.", "« Lire la réponse »", "Fermez cette page"),
        "en": ("Now", "Keep your twelve words.", "“Read the answer”", "Close this page"),
    }[language]
    places = [said.index(each) for each in (now, keep, where, close)]
    assert places == sorted(places)
    expect(page.locator("#done a[href^='/']")).to_have_count(0)
    expect(page.locator("footer nav")).to_be_hidden()
    brand = page.locator(".brand a")
    expect(brand).to_be_visible()
    brand.click(force=True)
    brand.focus()
    expect(brand).not_to_be_focused()
    page.click(".languages a")
    expect(page.locator("html")).not_to_have_attribute("lang", language)
    expect(page.locator("#done")).to_be_visible()
    page.route("https://**", lambda route: route.fulfill(body="elsewhere"))
    page.click("a[data-leave]")
    expect(page.locator("body")).to_have_text("elsewhere")
    visitor.visit(f"{language}/report")
    expect(page.locator("footer nav a").first).to_be_visible()
    brand.click()
    expect(page).to_have_url(f"{visitor.address}/{language}/")


@pytest.mark.parametrize("opening", ["tap", "Enter"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_receipt_unfolds_the_fingerprint_in_place(visitor: Visitor, language: str, opening: str) -> None:
    """Nothing is fetched or stored, and neither the receipt nor the content above the label moves."""
    visitor.language = language
    page = visitor.page
    page.set_viewport_size({"width": 360, "height": 640})
    visitor.report()
    label = page.get_by_text({"fr": "Empreinte du site", "en": "Site fingerprint"}[language])
    shown = page.locator("#done .fingerprint")
    expect(label).to_be_visible()
    expect(shown).to_be_hidden()
    label.scroll_into_view_if_needed()
    places = "() => [...document.querySelectorAll('#done :not(details > p, details > p *)')]"
    places += ".filter((each) => each.tagName !== 'DETAILS').map((each) => each.getBoundingClientRect().top)"
    before, asked, address = page.evaluate(places), len(visitor.requests), page.url
    # A tap just after the step has changed is meant for the previous step.
    page.wait_for_timeout(1_100)
    label.click() if opening == "tap" else label.press(opening)
    expect(shown).to_be_visible()
    assert page.evaluate(places) == before
    expect(shown).to_have_text(signing.fingerprint(visitor.site.site.root_key))
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    expect(page.locator("#done h1")).to_be_visible()
    label.press("Enter")
    expect(shown).to_be_hidden()
    assert (len(visitor.requests), page.url) == (asked, address)
    assert page.context.storage_state(indexed_db=True) == {"cookies": [], "origins": []}
    page.click(".languages a")
    expect(page.locator("html")).not_to_have_attribute("lang", language)
    expect(label).to_have_count(0)
    page.locator("#done summary").press("Enter")
    expect(shown).to_have_text(signing.fingerprint(visitor.site.site.root_key))


@pytest.mark.parametrize(("language", "compared"), [("fr", "l\u2019affiche"), ("en", "the poster")])
def test_the_receipt_says_with_what_to_compare_the_fingerprint(
    visitor: Visitor, language: str, compared: str
) -> None:
    visitor.language = language
    visitor.report()
    page = visitor.page
    page.locator("#done summary").press("Enter")
    expect(page.locator("#done details")).to_contain_text(compared)
    expect(page.locator("#done details p").first).to_be_visible()


def test_the_note_on_a_channel_is_shown_unless_it_only_repeats_the_name(visitor: Visitor) -> None:
    usual = make_keyring(visitor.site.site).value
    first, *others = usual.channels
    noted = replace(first, note=Texts(fr="Inspecteurs", en="Inspectors"))
    assert [each.note for each in others] == [each.name for each in others]
    visitor.site.publish_changed(replace(usual, channels=(noted, *others)))
    visitor.visit("en/report")
    visitor.turn_to("#channels")
    shown = visitor.page.locator("#channels .choice").all_inner_texts()
    assert shown == [f"{first.name.en}\nInspectors", *(each.name.en for each in others)]


def test_with_only_one_channel_the_page_offers_no_choice_of_reader(visitor: Visitor) -> None:
    visitor.site.publish(make_keyring(visitor.site.site, bodies=[visitor.site.site.inspectorate]))
    visitor.visit("fr/report")
    visitor.page.fill("#what", "x")
    expect(visitor.page.locator("#channels")).to_be_hidden()
    visitor.to_token()


@pytest.mark.parametrize(
    "code", ["keyring-expired", "clock-behind", "channel-closed", "questionnaire-differs"]
)
def test_a_problem_that_prevents_sealing_is_shown_before_the_form(visitor: Visitor, code: str) -> None:
    usual = make_keyring(visitor.site.site).value
    asked = replace(usual.questionnaire, version=usual.questionnaire.version + 1)
    visitor.site.publish_changed(
        {
            "keyring-expired": make_keyring(visitor.site.site, day=today() - timedelta(40)).value,
            "clock-behind": make_keyring(visitor.site.site, day=today() + timedelta(2)).value,
            "channel-closed": closed(usual),
            "questionnaire-differs": replace(usual, questionnaire=asked),
        }[code]
    )
    visitor.visit("fr/report")
    visitor.shows("#closed", code)
    expect(visitor.page.locator("#what")).to_be_hidden()
    expect(visitor.page.locator("#loading")).to_be_hidden()


def test_a_keyring_that_the_root_key_did_not_sign_is_refused(visitor: Visitor) -> None:
    visitor.site.publish(make_keyring(visitor.site.site, root_seed=bytes(32)))
    visitor.visit("fr/report")
    visitor.shows("#closed", "keyring-invalid")
    expect(visitor.page.locator("#what")).to_be_hidden()


def test_a_keyring_of_another_deployment_is_refused(visitor: Visitor) -> None:
    site = visitor.site.site
    visitor.site.publish(make_keyring(Site(root_seed=site.root_seed)))
    visitor.visit("fr/report")
    visitor.shows("#closed", "keyring-invalid")


def test_a_portal_that_cannot_be_reached_is_reported(visitor: Visitor) -> None:
    visitor.page.route("**/keyring.sig", lambda route: route.abort())
    visitor.visit("fr/report")
    visitor.shows("#closed", "offline")


def test_if_the_keyring_of_an_open_page_expires_the_page_fetches_a_new_one(visitor: Visitor) -> None:
    visitor.page.clock.install()
    visitor.write()
    visitor.page.clock.set_system_time(datetime.now(UTC) + timedelta(31))
    visitor.site.publish(make_keyring(visitor.site.site, serial=2, day=today() + timedelta(20)))
    visitor.confirm()
    visitor.arrived()
    assert visitor.site.report()[0].keyring.serial == 2


def test_the_report_page_is_empty_after_going_back_to_it(visitor: Visitor) -> None:
    visitor.report()
    visitor.visit("fr/")
    visitor.page.go_back()
    expect(visitor.page.locator("#what")).to_be_visible()
    assert visitor.page.input_value("#what") == ""
    assert visitor.page.locator("#token-words li").count() == 0


def test_a_report_can_be_written_with_the_keyboard(visitor: Visitor) -> None:
    """Each step begins with the focus on its heading, and Tab continues from there."""
    visitor.visit("en/report")
    press = visitor.page.keyboard.press
    focused = "document.activeElement.id || document.activeElement.tagName"
    expect(visitor.page.locator("#what")).to_be_visible()

    def tab_to(wanted: str) -> None:
        for _ in range(30):
            press("Tab")
            if visitor.page.evaluate(focused) == wanted:
                return
        raise AssertionError(wanted)

    tab_to("what")
    visitor.page.keyboard.type("By keyboard")
    tab_to("continue")
    press("Enter")
    assert visitor.page.evaluate(focused) == "H1"
    tab_to(f"channels-{INSPECTORATE}")
    press("Space")
    tab_to("continue")
    press("Enter")
    assert visitor.page.evaluate(focused) == "H1"
    visitor.words = visitor.page.locator("#token-words li").all_inner_texts()
    tab_to("confirm-1")
    for number in (1, 2):
        place = visitor.page.locator(f"#confirm-{number}").get_attribute("data-place")
        visitor.page.keyboard.type(visitor.words[int(place or -1)])
        press("Tab")
    press("Enter")
    visitor.arrived()
    assert visitor.page.evaluate(focused) == "H1"
    assert visitor.site.report()[0].answers == {"what": "By keyboard"}
