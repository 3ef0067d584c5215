"""The status page in a real browser: the twelve words, the answer and a follow-up."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Page, Route, expect

from crypto import casetoken, messages
from crypto.messages import FollowUp, Received, Reply, Status
from tests.support.boxed_films import SECRET, Film
from tests.support.builders import INSPECTORATE, OUTSIDE, make_keyring, today
from tests.support.page_states import words_of_both_lists
from tests.support.page_visitor import ENVELOPES, FILE, Visitor, times
from tests.support.portal_site import REPLY, slot_for, without

pytestmark = [pytest.mark.browser, pytest.mark.long]


def test_a_case_is_waiting_until_the_inspectorate_has_signed_an_answer(visitor: Visitor) -> None:
    visitor.report()
    visitor.open()
    visitor.opened()
    visitor.shows("#status-label", "not-confirmed")
    visitor.shows("#claim", "state-waiting")
    visitor.shows("#no-messages", "no-messages")
    expect(visitor.page.locator("#confirmed")).to_be_hidden()
    assert visitor.page.input_value("#token") == ""


def test_a_signed_slot_is_shown_completely(visitor: Visitor) -> None:
    report = visitor.reported()
    slot = slot_for(report)
    second = Reply(3, today(), "<b>Où ?</b>\u202e")
    received = Received(2, (bytes(8), bytes(8)), today())
    shown = replace(slot, serial=3, earlier=4, messages=(*slot.messages, second), received=received)
    told = ("protection_offered", "of_another_law", "process_fix")
    visitor.site.answer(report, replace(shown, measures_disclosed=told))
    visitor.open()
    visitor.opened()
    page = visitor.page
    visitor.shows("#status-label", f"status-{slot.status}")
    for place in ("confirmed", "issued", "next-by", "earlier", "follow-ups-received", "measures"):
        visitor.shows(f"#{place}", place)
    measures = page.locator("#measures").inner_text()
    assert (
        "Protection fonctionnelle proposée, Mesure d\N{RIGHT SINGLE QUOTATION MARK}organisation." in measures
    )
    assert [second.text, REPLY] == page.locator("#messages .written").all_text_contents()
    assert [str(today())] == [each.get_attribute("datetime") for each in page.locator("#messages time").all()]
    expect(page.locator("#overdue")).to_be_hidden()
    expect(page.locator("#claim")).to_be_hidden()
    tops = [page.locator(f"#{place}").bounding_box() for place in ("status-means", "messages", "next-by")]
    assert [box["y"] for box in tops if box] == sorted(box["y"] for box in tops if box)
    assert visitor.complaints == []


def test_an_answer_names_the_body_to_which_the_report_was_sent(visitor: Visitor) -> None:
    """A reporter who chose an outside body must not read that the inspectorate has the report."""
    visitor.reported(channel=OUTSIDE)
    visitor.site.answer(visitor.site.report()[0], slot_for(visitor.site.report()[0]))
    visitor.open()
    visitor.opened()
    expect(visitor.page.locator("#confirmed")).to_contain_text(OUTSIDE)
    expect(visitor.page.locator("#messages .them .hint")).to_contain_text(OUTSIDE)
    expect(visitor.page.locator("#case")).not_to_contain_text("inspection")


@pytest.mark.parametrize("is_answered", [False, True])
def test_the_page_says_that_a_channel_was_removed_from_the_list(
    visitor: Visitor, *, is_answered: bool
) -> None:
    """The page does not say that an answer is forged or late, and it accepts no message.

    Once the channel is on the list again, the page shows its answer.
    """
    visitor.reported(channel=OUTSIDE)
    if is_answered:
        visitor.site.answer(visitor.site.report()[0], slot_for(visitor.site.report()[0]))
    before = visitor.site.keyring
    visitor.site.publish_changed(without(before, OUTSIDE))
    visitor.requests.clear()
    visitor.open()
    visitor.opened()
    page = visitor.page
    visitor.shows("#status-fault", "channel-gone")
    visitor.shows("#status-label", "not-followed")
    visitor.shows("#cannot-write", "other-ways")
    visitor.shows("#claim", "state-waiting")
    for place in ("next-by", "overdue", "feedback-by", "no-messages", "follow-up", "closed-routes"):
        expect(page.locator(f"#{place}")).to_be_hidden()
    expect(page.locator("#messages li")).to_have_count(0)
    expect(page.locator("#withdrawal")).to_be_visible()
    visitor.site.publish_changed(replace(before, serial=3))
    visitor.open()
    visitor.opened()
    visitor.shows("#status-label", "status-assessing" if is_answered else "not-confirmed")
    expect(page.locator("#follow-up")).to_be_visible()
    assert visitor.complaints == []


def test_every_status_has_its_label(visitor: Visitor) -> None:
    report = visitor.reported()
    for status in Status:
        visitor.site.answer(report, replace(slot_for(report), status=status))
        visitor.open()
        visitor.opened()
        visitor.shows("#status-label", f"status-{status}")


def test_an_update_that_is_late_is_shown_as_overdue(visitor: Visitor) -> None:
    report = visitor.reported()
    visitor.site.answer(report, replace(slot_for(report), next_by=today() - timedelta(1)))
    visitor.open()
    visitor.shows("#overdue", "overdue")
    expect(visitor.page.locator("#next-by")).to_be_hidden()


@pytest.mark.parametrize("forged", ["signer", "case", "channel"])
def test_a_slot_that_the_reader_of_the_case_did_not_sign_is_not_shown(visitor: Visitor, forged: str) -> None:
    report = visitor.reported()
    slot = slot_for(report)
    other = visitor.site.site.outside
    if forged == "signer":
        visitor.site.answer(report, slot, seed=other.reply_seed)
    elif forged == "case":
        visitor.site.answer(report, replace(slot, case_id=bytes(32)))
    else:
        visitor.site.answer(report, replace(slot, channel=other.id))
    visitor.open()
    visitor.opened()
    visitor.shows("#status-fault", "channels-differ" if forged == "channel" else "slot-tampered")
    visitor.shows("#status-label", "not-confirmed")
    expect(visitor.page.locator("#messages .them")).to_have_count(0)
    expect(visitor.page.locator("#no-messages")).to_be_hidden()
    expect(visitor.page.locator("#follow-up")).to_be_visible(visible=forged != "channel")


@pytest.mark.parametrize(
    ("next_by", "past", "believed"), [(0, 1, True), (-1, 1, False), (300, 35, True), (300, 36, False)]
)
def test_a_slot_signed_with_an_expired_key_stays_valid_until_the_next_slot_is_due(
    visitor: Visitor, next_by: int, past: int, *, believed: bool
) -> None:
    """After 35 days the slot is always refused, because whoever stole the key could choose any date."""
    report = visitor.reported()
    usual = make_keyring(visitor.site.site, serial=2).value
    past = [
        replace(
            each,
            reply_keys=tuple(
                replace(key, not_before=today() - timedelta(90), not_after=today() - timedelta(past))
                for key in each.reply_keys
            ),
        )
        for each in usual.channels
    ]
    visitor.site.publish_changed(replace(usual, channels=tuple(past)))
    visitor.site.answer(report, replace(slot_for(report), next_by=today() + timedelta(next_by)))
    visitor.open()
    visitor.opened()
    if believed:
        visitor.shows("#confirmed", "confirmed")
    else:
        visitor.shows("#status-fault", "slot-stale")


def test_follow_ups_arrive_with_a_signature(visitor: Visitor, file: Path) -> None:
    report = visitor.reported()
    visitor.site.answer(report, replace(slot_for(report), serial=7))
    visitor.open()
    for text, files in (("Encore : la même voiture.", []), ("", [file])):
        visitor.page.fill("#follow-up-text", text)
        visitor.page.set_input_files("#follow-up-files", files)
        visitor.page.click("#follow-up-send")
        visitor.shows("#follow-up-done", "follow-up-sent")
        expect(visitor.page.locator("#follow-up-text")).to_have_value("")
    expect(visitor.page.locator("#messages .you")).to_have_count(2)
    sent = [(each, files) for each, files in visitor.site.received() if isinstance(each, FollowUp)]
    assert {("Encore : la même voiture.", b""), ("", FILE)} == {(m.text, f.get(1, b"")) for m, f in sent}
    assert {(report.case_id, INSPECTORATE, 7)} == {(m.case_id, m.channel, m.seen) for m, _ in sent}
    assert len({message.id for message, _ in sent}) == 2


def test_a_follow_up_that_failed_is_sent_again_with_the_same_id(visitor: Visitor) -> None:
    visitor.reported()
    visitor.open()
    visitor.opened()
    visitor.page.fill("#follow-up-text", "Encore")
    visitor.page.route(ENVELOPES, times(1, lambda route: route.fulfill(status=400, body="{}")))
    before = len(visitor.requests)
    visitor.page.click("#follow-up-send")
    visitor.shows("#follow-up-error", "refused-by-portal")
    assert visitor.page.input_value("#follow-up-text") == "Encore"
    visitor.page.click("#follow-up-send")
    visitor.shows("#follow-up-done", "follow-up-sent")
    sent = [request for request in visitor.requests[before:] if request.method == "POST"]
    bodies = [request.post_data_buffer for request in sent]
    assert len(bodies) == 2
    assert len(set(bodies)) == 1


def after_failure(visitor: Visitor, film: Path, change: Callable[[Page], object]) -> tuple[FollowUp, bytes]:
    """Send a film, which fails, and again after a change; return the message that arrives, and its film."""
    visitor.reported()
    visitor.open()
    visitor.opened()
    visitor.page.fill("#follow-up-text", "Encore.")
    visitor.page.set_input_files("#follow-up-files", [film])
    visitor.page.route(ENVELOPES, times(1, lambda route: route.fulfill(status=400, body="{}")))
    begun = len(visitor.requests)
    visitor.page.click("#follow-up-send")
    visitor.shows("#follow-up-error", "refused-by-portal")
    change(visitor.page)
    visitor.page.click("#follow-up-send")
    visitor.shows("#follow-up-done", "follow-up-sent")
    first, second = (
        each.post_data_buffer for each in visitor.requests[begun:] if each.url.endswith("/envelopes")
    )
    received = [
        (message, files[1]) for message, files in visitor.site.received() if isinstance(message, FollowUp)
    ]
    assert (first == second) is (change is nothing)
    ((message, data),) = received
    return message, data


def nothing(_: Page) -> None:
    """Change nothing."""


def test_after_a_failure_a_cleaned_film_is_sent_again_as_it_was_sealed(
    visitor: Visitor, tmp_path: Path
) -> None:
    """The film is cleaned in place: only what is overwritten tells the two forms of it apart."""
    film = tmp_path / "film.mp4"
    film.write_bytes(Film().built())
    again, data = after_failure(visitor, film, nothing)
    assert (again.text, SECRET in data, len(data)) == ("Encore.", False, film.stat().st_size)


@pytest.mark.parametrize(
    ("change", "text", "is_cleaned"),
    [
        (lambda page: page.fill("#follow-up-text", "Autre chose."), "Autre chose.", True),
        (lambda page: page.locator("#follow-up-files-list input[type=checkbox]").check(), "Encore.", False),
    ],
    ids=["another text", "the film as it is"],
)
def test_after_a_failure_a_message_that_changed_is_sealed_anew(
    visitor: Visitor,
    tmp_path: Path,
    change: Callable[[Page], object],
    text: str,
    is_cleaned: bool,  # noqa: FBT001
) -> None:
    film = tmp_path / "film.mp4"
    film.write_bytes(Film().built())
    message, data = after_failure(visitor, film, change)
    assert (message.text, SECRET not in data) == (text, is_cleaned)


def test_a_file_that_was_removed_after_a_failure_is_not_sent(visitor: Visitor, file: Path) -> None:
    visitor.reported()
    visitor.open()
    visitor.opened()
    visitor.page.fill("#follow-up-text", "Encore.")
    visitor.page.set_input_files("#follow-up-files", [file])
    visitor.page.route(ENVELOPES, times(1, lambda route: route.fulfill(status=400, body="{}")))
    visitor.page.click("#follow-up-send")
    visitor.shows("#follow-up-error", "refused-by-portal")
    visitor.page.click("#follow-up-files-list button")
    visitor.page.click("#follow-up-send")
    visitor.shows("#follow-up-done", "follow-up-sent")
    assert [{}] == [files for message, files in visitor.site.received() if isinstance(message, FollowUp)]


def test_a_message_cannot_be_changed_while_it_is_sent(visitor: Visitor, file: Path) -> None:
    visitor.reported()
    visitor.open()
    visitor.opened()
    visitor.page.fill("#follow-up-text", "Encore.")
    visitor.page.set_input_files("#follow-up-files", [file])

    def look(route: Route) -> None:
        expect(visitor.page.locator("#follow-up-files")).to_be_disabled()
        expect(visitor.page.locator("#follow-up-files-list button")).to_be_disabled()
        route.fallback()

    visitor.page.route(ENVELOPES, times(1, look))
    visitor.page.click("#follow-up-send")
    visitor.shows("#follow-up-done", "follow-up-sent")
    expect(visitor.page.locator("#follow-up-files")).to_be_enabled()


def test_an_empty_follow_up_is_not_sent(visitor: Visitor) -> None:
    visitor.reported()
    visitor.open()
    visitor.opened()
    visitor.page.click("#follow-up-send")
    visitor.shows("#follow-up-error", "empty-follow-up")


def test_the_page_explains_why_words_open_no_case(visitor: Visitor) -> None:
    """The page sends a request only if the words are a valid token."""
    visitor.visit("fr/status")
    for typed, code in {
        "": "wrong-count",
        "abandon " * 11: "wrong-count",
        "abandon " * 11 + "abandonn": "unknown-word",
        "abandon " * 12: "wrong-checksum",
        "ABANDON, " * 11 + "Abou": "unknown-case",
    }.items():
        assert [request for request in visitor.requests if request.url.endswith("/api/slot")] == []
        visitor.page.fill("#token", typed)
        visitor.page.press("#open", "Enter")  # a second click at the same place would have no effect
        visitor.shows("#error", code)


def test_the_page_asks_for_the_language_of_words_that_are_valid_in_both_languages(visitor: Visitor) -> None:
    visitor.open(words_of_both_lists())
    visitor.shows("#error", "two-languages")
    visitor.page.click("#language-en")
    visitor.shows("#error", "unknown-case")


def test_the_words_may_be_typed_carelessly(visitor: Visitor) -> None:
    """Words may have capitals, no accents, only four letters each, and commas or line breaks between them."""
    visitor.reported()
    typed = ",\n".join(casetoken._plain(word)[0][:4].upper() for word in visitor.words)
    visitor.open(typed)
    visitor.opened()


def test_a_reporter_who_is_sure_of_the_words_may_write_to_a_portal_that_lost_the_report(
    visitor: Visitor,
) -> None:
    """The page asks for the channel, because no authentic data name the channel."""
    visitor.open("abandon " * 11 + "about")
    visitor.shows("#error", "unknown-case")
    visitor.page.click("#write-anyway")
    visitor.page.click("#follow-up-send")
    expect(visitor.page.locator("#follow-up-error li")).to_have_count(2)
    visitor.page.fill("#follow-up-text", "Toujours là ?")
    visitor.shows("#follow-up-error li:visible", "no-channel-chosen")
    visitor.page.click("#follow-up-send")
    visitor.shows("#follow-up-error li", "no-channel-chosen")
    visitor.page.check(f"#follow-up-channels-{OUTSIDE}")
    visitor.page.click("#follow-up-send")
    visitor.shows("#follow-up-done", "follow-up-sent")
    ((sent, _),) = visitor.site.received()
    assert isinstance(sent, messages.FollowUp)
    assert (OUTSIDE, 0) == (sent.channel, sent.seen)


def test_an_unknown_case_is_not_shown_as_a_report(visitor: Visitor) -> None:
    """The page warns and shows no days, but it shows a message that was sent."""
    visitor.open("abandon " * 11 + "about")
    visitor.page.click("#write-anyway")
    visitor.shows("#case h1", "unknown-title")
    expect(visitor.page.locator("#now")).to_have_class("now asked")
    expect(visitor.page.locator("#day-by-day")).to_be_hidden()
    visitor.page.fill("#follow-up-text", "Toujours là ?")
    visitor.page.check(f"#follow-up-channels-{OUTSIDE}")
    visitor.page.click("#follow-up-send")
    visitor.shows("#follow-up-done", "follow-up-sent")
    expect(visitor.page.locator("#messages")).to_contain_text("Toujours là ?")


def test_the_words_are_hidden_until_the_reporter_shows_them(visitor: Visitor) -> None:
    visitor.visit("en/status")
    veil = "getComputedStyle(document.getElementById('token')).webkitTextSecurity"
    assert visitor.page.evaluate(veil) == "disc"
    visitor.page.click("#show-typed")
    assert visitor.page.evaluate(veil) == "none"


@pytest.mark.parametrize("width", [360, 1280])
def test_the_button_to_withdraw_is_at_least_a_buttons_height_from_the_button_to_close_and_forget(
    visitor: Visitor, width: int
) -> None:
    """A button is at least 44 pixels high."""
    page = visitor.page
    page.set_viewport_size({"width": width, "height": 800})
    visitor.site.answer(report := visitor.reported(), slot_for(report))
    visitor.open()
    visitor.opened()
    close, withdraw = (page.locator(each).bounding_box() for each in ("#close", "#to-withdraw"))
    assert close
    assert withdraw
    assert withdraw["y"] - close["y"] - close["height"] > 44
