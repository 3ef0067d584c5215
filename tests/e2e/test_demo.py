"""`make demo` for a newcomer: the instructions that it prints lead from a report to its answer."""

import os
import re
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from inbox.cli.main import commands
from tests.support import guides
from tests.support.command_tree import groups
from tests.support.inbox_builders import QUICKLY
from tests.support.installation import COMMANDS, START_SECONDS, free_port
from tests.support.page_visitor import Visitor
from tests.support.paths import ROOT

pytestmark = [pytest.mark.browser, pytest.mark.long]

DESK = re.compile(r"^ *(http://.*/open/.*)$", re.MULTILINE)
LAST_LINE = "Ctrl-C ends the demo."


@pytest.fixture
def again(request: pytest.FixtureRequest) -> bool:
    """Return whether to start a second demo, which continues with the data of the first."""
    return bool(getattr(request, "param", False))


@pytest.fixture
def checkout(tmp_path: Path, *, again: bool) -> Path:
    """A folder for the demo, with this project installed.

    The demo stretches passphrases with little work, unless a second demo is started too.
    """
    shutil.copytree(ROOT / "deploy", tmp_path / "deploy")
    commands = tmp_path / ".venv" / "bin"
    commands.mkdir(parents=True)
    for name in ("portal", "inbox"):
        (commands / name).symlink_to(COMMANDS / name)
    if not again:
        (commands / "inbox").unlink()
        (commands / "inbox").write_text(f"#!{sys.executable}\n{QUICKLY}")
        (commands / "inbox").chmod(0o700)
    return tmp_path


def start(checkout: Path, port: int, desk: int = 0) -> subprocess.Popen[bytes]:
    with (checkout / "printed").open("w") as printed:
        environment = os.environ | {"PORT": str(port), "DESK_PORT": str(desk)}
        return subprocess.Popen(
            ["deploy/demo.sh"], cwd=checkout, env=environment, stdout=printed, stderr=subprocess.STDOUT
        )


@contextmanager
def demo(checkout: Path, port: int) -> Iterator[str]:
    """Run the demo; yield its output once it has printed all steps. Both servers must answer by then."""
    process = start(checkout, port)
    try:
        for _ in range(START_SECONDS * 80):
            printed = (checkout / "printed").read_text("utf-8")
            if LAST_LINE in printed or process.poll() is not None:
                break
            time.sleep(0.1)
        assert LAST_LINE in printed, printed
        yield printed
    finally:
        process.terminate()
        assert process.wait(timeout=START_SECONDS) == 0


def typed(checkout: Path, command: str) -> str:
    """Return the output of a command that a newcomer types; it must succeed."""
    done = subprocess.run(
        ["sh", "-c", command], cwd=checkout, capture_output=True, text=True, check=False, timeout=60
    )
    assert done.returncode == 0, f"{command}\n{done.stdout}{done.stderr}"
    return done.stdout


def sign_in(page: Page, address: str) -> None:
    """Open the desk and sign in as its only officer."""
    page.goto(address)
    page.fill("#passphrase", "a demo needs no good passphrase")
    page.press("#passphrase", "Enter")


def answer(page: Page, address: str) -> None:
    """Collect at the desk, reply to the only case, prepare an outbox, and lock the desk."""
    sign_in(page, address)
    page.click("nav >> text=Portal exchange")
    page.get_by_role("button", name="Collect", exact=True).first.click()
    page.click("text=To the queue")
    page.click("tbody a")
    expect(page.locator("main")).to_contain_text("Someone asked me for a container number.")
    page.click(".tabs >> text=Dialogue")
    page.fill("#text", "Thank you. When did it begin?")
    page.get_by_role("button", name="Send with the next outbox", exact=True).click()
    page.click("nav >> text=Portal exchange")
    page.click("text=Prepare outbox")
    expect(page.locator("h1")).to_contain_text("is on the medium")
    expect(page.locator("code.command")).to_have_text("demo/bin/carry")
    page.click("text=Lock the inbox")
    page.click("text=Lock for everybody")
    expect(page.locator("body")).to_contain_text("The desk is locked")


@contextmanager
def opened_again(checkout: Path) -> Iterator[str]:
    """Open the locked desk with the command of the demo; yield its address."""
    with (checkout / "again").open("w") as printed:
        desk = subprocess.Popen(["demo/bin/desk"], cwd=checkout, stderr=printed)
    try:
        for _ in range(START_SECONDS * 80):
            if (found := DESK.findall((checkout / "again").read_text("utf-8"))) or desk.poll() is not None:
                break
            time.sleep(0.1)
        yield found[0]
    finally:
        desk.terminate()
        desk.wait(timeout=START_SECONDS)


@pytest.mark.slow
@pytest.mark.parametrize(
    "again", [False, pytest.param(True, marks=pytest.mark.soak)], ids=["once", "again"], indirect=True
)
def test_the_demo_leads_from_a_report_to_its_answer(
    checkout: Path, chromium: Browser, *, again: bool
) -> None:
    """The test follows the printed instructions word for word, and types the commands of the tutorial.

    A second demo continues with the data of the first.
    """
    first, pending, *carrying = guides.lines((ROOT / "docs/first-answer.md").read_text("utf-8"))
    assert first == "make demo"  # The recipe is deploy/demo.sh.
    port = free_port()
    context = chromium.new_context(locale="en")
    visitor = Visitor(context.new_page(), f"http://127.0.0.1:{port}", "en")
    with demo(checkout, port) as printed:
        assert carrying == re.findall(r"^ +(demo/bin/.*)$", printed, re.MULTILINE)
        carry = carrying[0]
        rehearses(visitor, printed)
        visitor.report("Someone asked me for a container number.")
        assert typed(checkout, pending).startswith("inspection: 1, ")
        typed(checkout, carry)
        answer(context.new_page(), DESK.findall(printed)[0])
        typed(checkout, carry)
        visitor.open()
        visitor.opened()
        expect(visitor.page.locator("#messages")).to_contain_text("When did it begin?")
        for group in groups(commands.branch):
            words = " ".join(("inbox", *group))
            assert f"Usage: {words} " in typed(checkout, f"demo/bin/{words} --help")
        with opened_again(checkout) as address:
            sign_in(page := context.new_page(), address)
            page.click("nav >> text=Queue")
            expect(page.locator("tbody")).to_contain_text("Someone asked me")
    if again:
        goes_on(checkout, visitor)
    assert "Someone asked me" in typed(checkout, "demo/bin/inbox case list")
    typed(checkout, "rm -r demo")
    assert not (checkout / "demo").exists()
    context.close()


def rehearses(visitor: Visitor, printed: str) -> None:
    """Open the pages for a training at the printed addresses. The rehearsal leads to the real form."""
    assert visitor.address in printed
    rehearsal, situations = re.findall(r"http://\S+/en/(?:rehearsal|scenarios)", printed)
    visitor.page.goto(situations)
    expect(visitor.page.locator("main .situation")).to_have_count(10)
    visitor.page.goto(rehearsal)
    expect(visitor.page.locator("main h1")).to_have_text("Rehearsal: nothing is sent")
    visitor.page.locator("main a").first.click()
    expect(visitor.page).to_have_url(f"{visitor.address}/en/report")


def goes_on(checkout: Path, visitor: Visitor) -> None:
    """Expect that a second demo shows both sides unchanged, and that a simultaneous third demo is refused."""
    with demo(checkout, int(visitor.address.rpartition(":")[2])) as printed:
        assert "Continuing with the data" in printed
        visitor.open()
        visitor.opened()
        page = visitor.page.context.new_page()
        sign_in(page, DESK.findall(printed)[0])
        page.click("nav >> text=Queue")
        expect(page.locator("tbody")).to_contain_text("Someone asked me")
        third = start(checkout, free_port())
        assert third.wait(timeout=2 * START_SECONDS) == 1
        assert "the inbox has been open since" in (checkout / "printed").read_text("utf-8")


def test_the_demo_names_a_port_that_is_already_in_use(checkout: Path) -> None:
    """The demo checks the ports before it creates anything, and does not disturb the other program."""
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        assert start(checkout, port).wait(timeout=2 * START_SECONDS) == 1
    assert (checkout / "printed").read_text("utf-8").splitlines() == [
        f"127.0.0.1:{port}: another program listens there",
        # `make demo` has no options.
        "hint: PORT=8081 DESK_PORT=8091 make demo",
    ]
    assert not (checkout / "demo").exists()
