"""The answer page: next steps, history by day, prepared sentences to start with, days to come back."""

import re
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from dateutil.relativedelta import relativedelta
from playwright.sync_api import Page, ViewportSize, expect

from crypto.messages import FollowUp, Received, Reply, Report, Slot, Status
from templates.catalogues import LANGUAGES
from tests.support import firefox_peer, page_modules
from tests.support.builders import today
from tests.support.offline_form import OfflineVisitor
from tests.support.page_visitor import DESKTOP, SLOW, Visitor
from tests.support.portal_site import PortalSite, slot_for, with_receipt

pytestmark = pytest.mark.browser

SMALL = ViewportSize(width=360, height=640)
# Words that must not appear in a line that reporters copy into their calendar.
TELLING = re.compile(
    r"fanal|signal|report|alert|inspect|douan|custom|dossier|case|réponse|answer", re.IGNORECASE
)
BEGINNINGS = ("#begin-again", "#begin-unsafe", "#begin-more")


def before(days: int) -> date:
    return today() - timedelta(days)


def asking(report: Report) -> Slot:
    """Return a slot with two messages and one confirmed follow-up. The second message asks something."""
    return replace(
        slot_for(report),
        serial=3,
        status=Status.INFO_REQUESTED,
        issued=before(1),
        messages=(Reply(1, before(9), "Bien reçu."), Reply(3, before(1), "Quel jour ?")),
        received=Received(1, (bytes(8),), before(4)),
    )


def opened(visitor: Visitor, slot: Slot) -> Page:
    """Open the case that has this slot."""
    visitor.site.answer(visitor.site.report()[0], slot)
    visitor.open()
    visitor.opened()
    return visitor.page


def timeline(page: Page) -> list[tuple[str, list[str]]]:
    """Return each day in the timeline with its entries."""
    return [
        (
            day.locator("time").get_attribute("datetime") or "",
            [
                " | ".join(filter(None, each.inner_text().splitlines()))
                for each in day.locator("ul > li").all()
            ],
        )
        for day in page.locator("#messages > li").all()
    ]


def said(page: Page, code: str, **values: str) -> str:
    text = page.locator(f"#texts [data-code={code}]").text_content() or ""
    return text.format(**values)


def test_the_timeline_shows_no_day_that_only_the_site_claims(visitor: Visitor) -> None:
    """Before an answer, the timeline has only the day of the report.

    This day is from the memo that the reporter's own page sealed.
    """
    visitor.reported()
    visitor.open()
    visitor.opened()
    assert timeline(visitor.page) == [(str(today()), [said(visitor.page, "event-reported")])]
    visitor.shows("#claim", "state-waiting")
    expect(visitor.page.locator("#newest-first")).to_be_hidden()


@pytest.mark.parametrize("count", [0, 1, 2])
def test_the_page_says_which_message_is_the_newest_only_if_there_are_several(
    visitor: Visitor, count: int
) -> None:
    """The timeline has two events, too."""
    report = visitor.reported()
    messages = tuple(Reply(serial, today(), f"{serial}.") for serial in range(1, count + 1))
    page = opened(visitor, replace(slot_for(report), serial=3, messages=messages))
    expect(page.locator("#messages .event")).to_have_count(2)
    expect(page.locator("#no-messages")).to_be_visible(visible=count == 0)
    expect(page.locator("#newest-first")).to_be_visible(visible=count > 1)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_emergency_numbers_are_visible_as_soon_as_the_case_is_open(
    visitor: Visitor, language: str
) -> None:
    """The page cannot know whether the report says that somebody is in danger.

    The numbers are above the bar of a small phone.
    """
    visitor.language = language
    report = visitor.reported()
    page = visitor.page
    page.set_viewport_size(SMALL)
    opened(visitor, slot_for(report))
    numbers = page.locator("#case > .danger a")
    bar = page.locator(".leave").bounding_box()
    assert bar
    assert numbers.count() == 3
    for each in numbers.all():
        expect(each).to_be_in_viewport(ratio=1)
        place = each.bounding_box()
        assert place
        assert place["y"] + place["height"] <= bar["y"]


def test_the_timeline_shows_a_case_by_days_with_the_newest_day_first(visitor: Visitor) -> None:
    """The timeline lists messages, the status on its day, the follow-ups that were read, and the receipt."""
    report = visitor.reported()
    page = opened(visitor, with_receipt(asking(report), report, visitor.site.site, day=before(4)))
    name = visitor.site.keyring.channels[0].name.fr
    them = said(page, "message-them", name=name)
    status = said(page, "event-status", status=said(page, "status-info_requested"))
    assert timeline(page) == [
        (str(today()), [said(page, "event-reported")]),
        (str(before(1)), [status, f"{them} | Quel jour ?"]),
        (str(before(4)), [said(page, "event-received"), said(page, "event-receipt", name=name)]),
        (str(before(9)), [f"{them} | Bien reçu."]),
    ]


def test_within_a_day_the_timeline_also_shows_the_newest_event_first_and_says_so(visitor: Visitor) -> None:
    """The page says that the newest event is at the top."""
    report = visitor.reported()
    days = (before(1), before(1), today(), today())
    messages = tuple(Reply(serial, day, f"{serial}.") for serial, day in enumerate(days, 1))
    slot = replace(
        slot_for(report), serial=4, issued=today(), messages=messages, received=Received(0, (), None)
    )
    page = opened(visitor, slot)
    for text in ("5.", "6."):
        visitor.follow_up(text)
        expect(page.locator("#messages .you").first).to_contain_text(text)
    assert [each.rstrip() for each in page.locator("#messages .written").all_inner_texts()] == [
        f"{number}." for number in (6, 5, 4, 3, 2, 1)
    ]
    expect(page.locator("#newest-first")).to_be_visible()


def test_a_message_that_was_just_sent_is_first_in_the_timeline(visitor: Visitor) -> None:
    report = visitor.reported()
    page = opened(visitor, slot_for(report))
    visitor.follow_up("Mardi.")
    (_, entries), *_ = timeline(page)
    assert entries[0] == f"{said(page, 'message-you', number='1')} | Mardi."


def test_text_typed_after_a_message_was_sent_is_shown_as_not_sent(visitor: Visitor) -> None:
    """The old confirmation disappears, and nothing moves. The control is the empty field."""
    report = visitor.reported()
    page = opened(visitor, slot_for(report))
    unsent = page.locator("#follow-up-unsent")
    expect(unsent).to_be_hidden()
    visitor.follow_up("Mardi.")
    expect(unsent).to_be_hidden()
    before = page.locator("#come-back").evaluate("(each) => each.offsetTop")
    page.fill("#follow-up-text", "Mercredi.")
    expect(unsent).to_be_visible()
    expect(page.locator("#follow-up-done")).to_be_hidden()
    assert page.locator("#come-back").evaluate("(each) => each.offsetTop") == before
    page.fill("#follow-up-text", "")
    expect(unsent).to_be_hidden()
    page.press("#begin-unsafe", "Enter")
    expect(unsent).to_be_visible()


@pytest.mark.parametrize("screen", [SMALL, DESKTOP], ids=["telephone", "desktop"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_space_below_the_send_button_is_no_higher_than_the_text_that_appears_there(
    visitor: Visitor, language: str, screen: ViewportSize
) -> None:
    """The space fits the confirmation and the error summary for an empty message, whichever is higher."""
    visitor.language = language
    visitor.page.set_viewport_size(screen)
    report = visitor.reported()
    page = opened(visitor, slot_for(report))
    room = "(each) => each.getBoundingClientRect().height"
    empty = page.locator("#follow-up-said").evaluate(room)
    gap = page.evaluate(
        """() => document.querySelector("#come-back").getBoundingClientRect().top
          - document.querySelector("#follow-up-send").getBoundingClientRect().bottom"""
    )
    assert gap - empty < 40
    page.press("#follow-up-send", "Enter")
    shown = [page.locator("#follow-up-error").evaluate(room)]
    page.press("#begin-unsafe", "Enter")
    assert page.locator("#danger-sent").is_hidden()
    page.press("#follow-up-send", "Enter")
    expect(page.locator("#follow-up-done")).to_be_visible(timeout=SLOW)
    shown.append(page.locator("#follow-up-done").evaluate(room))
    assert page.locator("#follow-up-said").evaluate(room) == empty
    assert max(shown) <= empty < max(shown) + 30


def test_each_confirmation_says_which_message_has_arrived(visitor: Visitor) -> None:
    report = visitor.reported()
    page = opened(visitor, slot_for(report))
    for number, text in (("1", "Mardi."), ("2", "Mercredi.")):
        visitor.follow_up(text)
        expect(page.locator("#follow-up-done")).to_have_text(said(page, "follow-up-sent", number=number))


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_question_to_the_reporter_is_shown_before_all_other_text(visitor: Visitor, language: str) -> None:
    """The question names the body that asks, and fits the first screen of a small phone."""
    visitor.language = language
    visitor.page.set_viewport_size(SMALL)
    report = visitor.reported()
    page = opened(visitor, asking(report))
    visitor.shows("#status-means", "means-info_requested")
    expect(page.locator("#now")).to_have_class("now asked")
    name = getattr(visitor.site.keyring.channels[0].name, language)
    expect(page.locator("#status-means")).to_contain_text(name)
    expect(page.locator("#status-means")).to_be_in_viewport(ratio=1)
    first = page.locator("#case").evaluate("(each) => each.innerText.split('\\n').filter(Boolean)[1]")
    assert first == page.locator("#status-means").inner_text()
    page = opened(visitor, slot_for(report))
    expect(page.locator("#now")).to_have_class("now")


def test_a_prepared_sentence_is_only_inserted_into_the_field(visitor: Visitor) -> None:
    """The sentence is inserted once, below the text in the field.

    Nothing is sent before “send” is pressed.
    """
    report = visitor.reported()
    page = opened(visitor, slot_for(report))
    page.fill("#follow-up-text", "Hier soir.")
    visitor.requests.clear()
    wanted = "Hier soir."
    for place in BEGINNINGS:
        line = page.locator(place).get_attribute("data-begin")
        wanted = f"{wanted.rstrip()}\n\n{line} "
        page.locator(place).dblclick()
        page.locator(place).press("Enter")
        assert page.input_value("#follow-up-text") == wanted
    assert visitor.requests == []
    page.keyboard.insert_text("fin")
    page.click("#follow-up-send")
    visitor.shows("#follow-up-done", "follow-up-sent")
    (sent,) = [message for message, _ in visitor.site.received() if isinstance(message, FollowUp)]
    assert sent.text == f"{wanted}fin"


def test_a_reporter_who_feels_unsafe_sees_the_emergency_numbers_first(visitor: Visitor) -> None:
    """The numbers are above the field and have the focus.

    Choosing another sentence does not hide the numbers.
    """
    report = visitor.reported()
    page = opened(visitor, slot_for(report))
    expect(page.locator("#danger-now")).to_be_hidden()
    page.click("#begin-unsafe")
    expect(page.locator("#danger-now")).to_be_focused()
    numbers = page.locator("#danger-now a")
    assert {(each.get_attribute("href") or "").partition(":")[0] for each in numbers.all()} == {"tel", "sms"}
    places = [page.locator(each).bounding_box() for each in ("#danger-now", "#follow-up-text")]
    assert [box["y"] for box in places if box] == sorted(box["y"] for box in places if box)
    assert page.input_value("#follow-up-text").startswith(
        page.get_attribute("#begin-unsafe", "data-begin") or "?"
    )
    page.click("#begin-more")
    expect(page.locator("#danger-now")).to_be_visible()


def test_a_reporter_who_feels_unsafe_sees_the_emergency_numbers_again_after_sending(
    visitor: Visitor,
) -> None:
    """The numbers are beside the confirmation, even on a small phone.

    The control is a message without the sentence about feeling unsafe.
    """
    report = visitor.reported()
    page = opened(visitor, slot_for(report))
    page.set_viewport_size({"width": 360, "height": 640})
    visitor.follow_up("Encore.")
    expect(page.locator("#follow-up .danger:visible")).to_have_count(0)
    page.press("#begin-unsafe", "Enter")
    page.press("#follow-up-send", "Enter")
    expect(page.locator("#danger-sent")).to_be_visible(timeout=SLOW)
    page.locator("#follow-up-done").scroll_into_view_if_needed()
    for number in page.locator("#danger-sent a").all():
        expect(number).to_be_in_viewport(ratio=1)


def test_the_error_about_an_empty_message_disappears_once_the_message_has_text_or_a_file(
    visitor: Visitor, file: Path
) -> None:
    """A prepared sentence, a letter, or a file is enough."""
    report = visitor.reported()
    page = opened(visitor, slot_for(report))
    for way in ("sentence", "letter", "file"):
        page.fill("#follow-up-text", "")
        page.press("#follow-up-send", "Enter")
        visitor.shows("#follow-up-error", "empty-follow-up")
        if way == "sentence":
            page.press("#begin-unsafe", "Enter")
        elif way == "letter":
            page.fill("#follow-up-text", "a")
        else:
            page.set_input_files("#follow-up-files", file)
        expect(page.locator("#follow-up-error")).to_be_hidden()
        visitor.shows("#follow-up .wrong", "changed")


@pytest.mark.parametrize("after", [0, 2])
def test_the_page_and_the_acknowledgement_give_the_same_day_for_feedback(
    visitor: Visitor, after: int
) -> None:
    """If two days were shown for the same answer, reporters would not know which day counts.

    Before the acknowledgement, the time runs from the last day on which the acknowledgement may come.
    """
    report = visitor.reported()
    shown = {}
    acknowledged = before(-after)
    told = with_receipt(slot_for(report), report, visitor.site.site, day=acknowledged)
    page = visitor.page
    for slot in (slot_for(report), told):
        opened(visitor, slot)
        shown[slot.receipt is None] = page.locator("#feedback-by").inner_text()
    page_modules.load(page, "texts")
    for is_open, since in ((True, today() + timedelta(7)), (False, acknowledged)):
        day = page.evaluate("(day) => modules.texts.dayText(day)", str(since + relativedelta(months=3)))
        assert day in shown[is_open]
    assert shown[True] != shown[False]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_timeline_says_how_many_messages_were_opened(visitor: Visitor, language: str) -> None:
    """The reporter has sent one message or several. Only the day of the last message is known."""
    visitor.language = language
    report = visitor.reported()
    told = {
        "fr": (
            "Ce nouveau message a été ouvert.",
            "2 messages ont été ouverts\u00a0; celui-ci est le dernier.",
        ),
        "en": ("That message was opened.", "2 messages were opened; this one is the last."),
    }[language]
    for count, text in enumerate(told, 1):
        slot = replace(slot_for(report), received=Received(count, (bytes(8),) * count, today()))
        page = opened(visitor, slot)
        expect(page.locator("#messages")).to_contain_text(text)


def test_the_days_to_come_back_stand_in_a_box(visitor: Visitor) -> None:
    """The box has a border on each side, which the sections around it do not have."""
    report = visitor.reported()
    page = opened(visitor, slot_for(report))
    box = page.locator("#come-back")
    for day in ("#next-by", "#feedback-by"):
        expect(box.locator(day)).to_be_visible()
        expect(box.locator(day)).not_to_be_empty()
    borders = """(each) => ["top", "right", "bottom", "left"].map(
      (side) => parseFloat(getComputedStyle(each).getPropertyValue(`border-${side}-width`)))"""
    assert [width > 0 for width in box.evaluate(borders)] == [True] * 4
    assert page.locator("#day-by-day").evaluate(borders) == [0] * 4


def test_a_closed_case_shows_no_day_to_come_back(visitor: Visitor) -> None:
    report = visitor.reported()
    page = opened(visitor, replace(slot_for(report), status=Status.CLOSED))
    expect(page.locator("#come-back")).to_be_hidden()


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_line_for_the_calendar_reveals_nothing_but_a_day(visitor: Visitor, language: str) -> None:
    """The page offers one line for each day that it names. No line hints at a report."""
    visitor.language = language
    report = visitor.reported()
    page = opened(visitor, slot_for(report))
    page_modules.load(page, "texts")
    page.click("#calendar summary")
    lines = [each.input_value() for each in page.locator("#calendar-lines input").all()]
    days = page.locator("#acknowledge-by, #next-by, #feedback-by").all_inner_texts()
    labels = [each.get_attribute("aria-label") or "?" for each in page.locator("#calendar-lines input").all()]
    assert [label in text for label, text in zip(labels, days, strict=True)] == [True] * 3
    short = page.evaluate("(day) => modules.texts.shortDay(day)", str(slot_for(report).next_by))
    assert lines[1].startswith(short)
    assert [line for line in lines if TELLING.search(line)] == []
    assert TELLING.search(said(page, "event-reported")), "the control"


def test_if_the_reporter_changes_the_line_for_the_calendar_the_changed_line_is_copied(
    visitor: Visitor,
) -> None:
    """Reporters can choose their own words. The page neither sends nor keeps these words."""
    report = visitor.reported()
    page = opened(visitor, slot_for(report))
    visitor.requests.clear()
    page.click("#calendar summary")
    page.locator("#calendar-lines input").first.fill("Rappeler le garage")
    page.locator("#calendar-lines button").first.click()
    visitor.shows("#calendar-copied", "line-copied")
    page.focus("#follow-up-text")
    page.keyboard.press("Control+V")
    assert page.input_value("#follow-up-text") == "Rappeler le garage"
    assert visitor.requests == []


def test_confirmations_are_shown_above_the_bar_of_a_small_phone(visitor: Visitor) -> None:
    """The bar does not cover a confirmation, even if the pressed button was just above the bar."""
    report = visitor.reported()
    page = opened(visitor, slot_for(report))
    page.set_viewport_size({"width": 360, "height": 640})
    page.click("#calendar summary")
    for text in page.locator("#calendar-lines input").all():
        assert text.evaluate("(each) => each.scrollWidth <= each.clientWidth")
    page.fill("#follow-up-text", "Encore.")
    bar = page.locator(".leave").bounding_box()
    assert bar
    for button, line in (
        ("#calendar-lines li:last-child button", "#calendar-copied"),
        ("#follow-up-send", "#follow-up-done"),
    ):
        pressed = page.locator(button)
        pressed.evaluate(
            "(each, top) => scrollBy(0, each.getBoundingClientRect().bottom - top)",
            bar["y"],
        )
        pressed.dispatch_event("click")
        expect(page.locator(line)).not_to_be_empty(timeout=SLOW)
        place = page.locator(line).bounding_box()
        assert place
        assert 0 < place["y"] + place["height"] <= bar["y"]


def test_the_offline_form_shows_the_same_answer_page_without_any_request(
    offline_visitor: OfflineVisitor, site: PortalSite
) -> None:
    """The form shows the timeline, the prepared sentences and the days to come back."""
    offline_visitor.save()
    offline_visitor.start()
    offline_visitor.write()
    offline_visitor.post(offline_visitor.seal())
    site.answer(site.report()[0], asking(site.report()[0]))
    page = offline_visitor.page
    page.on("dialog", lambda dialog: dialog.accept())
    offline_visitor.start()
    page.set_input_files("#slot-file", offline_visitor.fetch(offline_visitor.locate()))
    expect(page.locator("#messages .them")).to_have_count(2, timeout=SLOW)
    assert [day for day, _ in timeline(page)] == [str(before(days)) for days in (0, 1, 4, 9)]
    offline_visitor.shows("#status-means", "means-info_requested")
    page.click("#begin-unsafe")
    expect(page.locator("#danger-now")).to_be_focused()
    page.click("#calendar summary")
    expect(page.locator("#calendar-lines input")).to_have_count(3)
    assert {request.url.partition(":")[0] for request in offline_visitor.requests} == {"file"}
    assert offline_visitor.complaints == []


@pytest.mark.long
@pytest.mark.soak
def test_firefox_shows_the_same_answer_page(visitor: Visitor) -> None:
    """Firefox inserts a prepared sentence.

    A double click opens the step to withdraw, but confirms nothing.
    """
    visitor.site.answer(visitor.reported(), slot_for(visitor.site.report()[0]))
    with firefox_peer.browsing({}) as peer:
        peer.does("visit", address=visitor.site.address, language="fr")
        peer.does("open", words=" ".join(visitor.words))
        found = peer.does("withdraw", begin="#begin-again")
    assert found == {
        "begun": "On m\N{RIGHT SINGLE QUOTATION MARK}a recontacté(e). ",
        "meant": False,
        "path": "/fr/status",
    }
    assert visitor.site.received() == []
