"""The whole life of a report with a real browser, the real portal and the real inbox.

The report is in French; the test of the demo uses English.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from fpdf import FPDF
from PIL import Image
from playwright.sync_api import BrowserType, expect

from tests.support import browsing, traces
from tests.support.installation import Inbox, InboxForked, InboxHere, Installation
from tests.support.page_visitor import TELEPHONE, Visitor

pytestmark = [pytest.mark.browser, pytest.mark.long]

CANARY = "zibeline-quartz-7319"
TEXT = f"Ils m'ont abordé·e à Noël, près du café « L'Écluse » 😀 {CANARY}\nDeuxième ligne."
FOLLOW_UP = f"Encore : la même voiture, hier soir. {CANARY}"
REPLY = "Merci, nous vous lisons. — We read you: « où » / “where”? 🙂"
LABEL = "En cours d\u2019évaluation"


def jpeg() -> bytes:
    """Return a picture such as a camera makes."""
    picture = Image.radial_gradient("L").resize((640, 480)).convert("RGB")
    raw = BytesIO()
    picture.save(raw, "JPEG", quality=90, comment=CANARY.encode())
    return raw.getvalue()


def sent(file: bytes) -> bytes:
    """Return a file as the page sends it. The page removes comments from pictures."""
    comment = CANARY.encode()
    return file.replace(b"\xff\xfe" + (len(comment) + 2).to_bytes(2) + comment, b"")


def pdf() -> bytes:
    """Return a letter of two pages."""
    letter = FPDF()
    letter.set_font("Helvetica", size=14)
    for page in (1, 2):
        letter.add_page()
        letter.multi_cell(0, 10, f"Page {page}. {CANARY} " + "lorem ipsum " * 400)
    return bytes(letter.output())


class Programs(InboxForked):
    """An inbox whose commands run as separate processes, except the command that creates the inbox.

    This process creates the inbox, because only here can a test make the stretching of passphrases quick.
    """

    def init(self) -> dict[str, Any]:
        """Create the inbox in this process."""
        return InboxHere(self.home.parent).init()


@pytest.fixture
def installation(tmp_path: Path, free_port: Callable[[], int]) -> Iterator[Installation]:
    """An installation whose commands run as separate processes.

    The test of the demo also starts the real programs.
    """
    made = Installation(tmp_path, port=free_port(), inbox=Programs)
    with made.portal.serving():
        yield made


@pytest.fixture
def person(engine: BrowserType, installation: Installation) -> Iterator[Visitor]:
    """A reporter who uses ordinary Chromium. Other tests start a version that opens no windows."""
    browser = browsing.launch(engine, command=browsing.WHOLE)
    yield Visitor(browser.new_page(viewport=TELEPHONE), installation.portal.address, "fr")
    browser.close()


@dataclass(frozen=True)
class Life:
    """A report from beginning to end, seen by the reporter, the portal and the inspectorate."""

    installation: Installation
    reporter: Visitor
    folder: Path
    files: dict[str, bytes]

    @property
    def inbox(self) -> Inbox:
        return self.installation.inbox

    def paths(self) -> list[Path]:
        """Write the reporter's files to disk for the browser."""
        own = self.folder / "reporter"
        own.mkdir(exist_ok=True)
        for name, data in self.files.items():
            (own / name).write_bytes(data)
        return [own / name for name in self.files]

    def attachment(self, number: int) -> bytes:
        """Return an attachment of case 1 as an officer exports it."""
        out = self.folder / f"attachment-{number}"
        self.inbox.run("file", "export", "1", str(number), "--out", out, "--reason", "x")
        return out.read_bytes()

    def report(self) -> None:
        """Send a report with text and files; expect that the inspectorate receives every byte."""
        self.reporter.report(TEXT, self.paths())
        self.installation.carry_in(1)
        (listed,) = self.inbox.json("case", "list")["cases"]
        case = self.inbox.json("case", "show", str(listed["case"]))
        assert TEXT == case["answers"]["what"]
        assert ("unsure", "fr", "received") == (case["answers"]["coi"], case["language"], case["status"])
        assert ["image/jpeg", "application/pdf"] == [file["type"] for file in case["attachments"]]
        assert list(map(sent, self.files.values())) == [self.attachment(number) for number in (1, 2)]

    def answer(self, n: int, text: str) -> None:
        """Answer with outbox ``n``; expect that the reporter reads the answer with the token."""
        self.inbox.run("message", "reply", "1", "--text", text)
        self.inbox.run("case", "set-status", "1", "assessing")
        self.installation.carry_back(n)
        self.reporter.open()
        self.reporter.opened()
        page = self.reporter.page
        expect(page.locator("#status-label")).to_contain_text(LABEL)
        expect(page.locator("#messages")).to_contain_text(text)

    def follow_up(self) -> None:
        """Write again with a file; expect that the inspectorate finds it in the same case."""
        self.reporter.follow_up(FOLLOW_UP, self.paths()[:1])
        self.installation.carry_in(2)
        (follow_up,) = self.inbox.json("case", "show", "1")["follow_ups"]
        assert FOLLOW_UP == follow_up["text"]
        assert sent(next(iter(self.files.values()))) == self.attachment(3)


@pytest.mark.slow
def test_a_report_is_answered_and_followed_up_without_loss_or_leak(
    installation: Installation, person: Visitor, tmp_path: Path
) -> None:
    """The report is collected, answered, followed up, and answered again."""
    names = [f"IMG_20261124_{CANARY}.jpg", f"lettre {CANARY}.pdf"]
    life = Life(installation, person, tmp_path, dict(zip(names, [jpeg(), pdf()], strict=True)))
    life.report()
    life.answer(1, REPLY)
    life.follow_up()
    life.answer(2, f"2. {REPLY}")
    assert person.complaints == []
    nothing_leaked(installation, person, tmp_path)


def nothing_leaked(installation: Installation, person: Visitor, folder: Path) -> None:
    """Expect that only the reporter and the vault have the canary, the token and the file names."""
    token = " ".join(person.words)
    secrets = [CANARY, token, token.replace(" ", "-"), "IMG_20261124", REPLY]
    assert traces.found_in(b"\n".join(person.bodies()), secrets) == []
    addresses = "\n".join(request.url for request in person.requests)
    assert traces.found_in(addresses.encode(), secrets) == []
    assert traces.neighbours_in(addresses, person.words) == []
    portal = folder / "portal-side"
    portal.mkdir()
    for file in [*folder.glob("portal.*"), *installation.medium.rglob("*")]:
        if file.is_file():
            (portal / file.name).write_bytes(file.read_bytes())
    assert traces.found_in_files(portal, secrets) == []
    assert traces.found_in_memory(installation.portal.processes(), secrets) == []

    # Control: the same searches find texts that must be there.
    assert len(traces.neighbours_in("?words=" + "%20".join(person.words), person.words)) == 11
    (stanza,) = {body[:40] for body in person.bodies() if body.startswith(b"age-encryption.org/v1")}
    envelope = stanza.decode()
    assert traces.found_in(b"\n".join(person.bodies()), [envelope]) == [envelope]
    assert len(traces.found_in_files(portal, [envelope])) >= 2
    deployment = re.search(r'deployment = "(.+)"', installation.portal.config.read_text())
    assert deployment
    assert traces.found_in_memory(installation.portal.processes(), [deployment[1]]) != []
