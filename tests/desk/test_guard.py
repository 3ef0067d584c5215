"""The desk answers only the browser that opened its address, and accepts only requests from its own pages."""

import os
import re
import socket
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from werkzeug.test import TestResponse

from inbox.desk import headers, style
from inbox.desk.done import Done
from inbox.overview import queue
from portal.web import headers as portal_headers
from templates.catalogues import LANGUAGES
from tests.support import inbox_builders as build
from tests.support.desk_room import SAME, Client, serving, sitting
from tests.support.inbox_builders import Office, Portal, Reporter, Sent, World

OFFICE = [f"/office{each}" for each in ("", "/texts/reply", "/officers", "/keys", "/portal", "/backup")]
# The paths of all pages of an empty desk, without the language.
PAGES = ["/", "/queue/1", "/medium", "/enter", "/access", *OFFICE]


def actions(office: Office) -> list[str]:
    return [entry["action"] for entry in office.json("journal", "list")["entries"]]


def test_the_printed_address_of_the_desk_works_once(client: Client) -> None:
    """A wrong secret does not use up the address.

    Without the cookie no page answers, and nobody can guess the path of a page.
    """
    assert client.entered.status_code == 302
    cookie = client.entered.headers["Set-Cookie"]
    assert cookie.startswith("desk=")
    assert {"HttpOnly", "SameSite=Strict", f"Path={client.desk.place}"} <= set(cookie.split("; "))
    other = client.app.test_client()
    base = f"http://{client.desk.host}"
    for path in ("/open/wrong", *PAGES):
        assert other.get(
            path if "open" in path else f"{client.desk.place}/en{path}", base_url=base
        ).status_code in (403, 404)
    assert client.ask("/en/").status_code == 200


@pytest.mark.parametrize("asked", [{}, {"Sec-Fetch-Site": "cross-site"}, {"Host": "evil.example"}])
def test_a_request_without_the_cookie_reveals_nothing_about_the_desk(
    client: Client, asked: dict[str, str]
) -> None:
    """The response contains no path, token, officer or notice.

    Browsers send a cookie to every port of a host. The control is the browser with the cookie.
    """
    desk, stranger = client.desk, client.app.test_client()
    secrets = (desk.place, client.seat.officer, "The reply waits", "csrf_token")
    client.seat.say(Done.REPLIED)
    for path in ("/", "/style.css", "/en/", f"{desk.place}/en/", f"{desk.place}/xx/", f"{desk.place}/open/x"):
        answer = stranger.get(path, base_url=f"http://{desk.host}", headers=asked)
        assert answer.status_code in (403, 404, 421)
        assert [] == [each for each in secrets if each in answer.text]
        assert "Set-Cookie" not in answer.headers
        assert "once" in answer.text
    told = client.ask("/en/medium").text
    assert secrets == tuple(each for each in secrets if each in told)


def test_a_wrong_secret_does_not_use_up_the_address(world: World) -> None:
    with sitting(world.office) as client:
        client.desk._once = {"known"}
        assert client.ask("/open/wrong").status_code == 403
        assert client.ask("/open/known").status_code == 302
        assert client.ask("/open/known").status_code == 403


def test_only_a_get_request_uses_up_the_address(world: World) -> None:
    """Programs may probe an address with other methods."""
    with sitting(world.office) as client:
        client.desk._once = {"known"}
        path, base = f"{client.desk.place}/open/known", f"http://{client.desk.host}"
        for method, status in {"HEAD": 405, "OPTIONS": 200, "POST": 403}.items():
            said = client.app.test_client().open(path, method=method, base_url=base, headers=SAME)
            assert said.status_code == status
            assert "Set-Cookie" not in said.headers
        assert client.ask("/open/known").status_code == 302


def test_a_request_without_a_host_is_refused(world: World) -> None:
    """The control is the same request with a Host header."""
    with serving(world.office) as served:
        address = urlsplit(served.root)
        for host, status in (("", 421), (f"Host: {address.netloc}\r\n", 403)):
            with socket.create_connection((address.hostname, address.port)) as connection:
                connection.sendall(f"GET / HTTP/1.0\r\n{host}\r\n".encode())
                assert connection.makefile("rb").readline().split()[1] == str(status).encode()


@pytest.mark.parametrize(
    ("asked", "status"),
    [
        ({}, 200),
        ({"Sec-Fetch-Site": "none"}, 200),
        (SAME, 200),
        ({"Host": "localhost:8090"}, 421),
        ({"Host": "127.0.0.1"}, 421),
        ({"Host": "evil.example:8090"}, 421),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "same-site"}, 403),
        ({"Origin": "http://127.0.0.1:8080"}, 403),
    ],
)
def test_the_desk_serves_pages_only_under_its_own_host_and_never_to_other_sites(
    client: Client, asked: dict[str, str], status: int
) -> None:
    """Another port of the same machine counts as another site."""
    assert client.ask("/en/", **asked).status_code == status


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        (SAME, 303),
        (SAME | {"Origin": "null"}, 303),
        (SAME | {"Origin": "http://127.0.0.1:8090"}, 303),
        ({}, 403),
        ({"Sec-Fetch-Site": "none"}, 403),
        ({"Sec-Fetch-Site": "same-site"}, 403),
        (SAME | {"Origin": "http://127.0.0.1:8080"}, 403),
        (SAME | {"Host": "localhost:8090"}, 421),
    ],
)
def test_a_form_is_accepted_only_from_a_page_of_the_desk(
    client: Client, sent: dict[str, str], status: int
) -> None:
    """If the browser does not say where the form comes from, the form is refused."""
    assert client.send("/en/queue", sent, search="x", sort="priority").status_code == status


@pytest.mark.parametrize("token", ["", "wrong"])
def test_a_form_without_the_session_s_token_changes_nothing(world: World, token: str) -> None:
    with sitting(world.office) as client:
        answer = client.send("/en/medium/outbox", csrf_token=token)
        assert answer.status_code == 400
        assert not client.desk.is_over
    assert "make-outbox" not in actions(world.office)


def test_only_an_officer_who_presses_a_button_or_follows_a_link_prolongs_a_session(client: Client) -> None:
    """Other programs, other sites and pages that reload themselves do not prolong a session."""
    client.seat.active = 0.0
    client.desk.seats._now = lambda: 1.0
    base = f"http://{client.desk.host}"
    other = client.app.test_client()
    for path in ("/en/", "/style.css", "/open/wrong"):
        other.get(f"{client.desk.place}{path}", base_url=base)
    pressed = {"Sec-Fetch-User": "?1"}
    assert client.ask("/en/", **pressed | {"Sec-Fetch-Site": "cross-site"}).status_code == 403
    assert client.ask("/en/").status_code == 200
    assert client.seat.active == 0.0
    assert client.ask("/en/", **pressed).status_code == 200
    assert client.seat.active == 1.0
    client.desk.seats._now = lambda: 2.0
    client.send("/en/queue", search="x", sort="priority")
    assert client.seat.active == 2.0


def test_every_response_has_the_security_headers(client: Client) -> None:
    """Errors and refusals have these headers too.

    The headers are the same as the portal's, except those about TLS.
    """
    answers = [client.ask(f"/en{path}") for path in (*PAGES, "/nowhere", "/case/7")]
    answers += [
        client.ask("/style.css"),
        client.ask("/desk.js"),
        client.ask("/de/"),
        client.ask("/en/", Host="x"),
    ]
    answers += [client.send("/en/queue"), client.send("/en/queue", {}), client.send("/en/lock")]
    for answer in answers:
        assert headers.ALWAYS.items() <= dict(answer.headers).items()
    assert set(portal_headers.ALWAYS) - {"Strict-Transport-Security"} == set(headers.ALWAYS)
    same = set(headers.ALWAYS) - {"Content-Security-Policy", "Permissions-Policy"}
    assert {name: portal_headers.ALWAYS[name] for name in same} == {
        name: headers.ALWAYS[name] for name in same
    }
    assert headers.POLICY == (
        "default-src 'none'; script-src 'self'; connect-src 'self'; style-src 'self'; img-src 'self';"
        " base-uri 'none'; form-action 'self'; frame-ancestors 'none';"
        " require-trusted-types-for 'script'; trusted-types 'none'"
    )


def test_the_desk_does_not_read_an_oversized_form(client: Client) -> None:
    assert client.send("/en/queue", search="x" * (2 << 20), sort="priority").status_code == 413
    assert client.seat.wanted.search == ""
    assert client.send("/en/queue", search="x" * 99, sort="priority").status_code == 303


def test_a_token_of_another_session_is_refused(client: Client) -> None:
    """Pages need only the cookie. The control is a form in the session of its token."""
    stolen = client.token()
    other = client.app.test_client()
    with other.session_transaction(base_url=f"http://{client.desk.host}") as session:
        session["admitted"], session["seat"] = True, client.seat.id
    answer = other.post(
        f"{client.desk.place}/en/medium/outbox",
        base_url=f"http://{client.desk.host}",
        headers=SAME,
        data={"csrf_token": stolen},
    )
    assert (answer.status_code, client.send("/en/medium/outbox").status_code) == (400, 200)


@pytest.mark.slow
def test_only_the_desk_loads_web_libraries() -> None:
    """`inbox --help` loads no web library either. The control is the module of the desk."""
    asked = (
        "import sys; print(sorted({'flask', 'werkzeug', 'waitress', 'inbox.desk.app'} & set(sys.modules)))"
    )
    for module, loaded in (
        ("inbox.cli.main; inbox.cli.main.run(['--help'])", "[]"),
        ("inbox.desk.opening", "['flask', 'inbox.desk.app', 'waitress', 'werkzeug']"),
    ):
        done = subprocess.run(
            [sys.executable, "-c", f"import {module}; {asked}"], capture_output=True, text=True, check=True
        )
        assert done.stdout.splitlines()[-1] == loaded


ESCAPES = "\x1b]0;owned\x07\x1b[2J\u202egnp.exe\u2066\u2028\x85"
HOSTILE = f"{ESCAPES}<script>alert(1)</script>\"'><img src=x onerror=y>{{{{ 7*7 }}}}{{% raw %}}&amp;"


def strange(answer: TestResponse) -> set[str]:
    """Return the tags and invisible characters in a page, leaving out the desk's own script."""
    text = re.sub(r'<script type="module" src="[^"<>]+" integrity="[^"<>]+"></script>', "", answer.text)
    tags = {tag for tag in ("<script", "<img", "<b>") if tag in text}
    # Texts of the law have no-break spaces.
    return tags | {char for char in text if char not in "\n\N{NO-BREAK SPACE}" and not char.isprintable()}


def test_hostile_text_of_a_report_is_shown_only_as_text(
    world: World, portal: Portal, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The hostile text is in answers, questions, file names, follow-ups, replies, and names on the medium."""
    names = build.describe
    monkeypatch.setattr(
        build,
        "describe",
        lambda files: tuple(replace(file, name=HOSTILE, type=HOSTILE) for file in names(files)),
    )
    reporter = Reporter(world)
    report = reporter.report(
        files=[b"x"],
        edit=lambda report: replace(
            report, answers={"what": HOSTILE, "protect": HOSTILE, "zz": (HOSTILE, "b")}
        ),
    )
    confirmed = ("--confirm-instance", portal.fingerprint)
    bundle = portal.bundle(Sent(report, reporter.keys.case_id))
    world.office.json("exchange", "collect", bundle, *confirmed)
    follow_up, drop = Sent(reporter.follow_up(HOSTILE, files=[b"y"])), Sent(build.drop(world, HOSTILE))
    world.office.json("exchange", "collect", portal.bundle(follow_up, drop), *confirmed)
    (bundle.parent / f"bundle{ESCAPES.replace('/', '')}<script>.tar").write_bytes(b"")
    with sitting(world.office, bundle.parent) as client:
        assert (
            client.send("/en/case/1/reply", text=HOSTILE.removeprefix(ESCAPES), despite="x").status_code
            == 303
        )
        pages = [client.ask(f"/en{path}") for path in ("/", "/case/1", "/case/2", "/medium")]
        client.send("/en/queue", search=HOSTILE, sort="deadline")
        pages += [
            client.ask("/en/"),
            client.send("/en/case/1/assess", reason=HOSTILE * 99, **dict.fromkeys(PARTS, "1")),
        ]
    assert [200] * 5 + [409] == [page.status_code for page in pages]
    assert [set()] * 6 == list(map(strange, pages))
    assert "&lt;script&gt;" in pages[1].text
    assert "&lt;U+202E&gt;" in pages[1].text
    assert all("{{ 7*7 }}{% raw %}&amp;amp;" in page.text for page in pages[1:3])


PARTS = ("danger", "immediacy", "severity", "verifiability", "corroboration", "access")


def test_a_refused_text_is_shown_again_and_not_journalled(world: World, portal: Portal) -> None:
    """The officer can copy the text from the page."""
    reporter = Reporter(world)
    path = portal.bundle(Sent(reporter.report(), reporter.keys.case_id))
    world.office.json("exchange", "collect", path, "--confirm-instance", portal.fingerprint)
    with sitting(world.office) as client:
        answer = client.send("/en/case/1/reply", text="a long thought " * 2_000)
        assert (409, True) == (answer.status_code, "a long thought a long thought" in answer.text)
        assert "does not fit into the slot" in answer.text
        assert client.send("/en/case/9/reply", text="kept").status_code == 409
        assert client.send("/en/case/1/status", status="unheard-of").status_code == 400
        assert client.send("/en/case/1/assess", danger="7").status_code == 400
        assert client.ask("/en/case/9").status_code == 409
        assert client.ask(f"/en/case/{2**53 - 1}").status_code == 409
        assert (
            client.ask(f"/en/case/{2**53}").status_code == client.ask(f"/en/case/{2**70}").status_code == 404
        )
        for path, forged in (
            ("/en/many/junk", {"case": str(2**70)}),
            ("/en/retention", {"case": str(2**70)}),
            ("/en/queue/facet", {"choice": f"priority:{2**70}"}),
        ):
            sent = client.send(path, **{"sort": "priority", "reason": "x"} | forged)
            assert sent.status_code == 400
        assert "1 case" in client.page("/en/")
    assert "reply" not in actions(world.office)
    assert world.office.json("case", "show", "1")["status"] == "received"


def test_an_internal_error_is_reported_without_the_values_involved(
    world: World, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The terminal names the place in the code; the page says only that an error happened."""
    monkeypatch.setattr(queue, "page", lambda *_, **__: {}["canary"])
    with sitting(world.office) as client:
        answer = client.ask("/en/")
    assert answer.status_code == 500
    said = answer.text + capsys.readouterr().err
    assert "the program has a fault (KeyError" in said
    assert "canary" not in said


def test_no_page_links_to_another_host(world: World, portal: Portal) -> None:
    """Pages have no inline script or style, no script except the desk's, and no query string."""
    reporter = Reporter(world)
    path = portal.bundle(Sent(reporter.report(), reporter.keys.case_id))
    world.office.json("exchange", "collect", path, "--confirm-instance", portal.fingerprint)
    with sitting(world.office, path.parent) as client:
        shown = "".join(
            client.page(f"/{language}{each}") for language in LANGUAGES for each in (*PAGES, "/case/1")
        )
    tags = [piece.partition(">")[0] for piece in shown.split("<")]
    for forbidden in ("://", " style=", "?", "javascript:"):
        assert [tag for tag in tags if forbidden in tag] == [], forbidden
    scripts = {tag for tag in tags if tag.startswith("script")}
    place = f"{client.desk.place}/desk.js"
    assert {f'script type="module" src="{place}" integrity="{style.integrity()}"'} == scripts
    # The value of an attribute is text, and may contain such a word.
    assert [tag for tag in tags if " on" in re.sub('"[^"]*"', "", tag)] == []


def test_only_regular_files_on_the_medium_are_read(world: World, portal: Portal, tmp_path: Path) -> None:
    """Symbolic links, pipes and folders are refused. Writing an outbox does not follow a link either."""
    medium, outside = tmp_path / "foreign", tmp_path / "outside"
    medium.mkdir()
    outside.write_text("precious")
    bundle = portal.bundle(Sent(build.drop(world, "x")))
    (medium / "real.tar").write_bytes(bundle.read_bytes())
    (medium / "link.tar").symlink_to(bundle)
    (medium / "memory.tar").symlink_to("/proc/self/mem")
    (medium / "folder.tar").mkdir()
    os.mkfifo(medium / "pipe.tar")
    os.mkfifo(medium / "pipe.txt")
    (medium / "outbox-inspection-1.tar").symlink_to(outside)
    with sitting(world.office, medium) as client:
        shown = client.page("/en/medium")
        assert [True, False, False, False, False] == [
            f">{name}.tar<" in shown for name in ("real", "link", "memory", "folder", "pipe")
        ]
        assert "pipe.txt" not in client.page("/en/enter")
        for name in ("link", "memory", "folder", "pipe"):
            assert client.send("/en/medium/collect", bundle=f"{name}.tar").status_code == 200
        assert client.send("/en/medium/outbox").status_code == 200
    assert world.office.json("case", "list")["cases"] == []
    assert outside.read_text() == "precious"
    assert not (medium / "outbox-inspection-1.tar").is_symlink()


@pytest.mark.parametrize("path", [Path("inbox/desk")])
def test_the_style_sheet_of_the_desk_loads_nothing_from_elsewhere(path: Path) -> None:
    sheet = (path / "style.css").read_text("utf-8")
    assert "url(" not in sheet
    assert "@import" not in sheet
