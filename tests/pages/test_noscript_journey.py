"""A complete installation, and a browser without scripts: files are sealed from disk or by hand."""

import os
import re
import subprocess
from html import unescape
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.support.installation import Installation, PortalForked, free_port
from tests.support.offline_form import OfflineVisitor
from tests.support.page_visitor import SLOW
from tests.support.paths import ROOT
from tests.support.swallowing_line import SwallowingLine, swallowing

AGE = ROOT / "tests" / "js" / "age_command.mjs"
STEPS = ("drop-tar", "drop-pad", "drop-keys", "drop-seal", "drop-head")


@pytest.fixture(scope="module")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Installation:
    return Installation(tmp_path_factory.mktemp("installation"), port=free_port(), portal=PortalForked)


def commands(page: str) -> dict[str, str]:
    """Return the commands that the page shows, by the ids of their elements."""
    found = re.findall(r'<pre class="command" id="([\w-]+)">(.*?)</pre>', page, re.DOTALL)
    return {name: unescape(text) for name, text in found}


def shell(command: str, folder: Path, path: str = os.environ["PATH"], code: int = 0) -> str:
    """Return the output of a command that a person types in ``folder``."""
    done = subprocess.run(
        ["bash", "-c", command], cwd=folder, env={"PATH": path}, capture_output=True, text=True, check=False
    )
    assert done.returncode == code, done.stderr
    return done.stdout + done.stderr


def test_a_file_sealed_by_hand_and_a_report_reach_the_inbox_and_the_answer_returns(
    installation: Installation, chromium: Browser, tmp_path: Path
) -> None:
    """The commands on the page make the file, which the inbox stores as unsigned.

    The report gets an answer.
    """
    portal, inbox = installation.portal, installation.inbox
    with portal.serving():
        person = OfflineVisitor(chromium, tmp_path / "stick", portal.address)
        person.save()
        page = person.plain.content()
        assert person.post(_drop(person.folder, commands(page), tmp_path)) == "Votre fichier est arrivé"
        person.start()
        person.write("Écrit hors ligne")
        assert person.post(person.seal()) == "Votre fichier est arrivé"
        assert person.plain.context.cookies() == []
        installation.carry_in(1)
        cases = {case["case"]: case for case in inbox.json("case", "list")["cases"]}
        shown = {number: inbox.json("case", "show", str(number)) for number in cases}
        (drop,) = [number for number in cases if "unsigned" in cases[number]["flags"]]
        (signed,) = cases.keys() - {drop}
        assert shown[drop]["note"] == "Vu au quai 7\n"
        inbox.run("file", "export", str(drop), "1", "--out", tmp_path / "first", "--reason", "x")
        assert (tmp_path / "first").read_bytes() == b"picture"
        assert "Écrit hors ligne" in str(shown[signed])
        inbox.run("message", "reply", str(signed), "--text", "Bien reçu.")
        installation.carry_back(1)
        person.page.on("dialog", lambda dialog: dialog.accept())
        person.save()
        person.start()
        person.page.set_input_files("#slot-file", person.fetch(person.locate()))
        expect(person.page.locator("#messages .them .written")).to_have_text("Bien reçu.", timeout=SLOW)
        assert {request.url.partition(":")[0] for request in person.requests} == {"file"}
        assert person.complaints == []
        person.close()


@pytest.mark.parametrize("count", [2, 3])
def test_repeated_presses_that_send_a_sealed_file_make_one_case(
    chromium: Browser, tmp_path: Path, count: int
) -> None:
    """Without scripts, the page cannot ignore a press.

    The line is slow, so the portal keeps the file once for each press. This is true for a signed report and
    for an unsigned drop.
    """
    folder = tmp_path / "installation"
    folder.mkdir()
    made = Installation(folder, port=(port := free_port()), portal=PortalForked)
    with made.portal.serving(), swallowing(port) as line:
        person = OfflineVisitor(chromium, tmp_path / "stick", f"http://127.0.0.1:{line.port}")
        person.save()
        drop = _drop(person.folder, commands(person.plain.content()), tmp_path)
        _press_send(person, drop, line, count)
        person.start()
        person.write()
        _press_send(person, person.seal(), line, count)
        person.close()
    (collected,) = made.carry_in(1)
    assert collected["repeated"] == 2 * (count - 1)
    cases = made.inbox.json("case", "list")["cases"]
    assert sorted("unsigned" in case["flags"] for case in cases) == [False, True]


def _press_send(person: OfflineVisitor, sealed: Path, line: SwallowingLine, count: int) -> None:
    """Press “Send” several times; only the answer to the last press comes back from the portal."""
    page = person.plain
    page.goto(f"{person.address}/fr/sealed")
    page.set_input_files("#sealed", sealed)
    button = page.locator("form[action='/fr/sealed'] button")
    button.hover()
    line.lose_answers()
    for number in range(1, count + 1):
        if number == count:
            line.mend()
        # Playwright's own click would wait for the answer.
        page.mouse.down(click_count=number)
        page.mouse.up(click_count=number)
        if number < count:
            line.wait_until_silent()
            line.lose_answers()
    expect(page.locator("h1")).to_have_text("Votre fichier est arrivé")


def _drop(folder: Path, typed: dict[str, str], tmp_path: Path) -> Path:
    """Return the file that the page's commands make.

    The age program of Debian is too old and fails, as the page warns.
    """
    assert tuple(typed) == STEPS
    (folder / "note.txt").write_text("Vu au quai 7\n")
    (folder / "files").mkdir()
    (folder / "files" / "01").write_bytes(b"picture")
    (folder / "files" / "02").write_bytes(b"second")
    for step in STEPS[:2]:
        shell(typed[step], folder)
    found = shell(typed["drop-keys"], folder)
    values = dict(zip(("CHANNEL", "RECIPIENT"), _keys(found), strict=True))
    for name, value in values.items():
        typed = {step: text.replace(name, value) for step, text in typed.items()}
    refused = shell(typed["drop-seal"], folder, code=1)
    assert "couldn't start plugin" in refused
    program = tmp_path / "bin" / "age"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\nexec node {AGE} "$@"\n')
    program.chmod(0o755)
    shell(typed["drop-seal"], folder, f"{program.parent}:{os.environ['PATH']}")
    shell(typed["drop-head"], folder)
    return folder / "sealed.bin"


def _keys(found: str) -> tuple[str, str]:
    """Return the keys that a person picks from the list: the first channel and its first recipient."""
    values = [line.split('"')[1:4:2] for line in found.splitlines()]
    channel = next(value for name, value in values if name == "id")
    return channel, next(value for name, value in values if name == "recipient")
