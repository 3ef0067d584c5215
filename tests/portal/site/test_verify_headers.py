"""A monitor names every header that is additional, missing, or different from the portal's."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from portal.site import fetching
from tests.support.provable import Provable, proving

ONION = f"http://{'a' * 55}d.onion"
FOREIGN = f"http://{'b' * 55}d.onion/"

Headers = list[tuple[str, str]]


@pytest.fixture
def found(provable: Provable) -> Iterator[Callable[..., set[str]]]:
    """Return a function that changes the headers between portal and monitor, and returns the findings."""
    ours = provable.app.wsgi_app

    def look(*more: tuple[str, str], without: str = "", instead: Iterable[tuple[str, str]] = ()) -> set[str]:
        def changed(headers: Headers) -> Headers:
            values = dict(instead)
            kept = [(name, values.get(name, value)) for name, value in headers if name != without]
            return [*kept, *more]

        def between(environ: dict[str, object], start: Callable[..., object]) -> Iterable[bytes]:
            def begin(status: str, headers: Headers, *rest: object) -> object:
                return start(status, changed(headers), *rest)

            return ours(environ, begin)  # type: ignore[arg-type]

        provable.app.wsgi_app = between  # type: ignore[method-assign]
        return {line.partition(": ")[2] for line in provable.found()}

    yield look
    provable.app.wsgi_app = ours  # type: ignore[method-assign]


MORE = {
    "Refresh": "0; url=https://elsewhere.example/",
    "Onion-Location": FOREIGN,
    "Content-Security-Policy-Report-Only": "default-src 'none'; report-uri https://elsewhere.example/",
    "Alt-Svc": 'h2="elsewhere.example:443"',
    "Link": "<https://elsewhere.example/x.js>; rel=preload",
    "Set-Cookie": "a=b",
    "ETag": '"one-visitor"',
}


def test_the_monitor_reports_additional_headers(found: Callable[..., set[str]]) -> None:
    """Such headers could redirect visitors, report them to somebody, or help to recognise them later."""
    assert found(*MORE.items()) == {f"a portal does not send the header {name.lower()}" for name in MORE}


def test_the_monitor_reports_missing_headers_and_a_changed_type(found: Callable[..., set[str]]) -> None:
    """In another character set, the same bytes can be a different page."""
    told = found(without="Integrity-Policy", instead=[("Content-Type", "text/html; charset=utf-16")])
    assert "header Integrity-Policy is not blocked-destinations=(script)" in told
    assert {each for each in told if each.startswith("the type")} == {
        f"the type is not {kind}; charset=utf-8"
        for kind in ("text/html", "text/css", "text/javascript", "text/plain", "image/svg+xml")
    }


def test_a_repeated_header_is_noticed_even_if_one_of_its_values_is_correct(
    found: Callable[..., set[str]],
) -> None:
    policy = "Content-Security-Policy"
    assert found(("Referrer-Policy", "no-referrer"), (policy, "default-src *")) == {
        "header Referrer-Policy is not no-referrer",
        f"{policy} differs from the signed one",
    }


def test_headers_of_the_transport_make_no_difference(found: Callable[..., set[str]]) -> None:
    assert found(("Vary", "Accept-Encoding"), ("Keep-Alive", "timeout=5"), instead=[("Server", "x")]) == set()


def test_the_onion_service_in_the_configuration_is_accepted_in_the_header(tmp_path: Path) -> None:
    """Every page announces its own path on the onion service. Any other address is reported."""
    with proving(tmp_path) as room:
        room.settings = replace(room.settings, onion=ONION)
        room.sign()
        room.rebuild()
        with room.serving():
            assert fetching.Visitor(room.address).get("/fr/").headers["onion-location"] == f"{ONION}/fr/"
            assert room.found() == []
            other = room.found_with(onion=FOREIGN.rstrip("/"))
            assert f"/fr/: header Onion-Location is not {FOREIGN}fr/" in other
