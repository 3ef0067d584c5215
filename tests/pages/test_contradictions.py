"""The page checks the site's statements about its keyring against the signed keyring before it shows them."""

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
    """Return a route handler for a host that refuses every request with this code."""

    def answer(route: Route) -> None:
        body = json.dumps({"code": code})
        route.fulfill(status=SAID[code], body=body, content_type="application/problem+json")

    return answer


def keyrings_asked_for(visitor: Visitor) -> int:
    return sum(request.url.endswith("/keyring.json") for request in visitor.requests)


@pytest.mark.parametrize("code", SAID)
def test_a_channel_on_the_signed_list_is_never_shown_as_removed(visitor: Visitor, code: str) -> None:
    """Otherwise the site could direct a report to the very body that the report is about."""
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


def test_the_site_alone_cannot_make_the_page_say_that_the_channel_of_a_follow_up_is_gone(
    visitor: Visitor,
) -> None:
    visitor.reported()
    visitor.open()
    visitor.opened()
    visitor.page.fill("#follow-up-text", "Encore")
    visitor.page.route(ENVELOPES, saying("channel_unknown"))
    visitor.page.click("#follow-up-send")
    visitor.shows("#follow-up-error", "site-contradicts")


def test_a_channel_that_was_removed_from_the_signed_list_is_shown_as_removed(visitor: Visitor) -> None:
    """The control for the tests above.

    The portal is right, because the list changed while the page was open.
    """
    visitor.write(channel=OUTSIDE)
    visitor.site.publish_changed(without(visitor.site.keyring, OUTSIDE))
    visitor.confirm()
    visitor.shows("#send-error", "channel-not-listed")


def test_a_keyring_and_signature_that_do_not_match_are_fetched_again(visitor: Visitor) -> None:
    """If the keyring changes between the two requests, an honest site must not look like a forger."""
    visitor.page.route("**/keyring.sig", times(1, lambda route: route.fulfill(status=200, body=bytes(64))))
    visitor.write()
    assert keyrings_asked_for(visitor) == 2


@pytest.mark.parametrize(
    ("file", "answer", "shown"),
    [
        ("keyring.sig", lambda route: route.fulfill(status=200, body=bytes(64)), "keyring-invalid"),
        ("keyring.json", saying("no_keyring"), "site-contradicts"),
        ("keyring.json", lambda route: route.abort(), "offline"),
    ],
    ids=["forged", "none", "unreachable"],
)
def test_if_no_signed_list_could_be_fetched_the_page_says_so(
    visitor: Visitor, file: str, answer: Callable[[Route], None], shown: str
) -> None:
    """The portal had a keyring a moment before, so it must still have a keyring."""
    visitor.write()
    visitor.page.route(f"**/{file}", answer)
    visitor.page.route(ENVELOPES, saying("channel_unknown"))
    visitor.confirm()
    visitor.shows("#send-error", shown)


def test_the_page_believes_a_site_that_has_no_keyring_yet(visitor: Visitor) -> None:
    """Nothing contradicts the site, so the page shows the message as the site's statement."""
    visitor.page.route("**/keyring.json", times(1, saying("no_keyring")))
    visitor.visit("fr/report")
    visitor.shows("#closed", "no-keyring")
