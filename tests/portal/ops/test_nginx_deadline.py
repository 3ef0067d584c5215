"""Request bodies have a deadline.

nginx cuts off a body that trickles in, but accepts a body on a slow line.
"""

import re
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack

import pytest

from tests.support.bad_requests import head
from tests.support.installation import free_port
from tests.support.portal_nginx import CONFIGURATION, Nginx
from tests.support.portal_server import Server
from tests.support.slow_bodies import Body, bodies, lasted, lasted_http2, steadily
from tests.support.slow_flood import Source

pytestmark = pytest.mark.long

SHIPPED = "ngx.sleep(20 + bytes / 4096)"
# The body may take one second, and one more second for every 64 KiB.
QUICK = {SHIPPED: "ngx.sleep(1 + bytes / 65536)"}
WITHOUT = {SHIPPED: "ngx.sleep(86400)"}
HTTP2 = " by HTTP/2"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Nginx:
    """A site whose portal is down, so every complete body is answered with status 503."""
    server = Server(tmp_path_factory.mktemp("portal"), free_port()).make()
    return Nginx(server, server.folder / "nginx").make()


def all_lasted(site: Nginx, size: int, pause: float, most: float) -> dict[str, float | None]:
    """Send all kinds of bodies at the same time, and return how long nginx waited for each body."""
    onion, clearnet = Source(site.onion_port, is_onion=True), Source(site.port)
    with ThreadPoolExecutor() as pool:
        found = {name: pool.submit(lasted, onion, each, pause, most) for name, each in bodies(size).items()}
        for name, each in bodies(size).items():
            found[name + HTTP2] = pool.submit(lasted_http2, clearnet, each, pause, most)
        return {name: each.result() for name, each in found.items()}


def test_a_slow_body_is_cut_off(site: Nginx) -> None:
    """The rule covers every kind of body, both HTTP versions, and pieces of any size."""
    site.configure(QUICK)
    with site.serving():
        found = all_lasted(site, 64 << 10, 0.1, 6)
    took = {name: seconds for name, seconds in found.items() if seconds}
    assert took.keys() == found.keys()
    # nginx counts the time since it last read the clock.
    assert all(0.9 <= seconds < 4 for seconds in took.values()), took
    assert took["a locator"] < took["a piece"]


def test_without_the_deadline_a_slow_body_is_accepted(site: Nginx) -> None:
    """The control of the test above: a locator of 32 bytes is complete after the same number of pieces."""
    site.configure(WITHOUT)
    with site.serving():
        found = all_lasted(site, 64 << 10, 0.2, 3)
    assert set(found.values()) == {None}


def test_a_body_that_arrives_before_the_deadline_is_accepted(site: Nginx) -> None:
    """The body takes longer than one second, but its deadline grows with its size."""
    site.configure(QUICK)
    with site.serving():
        assert taken(site, bodies(128 << 10)["a piece"], 64 << 10)
        begun = time.monotonic()
        assert not taken(site, bodies(128 << 10)["a piece"], 16 << 10)
        assert time.monotonic() - begun < 6


def paths() -> list[str]:
    """Return every path in the configuration, in all equivalent spellings, and some other paths."""
    text = "".join(each.read_text("utf-8") for each in CONFIGURATION.iterdir())
    named = re.findall(r"^ *location (?:= )?(/\S*)", text, re.MULTILINE)
    assert {"/", "/./problem", "/./refusal"} <= set(named)
    plain = {each.replace("/./", "/") for each in named}
    before = ("", "/", "/.", "/%2e", "/x/..", "http://x/.", "http://x")
    forms = {form + each for each in plain for form in before}
    others = {"/nowhere", "/.nothing", "/en/sealed", "/en/slot", "/answers/en/refused.html"}
    return sorted({*named, *forms, *others})


def test_no_path_accepts_a_body_that_is_too_large_or_too_slow(site: Nginx) -> None:
    """The paths include those that nginx uses internally. A body that is too large gets status 413."""
    site.configure(QUICK)
    onion = Source(site.onion_port, is_onion=True)
    with site.serving(), ExitStack() as stack:
        begun = {path: stack.enter_context(onion.connect()) for path in paths()}
        for path, client in begun.items():
            client.sendall(head(f"POST {path} HTTP/1.1", "Content-Length: 32") + b"x")
        for path in begun:
            assert refusal(onion, path) == b"HTTP/1.1 413", path
        for path, client in begun.items():
            client.settimeout(4)
            assert client.recv(1) == b"", path


def refusal(source: Source, path: str) -> bytes:
    """Return the beginning of the answer to a request that declares a body of ten gigabytes."""
    with source.connect() as client:
        client.sendall(head(f"POST {path} HTTP/1.1", f"Content-Length: {10**10}"))
        return client.recv(12)


def taken(site: Nginx, body: Body, rate: float) -> bool:
    """Return whether the whole body was accepted."""
    try:
        return steadily(Source(site.onion_port, is_onion=True), body, rate) == b"HTTP/1.1 503"
    except OSError:
        return False


@pytest.mark.soak
def test_the_shipped_deadline_cuts_off_trickling_bodies_and_accepts_ten_kib_a_second(
    site: Nginx, record_property: Callable[[str, object], None]
) -> None:
    """A trickling body of 100,000 bytes arrives at a rate of one byte every four seconds.

    An honest piece arrives at the speed of Tor.
    """
    site.configure({})
    with site.serving(), ThreadPoolExecutor(1) as pool:
        begun = time.monotonic()
        honest = pool.submit(taken, site, bodies(1 << 20)["a piece"], 10 << 10)
        found = all_lasted(site, 100_000, 4, 90)
        assert honest.result()
        whole = time.monotonic() - begun
    told = ", ".join(f"{name} {seconds:.0f} s" for name, seconds in found.items() if seconds)
    record_property("bodies by drops let go after", told)
    record_property("1 MiB at 10 KiB/s", f"taken after {whole:.0f} s")
    assert all(seconds and seconds < 50 for seconds in found.values())


@pytest.mark.soak
def test_trickling_bodies_are_not_cut_off_without_the_shipped_deadline(
    site: Nginx, record_property: Callable[[str, object], None]
) -> None:
    """The control of the test above."""
    site.configure(WITHOUT)
    with site.serving():
        found = all_lasted(site, 100_000, 4, 90)
    record_property(
        "without the deadline", f"{list(found.values()).count(None)} of {len(found)} held after 90 s"
    )
    assert set(found.values()) == {None}
