"""A desk at work: its application in this process, or the whole of it with a browser before it."""

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
# What a page carries of what it shows: no other is closed with it.
SEEN = re.compile(r'name="seen" value="([^"]+)"')
SAME = {"Sec-Fetch-Site": "same-origin"}
# The program in which a minute of waiting is a second.
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


# What of a page changes from one time to the next.
_PASSING = re.compile(
    r'name="(csrf_token|as_of|once)" value="[^"]*"|data-(session|inbox)="\d+"|/left/[\w-]+'
    r'|<script type="module"[^<>]+>'
)


def lasting(page: str) -> str:
    """Return a page without what changes from one time to the next, and without the desk's own script."""
    return _PASSING.sub("", page)


_SELECT = re.compile(r'<select id="([^"]+)"[^>]*>\s*(.*?)</select>', re.DOTALL)


def chosen_beforehand(page: str, *names: str) -> list[str]:
    """Return which of these lists of choices, by their ids, choose something before an officer does."""
    found = dict(_SELECT.findall(page))
    return [
        name
        for name in names
        if not found[name].startswith('<option value="">') or " selected" in found[name]
    ]


class Client:
    """A browser without a screen, admitted to a desk in this process, in which an officer has signed in.

    Without ``officer`` it is the first of those who opened the inbox. Passphrases are typed where signing in
    is what is looked at: they take long.
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
        """Return a page that must be there."""
        answer = self.ask(path)
        assert answer.status_code == 200, answer.text
        return answer.text

    def send(self, path: str, headers: dict[str, str] = SAME, /, **form: Any) -> TestResponse:
        """Send a form back as a page of the desk would; do the job that it asks for."""
        given = {"csrf_token": self.token()} | form
        base = f"http://{self.desk.host}"
        answer = self.raw.post(self.desk.place + path, base_url=base, headers=headers, data=given)
        if job := self.desk.pending:
            job.run()
            return self.raw.get(answer.location, base_url=base)
        return answer

    def close(self, case: int, language: str = "en", /, **form: Any) -> TestResponse:
        """Close a case as officers do, from the page that shows what its reporter will read."""
        way = f"/{language}/case/{case}/close"
        typed = {name: value for name, value in form.items() if not name.startswith("passphrase-")}
        shown = self.send(f"{way}/preview", **typed)
        seen = SEEN.search(shown.text)
        return self.send(way, **form, seen=seen[1]) if seen else shown

    def token(self) -> str:
        """Return what the forms of this session carry, from the page that costs least."""
        base = f"http://{self.desk.host}"
        found = TOKEN.search(
            self.raw.get(f"{self.desk.place}/en/none", base_url=base, follow_redirects=True).text
        )
        assert found
        return found[1]


@contextmanager
def sitting(office: Office, medium: Path | None = None, officer: str = "") -> Iterator[Client]:
    """Give a client of a desk in this process, in which an officer has signed in."""
    with office.unlocked() as opened:
        yield Client(Desk(opened, 8090, medium, same_disk=True), officer=officer)


def signing_in(office: Office, who: str = "") -> tuple[str, str]:
    """Return the name and the passphrase of an officer: of the first who opens the inbox, or of another."""
    name = who or next(iter(office.present), "")
    return (name, passphrase_of(name)) if name else ("officer", PASSPHRASE)


@dataclass
class Served:
    """A desk as a process of its own: what it printed up to its address, and what it prints from then on."""

    process: "Fork | subprocess.Popen[bytes]"
    greeting: str
    address: str
    printed: TextIO
    office: Office

    @property
    def root(self) -> str:
        """The address below which its pages are."""
        return self.address.partition("/open/")[0]


@contextmanager
def serving(office: Office, *options: str | Path, command: Sequence[str | Path] = ()) -> Iterator[Served]:
    """Run `inbox desk`, whatever port is free: as a Fork, or as a true process of ``command``.

    The demo starts the true program; so must a test that looks at the process itself.
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
    """What a browser is answered, and after how many seconds."""

    status: int
    text: str
    headers: dict[str, str]
    seconds: float


class Visitor:
    """A browser without a screen before a desk of its own process, in which an officer has signed in."""

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
        """Send a form, and go where its answer leads."""
        given = urllib.parse.urlencode({"csrf_token": self._token} | form, doseq=True).encode()
        return self._answer(urllib.request.Request(self._root + path, given, SAME))

    def beside(self, served: Served, officer: str) -> "Visitor":
        """Return another browser, in which another officer has signed in."""
        (address,) = re.findall(r"http://[^<\s]+/open/[\w-]+", self.post("/en/another-browser").text)
        return Visitor(served, officer, address)

    def _take_token(self, answer: Answer) -> None:
        token = TOKEN.search(answer.text)
        assert token
        self._token = token[1]

    def end_of_job(self, number: int) -> Answer:
        """Return what came of a job, once it is over."""
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
    """Give a page of a real browser in which an officer has signed in."""
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
    """Return an address for another browser, from a page of one in which an officer has signed in."""
    token = page.locator("[name=csrf_token]").first.input_value()
    form: dict[str, str | float | bool] = {"csrf_token": token}
    answer = page.request.post(f"{served.root}/fr/another-browser", form=form, headers=SAME)
    (address,) = re.findall(r"http://[^<\s]+/open/[\w-]+", answer.text())
    return str(address)


def tell(world: World, portal: Portal, *reports: dict[str, Any]) -> list[Reporter]:
    """Collect a report of each of these answers; return who wrote them."""
    reporters, sent = [], []
    for answers in reports:
        reporter = Reporter(world)
        edit = partial(replace, answers=answers)
        sent.append(Sent(reporter.report(edit=edit, files=[b"a photo"]), reporter.keys.case_id))
        reporters.append(reporter)
    world.office.json("exchange", "collect", portal.bundle(*sent), "--confirm-instance", portal.fingerprint)
    return reporters
