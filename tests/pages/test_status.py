"""The status page in a real browser: token, answer, follow-up."""

from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from itertools import permutations
from pathlib import Path

import pytest
from mnemonic import Mnemonic
from playwright.sync_api import Route, expect

from crypto import casetoken, messages
from crypto.messages import FollowUp, Received, Reply, Status
from tests.support.builders import INSPECTORATE, OUTSIDE, make_keyring, today
from tests.support.page_visitor import ENVELOPES, FILE, Visitor, times
from tests.support.portal_site import REPLY, slot_for, without

pytestmark = [pytest.mark.browser, pytest.mark.long]


def test_a_case_is_waiting_until_the_inspectorate_has_signed(visitor: Visitor) -> None:
    visitor.report()
    visitor.open()
    visitor.opened()
    visitor.shows("#status-label", "not-confirmed")
    visitor.shows("#claim", "state-waiting")
    visitor.shows("#no-messages", "no-messages")
    expect(visitor.page.locator("#confirmed")).to_be_hidden()
    assert visitor.page.input_value("#token") == ""


def test_a_signed_slot_is_shown_whole(visitor: Visitor) -> None:
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


def test_an_answer_names_the_body_that_was_written_to(visitor: Visitor) -> None:
    """Who chose a body outside must not read that the inspectorate has the report."""
    visitor.reported(channel=OUTSIDE)
    visitor.site.answer(visitor.site.report()[0], slot_for(visitor.site.report()[0]))
    visitor.open()
    visitor.opened()
    expect(visitor.page.locator("#confirmed")).to_contain_text(OUTSIDE)
    expect(visitor.page.locator("#messages .them .hint")).to_contain_text(OUTSIDE)
    expect(visitor.page.locator("#case")).not_to_contain_text("inspection")


@pytest.mark.parametrize("is_answered", [False, True])
def test_a_body_that_was_taken_off_the_list_is_said_to_be_gone(
    visitor: Visitor, *, is_answered: bool
) -> None:
    """Nothing is called forged, late or theirs to write; once it is back on the list, so is its answer."""
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


def test_every_status_has_its_words(visitor: Visitor) -> None:
    report = visitor.reported()
    for status in Status:
        visitor.site.answer(report, replace(slot_for(report), status=status))
        visitor.open()
        visitor.opened()
        visitor.shows("#status-label", f"status-{status}")


def test_an_update_that_does_not_come_is_pointed_out(visitor: Visitor) -> None:
    report = visitor.reported()
    visitor.site.answer(report, replace(slot_for(report), next_by=today() - timedelta(1)))
    visitor.open()
    visitor.shows("#overdue", "overdue")
    expect(visitor.page.locator("#next-by")).to_be_hidden()


@pytest.mark.parametrize("forged", ["signer", "case", "channel"])
def test_a_slot_that_is_not_from_the_reader_of_the_case_is_not_shown(visitor: Visitor, forged: str) -> None:
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
def test_a_slot_by_a_key_past_its_days_holds_until_the_next_is_due(
    visitor: Visitor, next_by: int, past: int, *, believed: bool
) -> None:
    """But not for more than 35 days, since whoever stole the key chose when the next is due."""
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


def test_follow_ups_are_signed_by_the_reporter_and_arrive(visitor: Visitor, file: Path) -> None:
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


def test_a_follow_up_that_failed_is_sent_again_under_the_same_id(visitor: Visitor) -> None:
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


def test_a_file_taken_away_after_a_failure_is_not_sent(visitor: Visitor, file: Path) -> None:
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


def test_what_is_being_sent_cannot_be_changed(visitor: Visitor, file: Path) -> None:
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


def test_a_token_that_opens_nothing_is_explained(visitor: Visitor) -> None:
    """Only one that could be a token is asked for at the portal."""
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
        visitor.page.press("#open", "Enter")  # a second press of a pointer at the same place would do nothing
        visitor.shows("#error", code)


def words_of_both_lists() -> str:
    """Return twelve words that are a token in either language, as by chance."""
    lists = [set(Mnemonic(name).wordlist) for name in ("english", "french")]
    for last in permutations(sorted(lists[0] & lists[1]), 2):
        text = " ".join(["abandon"] * 10 + list(last))
        with suppress(casetoken.WrongChecksum):
            if len(casetoken.parse(text)) == 2:
                return text
    raise AssertionError


def test_words_that_fit_both_languages_are_asked_about(visitor: Visitor) -> None:
    visitor.open(words_of_both_lists())
    visitor.shows("#error", "two-languages")
    visitor.page.click("#language-en")
    visitor.shows("#error", "unknown-case")


def test_words_may_be_typed_as_people_do(visitor: Visitor) -> None:
    """Capitals, no accents, four letters, commas and line ends."""
    visitor.reported()
    typed = ",\n".join(casetoken._plain(word)[0][:4].upper() for word in visitor.words)
    visitor.open(typed)
    visitor.opened()


def test_whoever_is_sure_of_the_words_may_write_to_a_portal_that_forgot(visitor: Visitor) -> None:
    """The channel is asked for, as nothing authentic names it."""
    visitor.open("abandon " * 11 + "about")
    visitor.shows("#error", "unknown-case")
    visitor.page.click("#write-anyway")
    visitor.page.click("#follow-up-send")
    expect(visitor.page.locator("#follow-up-error li")).to_have_count(2)
    visitor.page.fill("#follow-up-text", "Toujours là ?")
    visitor.shows("#follow-up-error li", "no-channel-chosen")
    visitor.page.click("#follow-up-send")
    visitor.shows("#follow-up-error li", "no-channel-chosen")
    visitor.page.check(f"#follow-up-channels-{OUTSIDE}")
    visitor.page.click("#follow-up-send")
    visitor.shows("#follow-up-done", "follow-up-sent")
    ((sent, _),) = visitor.site.received()
    assert isinstance(sent, messages.FollowUp)
    assert (OUTSIDE, 0) == (sent.channel, sent.seen)


def test_a_case_that_was_not_found_is_not_shown_as_a_report(visitor: Visitor) -> None:
    """It warns, and has no days; a message that was sent is shown all the same."""
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


def test_the_token_is_veiled_until_asked_for(visitor: Visitor) -> None:
    visitor.visit("en/status")
    veil = "getComputedStyle(document.getElementById('token')).webkitTextSecurity"
    assert visitor.page.evaluate(veil) == "disc"
    visitor.page.click("#show-typed")
    assert visitor.page.evaluate(veil) == "none"
