"""Required headers and forbidden behaviour, checked on every route with every method."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from portal.app import create_app
from tests.support.portal_room import Room
from tests.support.routes import addresses

ONION = "http://" + "a" * 56 + ".onion"
METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]
EXPECTED = {
    "Integrity-Policy": "blocked-destinations=(script)",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Embedder-Policy": "require-corp",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
    "Strict-Transport-Security": "max-age=63072000; includeSubDomains; preload",
}
SENSES = {"camera", "microphone", "geolocation", "display-capture", "clipboard-read", "local-fonts", "usb"}
NEVER = (
    "Set-Cookie",
    "Server",
    "X-Powered-By",
    "Via",
    "ETag",
    "Last-Modified",
    "Link",
    "Refresh",
    "Report-To",
)


@pytest.fixture(scope="module")
def onion_room(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Room]:
    made = Room(tmp_path_factory.mktemp("portal"), "sqlite:///portal.sqlite")
    made.app = create_app(replace(made.settings, onion=ONION))
    yield made
    made.app.extensions["portal"].database.close()
    made.close()


@pytest.mark.parametrize("method", METHODS)
def test_every_route_sends_the_required_headers_and_no_forbidden_ones(onion_room: Room, method: str) -> None:
    for path in addresses(onion_room.app):
        answer = onion_room.client.open(path, method=method)
        assert answer.status_code < 500, path
        assert {name: answer.headers.getlist(name) for name in EXPECTED} == {
            name: [value] for name, value in EXPECTED.items()
        }, path
        assert [name for name in NEVER if name in answer.headers] == [], path
        policy = answer.headers["Content-Security-Policy"]
        assert policy.startswith("default-src 'none'; script-src 'self'; style-src 'self';")
        assert "frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'" in policy
        assert ("unsafe" in policy, "report" in policy) == (False, False)
        features = answer.headers["Permissions-Policy"].split(", ")
        assert [each for each in features if not each.endswith("=()")] == []
        assert SENSES <= {each.removesuffix("=()") for each in features}
        # No route redirects, and only the onion address is absolute.
        assert answer.status_code // 100 != 3, path
        assert answer.headers.get("Location", "/").startswith("/"), path


def test_pages_announce_the_onion_address_with_their_own_path(onion_room: Room) -> None:
    for path in ("/", "/fr/", "/en/status"):
        for asked in (path, f"{path}?x=1"):
            assert onion_room.client.get(asked).headers["Onion-Location"] == ONION + path
    for path in ("/nowhere", "/fr/report%0d%0ax", "/static/style.css", "/keyring.json", "/api/slot"):
        assert "Onion-Location" not in onion_room.client.get(path).headers


def test_without_an_onion_service_the_header_is_not_sent(tmp_path: Path) -> None:
    room = Room(tmp_path, "sqlite:///portal.sqlite")
    assert "Onion-Location" not in room.client.get("/fr/").headers
    room.close()
