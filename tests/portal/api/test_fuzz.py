"""Random requests to every route get an answer or a refusal, but never cause a failure."""

import json
from base64 import b64encode
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from urllib.parse import quote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from werkzeug.routing import Rule

from portal.api.work import HEADER
from portal.app import create_app
from portal.config import load
from tests.support import postgres
from tests.support.bad_requests import BANNERS, Raw, exchange, head, told
from tests.support.builders import make_report_envelope
from tests.support.installation import free_port
from tests.support.portal_room import BODY, SITE, STRICTER, TUS
from tests.support.portal_server import Server
from tests.support.routes import filled
from tests.support.server_state import peak, state
from tests.support.work import unsent, work

pytestmark = pytest.mark.long

# These tests multiply the usual number of examples by ``TIMES``: `make soak` sends 10,000 requests of each
# kind. The gate sends fewer requests: 200 random requests or 500 damaged ones are enough to get every kind of
# answer.
TIMES = 5
TIMES_RANDOM = 2 if settings.get_current_profile_name() == "ci" else TIMES
METHODS = ("GET", "HEAD", "POST", "PATCH", "PUT", "DELETE", "OPTIONS", "BREW")
OFTEN = ("POST", "PATCH", "POST", "PATCH", *METHODS)
VALUE = st.text(st.characters(codec="latin-1", exclude_categories=["Cc"]), max_size=100)
# No character in this text can end a header.
RAW = st.text(st.characters(codec="latin-1", exclude_characters="\r\n"), max_size=200)
SILENCE = Raw(0, b"", b"")
# How many bytes of the unfinished envelope have arrived. The upload can continue only at this offset.
BEGUN = 12_345
NUMBERS = st.sampled_from(
    [
        "0",
        "1",
        "32",
        "67194",
        "67195",
        "67196",
        "1107581000",
        "-1",
        "1e9",
        "0x10",
        "9" * 20,
        "9" * 3_000,
        "٣",
        "",
    ]
) | st.integers(-(1 << 70), 1 << 70).filter(lambda number: number != BEGUN).map(str)
# None of these values is the id of a channel of this portal.
BASE64 = st.binary(max_size=80).map(lambda raw: b64encode(raw).decode()) | st.sampled_from(
    ["bm9ib2R5", "bm9ib2R6", "bm9ib2R", "====", "bm9i\tb2R5", "A" * 3_000]
)
METADATA = st.lists(
    st.tuples(
        st.sampled_from(["channel", "case", "memo", "withdraw", "filename", "", "channel channel"]), BASE64
    )
).map(lambda pairs: ",".join(map(" ".join, pairs)))
HEADERS: Mapping[str, st.SearchStrategy[str]] = {
    "Tus-Resumable": st.sampled_from(["0.2.2", ""]) | VALUE,
    "Content-Type": st.sampled_from(
        [
            "text/html",
            "multipart/form-data",
            "multipart/form-data; boundary=a",
            "multipart/form-data" + ";a*0=b" * 600,
            "multipart/form-data;" + 'a="\\' * 900,
            "application/x-www-form-urlencoded",
            "application/x-www-form-urlencoded; charset=nobody",
        ]
    )
    | VALUE,
    "Upload-Length": NUMBERS,
    "Upload-Offset": NUMBERS,
    "Upload-Metadata": METADATA | VALUE,
    "Upload-Defer-Length": st.just("1"),
    "X-HTTP-Method-Override": st.sampled_from(["PATCH", "HEAD", "GET", "patch"]) | VALUE,
    "Accept-Encoding": st.sampled_from(["br", "gzip;q=0.001", "*", "identity;q=0", "br;q=9", "gzip;q=nobody"])
    | VALUE,
    "Accept-Language": VALUE,
    "Cookie": VALUE,
    "Range": st.sampled_from(["bytes=0-1", "bytes=-1", "bytes=9-0"]) | VALUE,
    "If-Match": VALUE,
    "If-Modified-Since": VALUE,
    "Origin": st.sampled_from(["http://[", "http://a@[b", "https://[::1", "null"]) | VALUE,
    "X-Forwarded-For": VALUE,
    "X-Forwarded-Prefix": VALUE,
    "Script-Name": VALUE,
    "Expect": st.sampled_from(["100-continue", "x"]),
    "If-Range": VALUE,
    "Authorization": st.just("Basic =") | VALUE,
    HEADER: VALUE | BASE64 | st.builds("{}.{}.{}".format, BASE64, BASE64, NUMBERS),
    "X-Odd": RAW,
}


@dataclass(frozen=True, slots=True)
class Target:
    """A portal with an unfinished and a complete envelope, and the list of all its routes."""

    server: Server
    rules: list[Rule]
    uploads: list[str]


@pytest.fixture(scope="module", params=STRICTER)
def target(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Target]:
    with ExitStack() as stack:
        url = "sqlite:///portal.sqlite"
        if request.param == "postgresql":
            url = stack.enter_context(postgres.database(request.getfixturevalue("postgres_url")))
        server = Server(tmp_path_factory.mktemp("portal"), free_port()).make(database=url)
        app = create_app(load(server.folder / "portal.toml"))
        app.extensions["portal"].database.close()
        stack.enter_context(server.serving())
        sealed = make_report_envelope(SITE)
        uploads = [server.begin(sealed), server.send(make_report_envelope(SITE))]
        start = {**BODY, "Upload-Offset": "0"}
        assert server.request("PATCH", uploads[0], sealed.envelope[:BEGUN], start)[0] == 204
        yield Target(server, list(app.url_map.iter_rules()), uploads)
    assert [line for line in server.log().splitlines()[1:] if line] == []


def paths(target: Target) -> st.SearchStrategy[str]:
    """Return random paths: routes with any parameter, existing uploads, and strange paths."""
    anything = st.text(max_size=60).map(lambda text: quote(text.encode("utf-8", "surrogatepass"), safe=""))
    routes = st.builds(filled, st.sampled_from(target.rules), anything.filter(bool))
    interface = st.builds(
        filled, st.sampled_from([each for each in target.rules if "/api/" in each.rule]), anything
    )
    odd = st.sampled_from(
        [
            "/%00",
            "/%",
            "/%ff%fe",
            "//",
            "/../../etc/passwd",
            "/fr/%2e%2e/",
            "/fr/%ff%fe/..%2f",
            "/" + "a/" * 1_500,
            "*",
            "http://x/",
        ]
    )
    tails = st.sampled_from(["", "/", "//", "?x=%00&y", "?" + "q" * 3_000, "%00", "/.."])
    return st.sampled_from(target.uploads) | interface | st.tuples(routes | odd, tails).map("".join)


def requests(target: Target) -> st.SearchStrategy[bytes]:
    """Return complete requests with a correct length, without a length, or with a chunked body."""
    named = st.sampled_from(sorted(HEADERS)).flatmap(lambda name: st.tuples(st.just(name), HEADERS[name]))
    # Most of these headers are valid for uploads. Without valid headers, the portal would refuse a request at
    # the first check.
    sized, offset = {**BODY, "Upload-Length": "67195"}, {**BODY, "Upload-Offset": "0"}
    meant = {**sized, "Upload-Metadata": "channel bm9ib2R5"}
    # The work is valid, but for another channel.
    paid = {**meant, **work(SITE, unsent(67_195))}
    usual = st.sampled_from([sized, meant, paid, offset, BODY, TUS, {}])
    chosen = st.builds(lambda first, more: {**first, **dict(more)}, usual, st.lists(named, max_size=4))
    bodies = st.sampled_from(
        [b"", bytes(32), bytes(1_627), b"age-encryption.org/v1\n", b"\xff" * 70_000]
    ) | st.binary(max_size=100)
    return st.builds(
        request,
        st.sampled_from(OFTEN),
        paths(target),
        chosen,
        bodies,
        st.sampled_from(["true", "none", "chunked"]),
    )


def damaged(target: Target) -> st.SearchStrategy[bytes]:
    """Return requests in which some bytes are removed or replaced."""
    pieces = st.sampled_from(
        [b"", b"\r\n", b"\n", b"\r", b"\r\n\r\n", b"\0", b" ", b":", b"%", b"0"]
    ) | st.binary(max_size=8)
    damage = st.tuples(st.floats(0, 1), st.integers(0, 20), pieces)
    # A damaged request to delete might name an existing envelope by chance.
    harmless = requests(target).filter(lambda content: not content.startswith(b"DELETE"))
    return st.builds(damage_by, harmless, st.lists(damage, min_size=1, max_size=4))


def damage_by(content: bytes, damages: list[tuple[float, int, bytes]]) -> bytes:
    """Replace bytes of a request.

    Each item of ``damages`` has a place (0 for the beginning, 1 for the end), the number of bytes to remove,
    and the bytes to insert.
    """
    for place, gone, put in damages:
        at = int(place * len(content))
        content = content[:at] + put + content[at + gone :]
    return content


def request(method: str, path: str, headers: dict[str, str], body: bytes, framing: str) -> bytes:
    """Return the bytes of a request. A request to delete gets a wrong address, so that it deletes nothing."""
    if method == "DELETE" or headers.get("X-HTTP-Method-Override") == "DELETE":
        path += "A"
    lines = [f"{name}: {value}" for name, value in headers.items()]
    if framing == "chunked":
        lines.append("Transfer-Encoding: chunked")
        body = b"%x\r\n%s\r\n0\r\n\r\n" % (len(body), body) if body else b"0\r\n\r\n"
    elif framing == "true":
        lines.append(f"Content-Length: {len(body)}")
    raw = "\r\n".join((f"{method} {path} HTTP/1.1", "Host: x", "Connection: close", *lines, "", ""))
    return raw.encode("utf-8") + body


@pytest.mark.slow
def test_no_request_makes_the_portal_fail(
    target: Target, record_property: Callable[[str, object], None]
) -> None:
    """Every answer has all headers and reveals nothing about the server.

    No row is added, and memory is bounded.
    """
    answers = tried(target, requests(target), TIMES_RANDOM)
    # The gate sends so few requests that rare statuses may be missing.
    assert answers.keys() >= {200, 400, 404, 405}
    record_property(f"requests to {kind(target)}", told(answers))


def test_no_damaged_request_makes_the_portal_fail(
    target: Target, record_property: Callable[[str, object], None]
) -> None:
    """Bytes are removed and inserted anywhere, even at the end of a head or body."""
    answers = tried(target, damaged(target), TIMES)
    assert answers.keys() >= {200, 400, 404}
    # The random requests may all have a complete head, so send a request with an incomplete head.
    assert exchange(target.server.port, b"GET / HTTP/1.1\r\nHost: x") == SILENCE
    record_property(f"damaged requests to {kind(target)}", told(answers))


def kind(target: Target) -> str:
    """Return the kind of database that a portal uses."""
    return target.server.settings.database_url.get_backend_name()


def tried(target: Target, strategy: st.SearchStrategy[bytes], times: int) -> Counter[int]:
    """Send the requests of a strategy; return how often each status occurred. Check that no row changes."""
    server = target.server
    before, grown = state(server), peak(server)
    answers: Counter[int] = Counter()

    @settings(max_examples=times * max(100, settings().max_examples))
    @given(strategy)
    def ask(content: bytes) -> None:
        answer = exchange(server.port, content)
        answers[answer.status] += 1
        # A request whose head never ends gets no answer.
        if answer != SILENCE or b"\r\n\r\n" in content:
            check(answer, content)

    ask()
    assert state(server) == before
    assert peak(server) - grown < 16 << 20
    assert server.request("GET", "/fr/")[0] == 200
    return answers


def check(answer: Raw, content: bytes) -> None:
    """Raise AssertionError if an answer breaks a rule for all answers."""
    assert 200 <= answer.status < 500, answer
    assert answer.status // 100 != 3
    head_and_body = (answer.head + answer.body).lower()
    # A page may mention these words, but an error may not.
    told = [banner for banner in BANNERS if answer.status >= 400 and banner.lower() in head_and_body]
    assert told == []
    assert b"server:" not in answer.head.lower()
    assert b"Content-Security-Policy: default-src 'none'" in answer.head
    assert b"Set-Cookie" not in answer.head
    if (
        answer.status >= 400
        and b"application/problem+json" in answer.head
        and not content.lstrip(b"\r\n").startswith(b"HEAD")
    ):
        problem = json.loads(answer.body)
        assert (problem["status"], bool(problem["code"])) == (answer.status, True)
        assert problem.keys() == {"title", "status", "code"}


def test_a_plain_request_to_any_route_causes_no_failure(target: Target) -> None:
    """The test tries every method with requests that have only a path. No row changes."""
    before = state(target.server)
    for rule in target.rules:
        for method in METHODS:
            answer = exchange(target.server.port, head(f"{method} {filled(rule, 'A' * 22)} HTTP/1.1"))
            check(answer, method.encode())
    assert state(target.server) == before


def test_the_checks_notice_a_failure() -> None:
    """The control of the tests above."""
    good = b"Content-Security-Policy: default-src 'none'\r\nContent-Type: application/problem+json"
    check(Raw(404, good, b'{"title": "x", "status": 404, "code": "y"}'), b"GET")
    for wrong in (
        Raw(500, good, b'{"title": "x", "status": 500, "code": "y"}'),
        Raw(0, b"", b""),
        Raw(404, good, b'{"title": "Werkzeug", "status": 404, "code": "y"}'),
        Raw(404, good, b'{"title": "x", "status": 400, "code": "y"}'),
        Raw(404, b"Content-Type: text/html", b""),
        Raw(302, good, b""),
    ):
        with pytest.raises(AssertionError):
            check(wrong, b"GET")
