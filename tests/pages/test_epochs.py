"""Intake keys change while people write: the page uses the key of the day, or says what is closed."""

import secrets
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest
from playwright.sync_api import Page, expect

from crypto.keyring import Channel, IntakeKey, Keyring, Texts
from crypto.recipients import HybridIdentity
from tests.support.builders import INSPECTORATE, OUTSIDE, make_keyring, today
from tests.support.page_visitor import Visitor
from tests.support.portal_site import closed, slot_for

pytestmark = pytest.mark.browser

NOTE = Texts("Tél. 01 00 00 00 00", "Tel. +33 1 00 00 00 00")
EPOCHS = [(-10, 80), (81, 171), (172, 262)]


def at(day: int) -> date:
    return today() + timedelta(day)


def keys(visitor: Visitor) -> list[IntakeKey]:
    """Return the inspectorate's keys for three consecutive epochs."""
    made = [HybridIdentity.from_seed(secrets.token_bytes(32)) for _ in EPOCHS]
    visitor.site.more_intake = made
    recipients = [identity.recipient() for identity in made]
    return [
        IntakeKey(recipient.key_id, recipient.encode(), at(first), at(last))
        for recipient, (first, last) in zip(recipients, EPOCHS, strict=True)
    ]


def with_intake(value: Keyring, *listed: IntakeKey) -> Keyring:
    first, *others = value.channels
    return replace(value, channels=(replace(first, intake_keys=listed), *others))


def publish(visitor: Visitor, serial: int, day: int, *listed: IntakeKey) -> None:
    """Publish the keyring that the inbox would issue on this day."""
    usual = make_keyring(visitor.site.site, serial, day=at(day)).value
    visitor.site.publish_changed(with_intake(replace(usual, valid_until=at(day + 35)), *listed))


def set_day(page: Page, day: int) -> None:
    page.clock.set_system_time(datetime.combine(at(day), time(12), UTC))


def newest(visitor: Visitor) -> bytes:
    """Send the report. Return the id of the key to which the report was sealed."""
    before = {message.case_id for message, _ in visitor.site.received()}
    visitor.confirm()
    visitor.arrived()
    (report,) = [each for each, _ in visitor.site.received() if each.case_id not in before]
    return report.key_id


def test_in_each_of_three_epochs_the_page_uses_the_key_of_the_day(visitor: Visitor) -> None:
    """The keyring lists the next key in advance, and the page uses that key from its first day."""
    listed = keys(visitor)
    visitor.page.clock.install()
    expected = {0: 0, 79: 0, 81: 1, 171: 1, 172: 2}
    keyrings = {0: (2, 0, listed[:1]), 79: (3, 60, listed[:2]), 171: (4, 150, listed[1:])}
    used = {}
    for day in expected:
        if day in keyrings:
            serial, issued, shown = keyrings[day]
            publish(visitor, serial, issued, *shown)
        set_day(visitor.page, day)
        visitor.write()
        used[day] = [key.id for key in listed].index(newest(visitor))
    assert expected == used


def test_a_page_that_stays_open_into_the_next_epoch_uses_the_new_key(visitor: Visitor) -> None:
    """The page makes no request to learn the new key, because its keyring already lists it."""
    listed = keys(visitor)
    visitor.page.clock.install()
    publish(visitor, 2, 60, *listed[:2])
    set_day(visitor.page, 80)
    visitor.write()
    set_day(visitor.page, 81)
    asked = len([each for each in visitor.requests if "keyring" in each.url])
    assert listed[1].id == newest(visitor)
    assert asked == len([each for each in visitor.requests if "keyring" in each.url])


def test_if_the_last_key_of_an_open_page_expires_the_page_fetches_a_new_keyring(visitor: Visitor) -> None:
    """The page's keyring is still valid, but was issued before the next key existed."""
    listed = keys(visitor)
    visitor.page.clock.install()
    publish(visitor, 2, 60, listed[0])
    set_day(visitor.page, 80)
    visitor.write()
    set_day(visitor.page, 82)
    publish(visitor, 3, 81, listed[1])
    assert listed[1].id == newest(visitor)


def test_a_report_is_not_sent_if_its_channel_closed_while_the_reporter_was_writing(visitor: Visitor) -> None:
    listed = keys(visitor)
    visitor.page.clock.install()
    publish(visitor, 2, 60, listed[0])
    set_day(visitor.page, 80)
    visitor.write()
    set_day(visitor.page, 82)
    visitor.confirm()
    visitor.shows("#send-error", "channel-closed")
    assert [] == visitor.site.received()


def noted(value: Keyring, *shut: str) -> Keyring:
    """Return the keyring with a note on every channel. The channels in ``shut`` have no valid key."""

    def changed(each: Channel) -> Channel:
        return replace(each, note=NOTE)

    ended = {each.id: each for each in closed(value).channels}
    channels = (ended[each.id] if each.id in shut else each for each in value.channels)
    return replace(value, channels=tuple(map(changed, channels)))


@pytest.mark.parametrize(
    ("language", "words"),
    [("fr", ["depuis le", NOTE.fr, "procureur"]), ("en", ["since", NOTE.en, "public prosecutor"])],
)
def test_a_closed_site_states_above_the_form_when_it_closed_and_how_else_to_report(
    visitor: Visitor, language: str, words: list[str]
) -> None:
    value = make_keyring(visitor.site.site).value
    visitor.site.publish_changed(noted(value, INSPECTORATE, OUTSIDE))
    visitor.visit(f"{language}/report")
    visitor.shows("#closed", "channel-closed")
    expect(visitor.page.locator("#what")).to_be_hidden()
    routes = visitor.page.locator("#closed-routes")
    for word in [*words, INSPECTORATE, OUTSIDE, str(today().day), str(today().year)]:
        expect(routes).to_contain_text(word)


def test_a_closed_channel_is_named_at_the_top_and_cannot_be_chosen(visitor: Visitor) -> None:
    visitor.site.publish_changed(noted(make_keyring(visitor.site.site).value, OUTSIDE))
    visitor.visit("fr/report")
    routes = visitor.page.locator("#closed-routes")
    expect(routes).to_contain_text(OUTSIDE)
    expect(routes).not_to_contain_text(INSPECTORATE)
    visitor.page.fill("#what", "Mon chef d'inspection…")
    visitor.turn_to("#coi-yes")
    expect(visitor.page.locator(f"#channels-{OUTSIDE}")).to_be_disabled()
    visitor.page.check("#coi-yes")
    visitor.shows("#channels-only", "no-other-reader")
    expect(visitor.page.locator("#channels-only")).to_contain_text(INSPECTORATE)
    expect(visitor.page.locator("#channels input:checked")).to_have_count(0)
    visitor.go_on()
    visitor.shows("#error", "no-reader-chosen")
    visitor.page.check(f"#channels-{INSPECTORATE}")
    visitor.to_token()


def test_the_page_mentions_no_closed_channel_if_all_are_open(visitor: Visitor) -> None:
    visitor.site.publish_changed(noted(make_keyring(visitor.site.site).value))
    visitor.visit("fr/report")
    expect(visitor.page.locator("#what")).to_be_visible()
    expect(visitor.page.locator("#closed-routes")).to_be_hidden()


def test_only_the_outside_body_can_read_a_report_about_the_inspectorate(visitor: Visitor) -> None:
    """The report is sealed to the key of the outside body. The inspectorate does not have the private key."""
    visitor.visit("fr/report")
    visitor.page.fill("#what", "Mon chef d'inspection…")
    visitor.turn_to("#channels")
    visitor.page.check(f"#channels-{INSPECTORATE}")
    visitor.page.check("#coi-yes")
    visitor.to_token()
    visitor.confirm()
    visitor.arrived()
    report, _ = visitor.site.report()
    outside = visitor.site.site.outside
    assert (OUTSIDE, outside.intake.recipient().key_id) == (report.channel, report.key_id)


def test_a_returning_reporter_learns_before_writing_that_the_channel_is_closed(visitor: Visitor) -> None:
    report = visitor.reported()
    visitor.site.answer(report, slot_for(report))
    value = make_keyring(visitor.site.site, 2).value
    visitor.site.publish_changed(noted(value, INSPECTORATE))
    visitor.open()
    visitor.opened()
    expect(visitor.page.locator("#closed-routes")).to_contain_text(NOTE.fr)
    visitor.site.publish_changed(noted(replace(value, serial=3), OUTSIDE))
    visitor.open()
    visitor.opened()
    expect(visitor.page.locator("#closed-routes")).to_be_hidden()
