"""A desk in use, either as an application in this process, or as a separate process with a browser."""

import os
import re
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from http.cookiejar import CookieJar
from multiprocessing.connection import Connection
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

from playwright.sync_api import Browser, Page
from werkzeug.test import TestResponse

from inbox.desk.app import create_app
from inbox.desk.state import Desk
from tests.support.forks import Fork
from tests.support.inbox_builders import PASSPHRASE, Office, Portal, Reporter, Sent, World, passphrase_of

if TYPE_CHECKING:
    from flask import Flask
    from flask.testing import FlaskClient

TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')
# This field names the state that the page of the form showed, so that officers close only what they saw.
SEEN = re.compile(r'name="seen" value="([^"]+)"')
SAME = {"Sec-Fetch-Site": "same-origin"}
# The desk, with waiting times shortened from a minute to a second.
HASTILY = [
    sys.executable,
    "-c",
    """
from inbox.cli import main
from inbox.desk.sessions import seats
from inbox.system import idle_timeout
seats.MINUTE = idle_timeout.GRACE = 1
main.main()
""",
]


# The parts of a page that change from one request to the next.
_PASSING = re.compile(
    r'name="(csrf_token|as_of|once)" value="[^"]*"|data-(session|inbox)="\d+"|/left/[\w-]+'
    r'|<script type="module"[^<>]+>'
)


def lasting(page: str) -> str:
    """Return a page without the parts that change with each request, and without the desk's script."""
    return _PASSING.sub("", page)


_SELECT = re.compile(r'<select id="([^"]+)"[^>]*>\s*(.*?)</select>', re.DOTALL)


def chosen_beforehand(page: str, *names: str) -> list[str]:
    """Return the ids of the lists on a page that have a preselected choice."""
    found = dict(_SELECT.findall(page))
    return [
        name
        for name in names
        if not found[name].startswith('<option value="">') or " selected" in found[name]
    ]


class Client:
    """A client without a real browser, signed in as an officer at a desk in this process.

    Without ``officer``, the first of those who opened the inbox signs in. Passphrases are slow to check, so
    only tests of signing in type them.
    """

    def __init__(self, desk: Desk, app: "Flask | None" = None, officer: str = "") -> None:
        self.desk = desk
        self.app = app or create_app(desk)
        self.raw: FlaskClient = self.app.test_client()
        self.entered = self.ask(desk.address().removeprefix(f"http://{desk.host}{desk.place}"))
        self.seat = desk.seats.sign_in(officer or desk.opened.officers[0])
        with self.raw.session_transaction(base_url=f"http://{desk.host}{desk.place}/") as session:
            session["seat"] = self.seat.id

    def ask(self, path: str, **headers: str) -> TestResponse:
        """Open a page."""
        return self.raw.get(self.desk.place + path, base_url=f"http://{self.desk.host}", headers=headers)

    def page(self, path: str) -> str:
        """Return a page that must exist."""
        answer = self.ask(path)
        assert answer.status_code == 200, answer.text
        return answer.text

    def send(self, path: str, headers: dict[str, str] = SAME, /, **form: Any) -> TestResponse:
        """Send a form as a page of the desk would. If the form starts a job, run the job."""
        given = {"csrf_token": self.token()} | form
        base = f"http://{self.desk.host}"
        answer = self.raw.post(self.desk.place + path, base_url=base, headers=headers, data=given)
        if job := self.desk.pending:
            job.run()
            return self.raw.get(answer.location, base_url=base)
        return answer

    def close(self, case: int, language: str = "en", /, **form: Any) -> TestResponse:
        """Close a case as officers do, from the page that shows what the reporter will read."""
        way = f"/{language}/case/{case}/close"
        typed = {name: value for name, value in form.items() if not name.startswith("passphrase-")}
        shown = self.send(f"{way}/preview", **typed)
        seen = SEEN.search(shown.text)
        return self.send(way, **form, seen=seen[1]) if seen else shown

    def token(self) -> str:
        """Return the token in the forms of this session, from the page that is fastest to load."""
        base = f"http://{self.desk.host}"
        found = TOKEN.search(
            self.raw.get(f"{self.desk.place}/en/none", base_url=base, follow_redirects=True).text
        )
        assert found
        return found[1]


@contextmanager
def sitting(office: Office, medium: Path | None = None, officer: str = "") -> Iterator[Client]:
    """Yield a client that is signed in as an officer at a desk in this process."""
    with office.unlocked() as opened:
        yield Client(Desk(opened, 8090, medium, same_disk=True), officer=officer)


def signing_in(office: Office, who: str = "") -> tuple[str, str]:
    """Return the name and passphrase of an officer, by default the first who opens the inbox."""
    name = who or next(iter(office.present), "")
    return (name, passphrase_of(name)) if name else ("officer", PASSPHRASE)


@dataclass
class Served:
    """A desk in a separate process, with its output before and after the line with its address."""

    process: "Fork | subprocess.Popen[bytes]"
    greeting: str
    address: str
    printed: TextIO
    office: Office

    @property
    def root(self) -> str:
        """The base address of the desk's pages."""
        return self.address.partition("/open/")[0]


@contextmanager
def serving(office: Office, *options: str | Path, command: Sequence[str | Path] = ()) -> Iterator[Served]:
    """Run `inbox desk` on a free port: as a Fork, or as a real process of ``command``.

    The demo and tests of the process itself must start a real process.
    """
    words = ["--home", office.root, *office.opening(), "desk", "--same-disk", "--port", "0", *options]
    ours, theirs = os.pipe()
    with os.fdopen(ours, encoding="utf-8") as printed, Connection(theirs) as output:
        process: Fork | subprocess.Popen[bytes]
        if command:
            process = subprocess.Popen([*map(str, command), *map(str, words)], stderr=output.fileno())
        else:
            process = Fork(words, Path.cwd(), output)
        output.close()
        try:
            said = ""
            while not (line := printed.readline()).startswith("http://"):
                said += line
                assert line, said
            yield Served(process, said, line.strip(), printed, office)
        finally:
            process.kill()
            process.wait()


@dataclass(frozen=True)
class Answer:
    """An answer to a browser, and the seconds until it arrived."""

    status: int
    text: str
    headers: dict[str, str]
    seconds: float


class Visitor:
    """A client without a real browser, signed in as an officer at a desk in a separate process."""

    def __init__(self, served: Served, officer: str = "", address: str = "") -> None:
        self._root = served.root
        self.cookies = CookieJar()
        self._opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self.cookies))
        self._take_token(self._answer(address or served.address))
        name, given = signing_in(served.office, officer)
        self._take_token(self.post("/en/sign-in", officer=name, passphrase=given))

    def get(self, path: str) -> Answer:
        """Open a page."""
        return self._answer(self._root + path)

    def post(self, path: str, **form: Any) -> Answer:
        """Send a form, and follow redirects."""
        given = urllib.parse.urlencode({"csrf_token": self._token} | form, doseq=True).encode()
        return self._answer(urllib.request.Request(self._root + path, given, SAME))

    def beside(self, served: Served, officer: str) -> "Visitor":
        """Return another client, in which another officer has signed in."""
        (address,) = re.findall(r"http://[^<\s]+/open/[\w-]+", self.post("/en/another-browser").text)
        return Visitor(served, officer, address)

    def _take_token(self, answer: Answer) -> None:
        token = TOKEN.search(answer.text)
        assert token
        self._token = token[1]

    def end_of_job(self, number: int) -> Answer:
        """Return the result of a job once it has ended."""
        while "Refresh" in (answer := self.get(f"/en/job/{number}")).headers:
            pass
        return answer

    def _answer(self, asked: str | urllib.request.Request) -> Answer:
        begin = time.monotonic()
        try:
            with self._opener.open(asked, timeout=30) as answer:
                status, text = answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            answer, status, text = error, error.code, error.read().decode()
        return Answer(status, text, dict(answer.headers), time.monotonic() - begin)


@contextmanager
def seen(chromium: Browser, served: Served, **options: Any) -> Iterator[Page]:
    """Yield a page of a real browser in which an officer has signed in."""
    context = chromium.new_context(**options)
    page = context.new_page()
    page.goto(served.address)
    name, given = signing_in(served.office)
    page.locator("#officer").select_option(name)
    page.locator("#passphrase").fill(given)
    page.locator("#passphrase").press("Enter")
    page.locator(".present").wait_for()
    yield page
    context.close()


def another_address(page: Page, served: Served) -> str:
    """Request an address that admits another browser, as a signed-in officer would; return the address."""
    token = page.locator("[name=csrf_token]").first.input_value()
    form: dict[str, str | float | bool] = {"csrf_token": token}
    answer = page.request.post(f"{served.root}/fr/another-browser", form=form, headers=SAME)
    (address,) = re.findall(r"http://[^<\s]+/open/[\w-]+", answer.text())
    return str(address)


def tell(world: World, portal: Portal, *reports: dict[str, Any], language: str = "fr") -> list[Reporter]:
    """Make a report with each of these answers, and collect them all. Return the reporters."""
    reporters, sent = [], []
    for answers in reports:
        reporter = Reporter(world)
        edit = partial(replace, answers=answers, language=language)
        sent.append(Sent(reporter.report(edit=edit, files=[b"a photo"]), reporter.keys.case_id))
        reporters.append(reporter)
    world.office.json("exchange", "collect", portal.bundle(*sent), "--confirm-instance", portal.fingerprint)
    return reporters
