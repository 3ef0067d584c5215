"""What the site says of its keyring is looked up in the one that is signed before a page tells it."""

import json
from collections.abc import Callable

import pytest
from playwright.sync_api import Route

from tests.support.builders import OUTSIDE
from tests.support.page_visitor import ENVELOPES, Visitor, times
from tests.support.portal_site import without

pytestmark = pytest.mark.browser

SAID = {"channel_unknown": 400, "no_keyring": 503}


def saying(code: str) -> Callable[[Route], None]:
    """Return a host that refuses with this word."""

    def answer(route: Route) -> None:
        body = json.dumps({"code": code})
        route.fulfill(status=SAID[code], body=body, content_type="application/problem+json")

    return answer


def keyrings_asked_for(visitor: Visitor) -> int:
    return sum(request.url.endswith("/keyring.json") for request in visitor.requests)


@pytest.mark.parametrize("code", SAID)
def test_a_reader_who_is_on_the_signed_list_is_not_said_to_be_gone(visitor: Visitor, code: str) -> None:
    """Whatever the site says: else it would steer a report to the reader whom it concerns."""
    visitor.page.clock.install()
    visitor.write()
    visitor.page.route(ENVELOPES, saying(code))
    assert keyrings_asked_for(visitor) == 1
    visitor.confirm()
    visitor.give_up()
    visitor.shows("#send-error", "site-contradicts")
    assert keyrings_asked_for(visitor) == 2
    visitor.page.unroute(ENVELOPES)
    visitor.page.click("#retry")
    visitor.arrived()


def test_a_follow_up_is_refused_by_no_word_of_the_site_alone(visitor: Visitor) -> None:
    visitor.reported()
    visitor.open()
    visitor.opened()
    visitor.page.fill("#follow-up-text", "Encore")
    visitor.page.route(ENVELOPES, saying("channel_unknown"))
    visitor.page.click("#follow-up-send")
    visitor.shows("#follow-up-error", "site-contradicts")


def test_a_reader_who_was_taken_off_the_signed_list_is_said_to_be_gone(visitor: Visitor) -> None:
    """Control: the portal refuses rightly, and the list was changed while the page was open."""
    visitor.write(channel=OUTSIDE)
    visitor.site.publish_changed(without(visitor.site.keyring, OUTSIDE))
    visitor.confirm()
    visitor.shows("#send-error", "channel-not-listed")


@pytest.mark.parametrize(
    ("file", "answer", "shown"),
    [
        ("keyring.sig", lambda route: route.fulfill(status=200, body=bytes(64)), "keyring-invalid"),
        ("keyring.json", saying("no_keyring"), "site-contradicts"),
        ("keyring.json", lambda route: route.abort(), "offline"),
    ],
    ids=["forged", "none", "unreachable"],
)
def test_where_no_signed_list_comes_that_is_what_is_told(
    visitor: Visitor, file: str, answer: Callable[[Route], None], shown: str
) -> None:
    """A portal that had a keyring a moment ago has one."""
    visitor.write()
    visitor.page.route(f"**/{file}", answer)
    visitor.page.route(ENVELOPES, saying("channel_unknown"))
    visitor.confirm()
    visitor.shows("#send-error", shown)


def test_a_site_that_has_had_no_keyring_yet_is_believed(visitor: Visitor) -> None:
    """Nothing is known that contradicts it; the page tells it as the site's word."""
    visitor.page.route("**/keyring.json", times(1, saying("no_keyring")))
    visitor.visit("fr/report")
    visitor.shows("#closed", "no-keyring")
