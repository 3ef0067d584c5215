"""The status page: the days to come, the name of the body that answers, and withdrawing a report."""

from dataclasses import replace
from datetime import timedelta

import pytest
from playwright.sync_api import expect

from crypto.messages import Status
from tests.support.builders import OUTSIDE, today
from tests.support.page_visitor import Visitor
from tests.support.portal_site import slot_for, with_receipt

pytestmark = pytest.mark.browser


def test_a_status_is_explained_with_the_name_of_the_body_that_answers(visitor: Visitor) -> None:
    """The text never names the inspectorate if the report was sent to another body."""
    report = visitor.reported(channel=OUTSIDE)
    for status in Status:
        visitor.site.answer(report, replace(slot_for(report), status=status))
        visitor.open()
        visitor.opened()
        visitor.shows("#status-means", f"means-{status}")
        for place in ("#status-means", "#confirmed"):
            expect(visitor.page.locator(place)).to_contain_text(OUTSIDE)
        expect(visitor.page.locator("#case")).not_to_contain_text("inspect")


def test_a_report_without_a_receipt_names_the_body_to_which_it_was_sent(visitor: Visitor) -> None:
    """If the answer is forged, the page still names that body.

    Without an authentic channel, the page names no body.
    """
    visitor.reported(channel=OUTSIDE)
    visitor.open()
    visitor.opened()
    expect(visitor.page.locator("#status-label")).to_contain_text(OUTSIDE)
    report, _ = visitor.site.report()
    visitor.site.answer(report, slot_for(report), seed=bytes(32))
    visitor.open()
    visitor.shows("#status-fault", "slot-tampered")
    expect(visitor.page.locator("#status-label")).to_contain_text(OUTSIDE)
    other = replace(slot_for(report), channel=visitor.site.site.inspectorate.id)
    visitor.site.answer(report, other)
    visitor.open()
    visitor.shows("#status-fault", "channels-differ")
    expect(visitor.page.locator("#case")).not_to_contain_text("inspect")
    expect(visitor.page.locator("#next-by")).to_be_hidden()


def test_before_the_first_answer_the_next_day_to_come_back_is_the_last_day_for_that_answer(
    visitor: Visitor,
) -> None:
    visitor.reported()
    visitor.open()
    visitor.opened()
    visitor.shows("#next-by", "first-by")
    visitor.shows("#feedback-by", "feedback-by")
    expect(visitor.page.locator("#overdue")).to_be_hidden()
    report, _ = visitor.site.report()
    visitor.site.answer(report, slot_for(report))
    visitor.open()
    visitor.shows("#next-by", "next-by")
    visitor.shows("#feedback-by", "feedback-by")


def test_the_day_for_the_acknowledgement_stays_until_the_report_is_acknowledged(visitor: Visitor) -> None:
    """An answer can say that the report was opened before the office acknowledges the report."""
    report = visitor.reported()
    visitor.open()
    visitor.opened()
    day = visitor.page.locator("#calendar-lines input").first.get_attribute("aria-label") or "?"
    unacknowledged = replace(slot_for(report), status=Status.RECEIVED, messages=())
    visitor.site.answer(report, unacknowledged)
    visitor.open()
    visitor.shows("#acknowledge-by", "acknowledge-by")
    expect(visitor.page.locator("#acknowledge-by")).to_contain_text(day)
    expect(visitor.page.locator("#calendar-lines input")).to_have_count(3)
    for place in ("next-by", "feedback-by"):
        visitor.shows(f"#{place}", place)
    visitor.site.answer(report, with_receipt(unacknowledged, report, visitor.site.site))
    visitor.open()
    visitor.shows("#next-by", "next-by")
    expect(visitor.page.locator("#acknowledge-by")).to_be_hidden()


def test_an_acknowledgement_that_is_late_is_shown_as_overdue(visitor: Visitor) -> None:
    """The next update is not due yet."""
    report = visitor.reported()
    visitor.site.answer(report, replace(slot_for(report), status=Status.RECEIVED, messages=()))
    visitor.page.clock.install(time=f"{today() + timedelta(8)}T12:00:00Z")
    visitor.open()
    visitor.shows("#overdue", "overdue")
    expect(visitor.page.locator("#acknowledge-by")).to_be_hidden()
    visitor.shows("#next-by", "next-by")


def test_a_first_answer_that_is_late_is_shown_as_overdue(visitor: Visitor) -> None:
    visitor.reported()
    visitor.page.clock.install(time=f"{today() + timedelta(8)}T12:00:00Z")
    visitor.open()
    visitor.shows("#overdue", "overdue")
    expect(visitor.page.locator("#next-by")).to_be_hidden()


def test_a_closed_case_shows_no_further_days(visitor: Visitor) -> None:
    report = visitor.reported()
    past = today() - timedelta(3)
    visitor.site.answer(report, replace(slot_for(report), status=Status.CLOSED, next_by=past))
    visitor.open()
    visitor.shows("#status-means", "means-closed")
    for place in ("#next-by", "#overdue", "#feedback-by"):
        expect(visitor.page.locator(place)).to_be_hidden()


def test_a_report_is_not_withdrawn_without_a_tick(visitor: Visitor) -> None:
    visitor.reported()
    visitor.open()
    visitor.opened()
    visitor.page.click("#to-withdraw")
    visitor.page.click("#withdraw")
    visitor.shows("#withdraw-error", "withdraw-not-meant")
    assert [each for each in visitor.requests if each.url.endswith("/withdraw")] == []
    assert len(visitor.site.received()) == 1


def test_a_withdrawn_report_is_deleted_and_its_words_open_nothing(visitor: Visitor) -> None:
    visitor.reported()
    visitor.open()
    visitor.opened()
    visitor.page.click("#to-withdraw")
    visitor.page.check("#withdraw-meant")
    visitor.page.click("#withdraw")
    expect(visitor.page.locator("#withdrawn h1")).to_be_focused()
    expect(visitor.page.locator("#case")).to_be_hidden()
    assert visitor.site.received() == []
    visitor.open()
    visitor.shows("#error", "unknown-case")
    expect(visitor.page.locator("#withdrawal")).to_be_hidden()
