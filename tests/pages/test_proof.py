"""Proofs of receipt in a real browser: saved on the answer page, then checked and answered from disk."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import timedelta
from itertools import count
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Request, expect

from crypto import base64url, casetoken, challenge, proof, receipt, receipt_key, signing
from crypto.casetoken import CaseKeys
from crypto.proof import PROOF, Proof
from templates.catalogues import LANGUAGES
from tests.support.accessibility import small_targets, violations
from tests.support.builders import INSPECTORATE, OUTSIDE, Site, make_report_envelope, today
from tests.support.offline_form import OfflineVisitor, watch
from tests.support.on_screen import centred, stays
from tests.support.page_visitor import SLOW, Visitor
from tests.support.portal_site import REPLY, PortalSite, slot_for, with_receipt

pytestmark = [pytest.mark.browser, pytest.mark.long]

NAME = "Maître Élise Dupont"


def answered(visitor: Visitor, channel: str = "", **changes: object) -> CaseKeys:
    """Answer the visitor's report with a slot that has a receipt, and open the case. Return its keys."""
    report = visitor.reported(channel) if channel else visitor.reported()
    site = visitor.site.site
    visitor.site.answer(report, with_receipt(slot_for(report), report, site, **changes))
    visitor.open()
    visitor.opened()
    (entropy,) = casetoken.parse(" ".join(visitor.words)).values()
    return casetoken.derive(entropy, site.deployment)


def saved(page: Page, button: str, name: str, folder: Path) -> Path:
    """Press a button; return the file that the page saves under this name."""
    with page.expect_download(timeout=SLOW) as download:
        page.click(button)
    assert name == download.value.suggested_filename
    download.value.save_as(folder / name)
    return folder / name


def test_no_proof_is_offered_without_a_receipt(visitor: Visitor) -> None:
    """There is no receipt before an answer, and not every answer contains one."""
    report = visitor.reported()
    visitor.open()
    visitor.opened()
    expect(visitor.page.locator("#proof")).to_be_hidden()
    visitor.site.answer(report, slot_for(report))
    visitor.open()
    visitor.opened()
    visitor.shows("#status-label", "status-assessing")
    expect(visitor.page.locator("#proof")).to_be_hidden()


@pytest.mark.parametrize("wrong", ["author", "key", "day", "signature"])
def test_an_invalid_receipt_is_not_saved_as_a_proof(visitor: Visitor, wrong: str) -> None:
    """A verifier would refuse the proof when the reporter needs it."""
    changes = {
        "author": {"author": bytes(32)},
        "key": {"key_id": bytes(16)},
        "day": {"day": today() + timedelta(81)},
        "signature": {},
    }
    answered(visitor, **changes[wrong])
    if wrong == "signature":
        report, _ = visitor.site.report()
        slot = with_receipt(slot_for(report), report, visitor.site.site)
        assert slot.receipt
        visitor.site.answer(report, replace(slot, receipt=replace(slot.receipt, signature=bytes(64))))
        visitor.open()
        visitor.opened()
    saves: list[object] = []
    visitor.page.on("download", lambda each: saves.append(each))  # noqa: PLW0108 - Playwright marks it
    visitor.page.click("#proof summary")
    visitor.page.click("#save-proof")
    visitor.shows("#proof-error", "proof-invalid")
    expect(visitor.page.locator("#proof-saved")).to_be_hidden()
    assert saves == []


@pytest.mark.parametrize("channel", ["", OUTSIDE])
def test_a_saved_proof_is_valid_and_contains_no_other_data(
    visitor: Visitor, tmp_path: Path, channel: str
) -> None:
    """The proof has no secret, text, locator, case id or other key.

    Saving the proof makes no request, and the page warns first.
    """
    keys = answered(visitor, channel)
    visitor.requests.clear()
    expect(visitor.page.locator("#save-proof")).to_be_hidden()
    visitor.page.click("#proof summary")
    assert "est une preuve contre vous" in visitor.page.inner_text("#proof .warning")
    raw = saved(visitor.page, "#save-proof", "proof.json", tmp_path).read_bytes()
    expect(visitor.page.locator("#proof-saved")).to_be_visible(timeout=SLOW)
    site = visitor.site.site
    found = proof.open_proof(raw, root_key=site.root_key, deployment=site.deployment)
    assert receipt.author_hash(keys.author_key) == found.receipt.author
    assert (channel or INSPECTORATE, today()) == (found.key.channel, found.receipt.day)
    body = site.bodies[found.key.channel]
    allowed = {site.root_key, site.deployment, found.receipt.author, found.receipt.key_id, found.key.key}
    value = PROOF.parse(raw)
    allowed |= {value.receipt.signature, value.receipt_key.signature}
    assert allowed == set(binaries(json.loads(raw)))
    assert signing.public_key(body.reply_seed) == found.key.key
    own = (keys.author_key, keys.locator, keys.case_id, keys.salt, keys.withdraw_key, keys.author_seed)
    assert not any(part in allowed for part in own)
    assert REPLY.split("\n", maxsplit=1)[0].encode() not in raw
    assert [each.url for each in visitor.requests if not each.url.startswith("blob:")] == []
    assert visitor.complaints == []


def test_the_offline_form_saves_a_valid_proof(site: PortalSite, chromium: Browser, tmp_path: Path) -> None:
    entropy = casetoken.generate()
    assert site.send(make_report_envelope(site.site, entropy=entropy)).status_code == 201
    report, _ = site.report()
    site.answer(report, with_receipt(slot_for(report), report, site.site))
    person = OfflineVisitor(chromium, tmp_path / "stick", site.address)
    person.save()
    person.start()
    slot = person.fetch(person.locate(" ".join(casetoken.words(entropy, "fr"))))
    person.page.set_input_files("#slot-file", slot)
    person.page.click("#proof summary", timeout=SLOW)
    raw = person.saved("#save-proof", "proof.json").read_bytes()
    person.close()
    found = proof.open_proof(raw, root_key=site.site.root_key, deployment=site.site.deployment)
    assert receipt.author_hash(report.author_key) == found.receipt.author
    assert person.complaints == []


def binaries(value: object) -> Iterator[bytes]:
    """Yield the binary values in parsed JSON."""
    if isinstance(value, dict):
        for each in value.values():
            yield from binaries(each)
    elif isinstance(value, str) and len(value) > 20:
        yield base64url.decode(value)


@dataclass
class Disk:
    """The page that checks proofs, saved from a portal and opened from disk without a network."""

    page: Page
    site: Site
    folder: Path
    keys: CaseKeys
    words: str
    requests: list[Request]
    complaints: list[str]
    numbers: Iterator[int] = field(default_factory=count)

    def proof(self, **changes: object) -> bytes:
        """Return a proof of the case; ``changes`` are applied before the receipt is signed."""
        seed = self.site.inspectorate.reply_seed
        key = self.site.inspectorate.channel(today()).reply_keys[0]
        statement = receipt.Receipt(
            deployment=self.site.deployment,
            author=receipt.author_hash(self.keys.author_key),
            day=today(),
            key_id=key.id,
        )
        certified = receipt_key.ReceiptKey(
            deployment=self.site.deployment,
            channel="inspection",
            key=key.key,
            not_before=key.not_before,
            not_after=key.not_after,
        )
        return PROOF.encode(
            Proof(
                root_key=self.site.root_key,
                receipt=receipt.sign(replace(statement, **changes), seed),
                receipt_key=receipt_key.sign(certified, self.site.root_seed),
            )
        )

    def give(self, place: str, *contents: bytes) -> None:
        """Choose new files with these contents, because browsers do not read a file that has changed."""
        paths = [self.folder / f"given-{next(self.numbers)}.json" for _ in contents]
        for path, content in zip(paths, contents, strict=True):
            path.write_bytes(content)
        self.page.set_input_files(place, paths)

    def shows(self, place: str, code: str) -> None:
        """Expect the text with this code, ignoring values in it.

        If the place contains a link, expect the text in the link.
        """
        wanted = self.page.locator(f"#texts [data-code={code}]").first.text_content() or ""
        shown = self.page.locator(place)
        expect(shown.locator("a").or_(shown).last).to_have_text(wanted, timeout=SLOW)

    def start(self, way: str) -> None:
        self.page.goto(f"file://{self.folder}/proof.html")
        self.page.click(way)

    def prove(self) -> None:
        """Start checking, and choose a valid proof."""
        self.start("#to-check")
        self.give("#proof-file", self.proof())
        expect(self.page.locator("#proven")).to_be_visible(timeout=SLOW)

    def asked(self, name: str = NAME) -> bytes:
        """Check the proof and create a question for its owner; return the question."""
        self.prove()
        self.page.fill("#verifier", name)
        return saved(self.page, "#ask", "challenge.json", self.folder).read_bytes()

    def answer(self, question: bytes, words: str = "") -> bytes:
        """Answer a question as the owner of the proof."""
        self.start("#to-answer")
        self.give("#question-file", question)
        self.page.fill("#token", words or self.words)
        return saved(self.page, "#answer", "answer.json", self.folder).read_bytes()


@pytest.fixture(params=["fr"])
def disk(
    request: pytest.FixtureRequest, site: PortalSite, chromium: Browser, tmp_path: Path
) -> Iterator[Disk]:
    folder = tmp_path / "disk"
    folder.mkdir()
    context = chromium.new_context(offline=True, viewport={"width": 390, "height": 844})
    entropy = casetoken.generate()
    _save_page(chromium, site, folder, request.param)
    made = Disk(
        context.new_page(),
        site.site,
        folder,
        casetoken.derive(entropy, site.site.deployment),
        " ".join(casetoken.words(entropy, "fr")),
        [],
        [],
    )
    watch(made.page, made.requests, made.complaints)
    yield made
    context.close()


def _save_page(chromium: Browser, site: PortalSite, folder: Path, language: str) -> None:
    context: BrowserContext = chromium.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{site.address}/{language}/verify")
    saved(page, f"a[href='/{language}/proof.html']", "proof.html", folder)
    context.close()


Change = Callable[[Disk], bytes]
REFUSED: dict[str, tuple[str, Change]] = {
    "another-day": (
        "proof-altered",
        lambda disk: disk.proof().replace(str(today()).encode(), str(today() - timedelta(1)).encode(), 1),
    ),
    "a-day-before-the-key": ("day-outside", lambda disk: disk.proof(day=today() - timedelta(11))),
    "a-day-after-the-key": ("day-outside", lambda disk: disk.proof(day=today() + timedelta(81))),
    "another-deployment": ("proof-foreign", lambda disk: disk.proof(deployment=bytes(16))),
    "another-site": ("proof-foreign", lambda disk: replace(disk, site=Site()).proof()),
    "another-kind-of-file": ("proof-malformed", lambda _: b"{}"),
    "a-picture": ("proof-malformed", lambda _: bytes(range(256))),
    "too-large": ("proof-malformed", lambda _: b" " * 5_000_000),
}


def test_an_invalid_proof_is_refused_with_the_reason(disk: Disk) -> None:
    """The control is a valid proof, which then replaces the refusal on the page."""
    disk.start("#to-check")
    title = disk.page.title()
    for name, (code, make) in REFUSED.items():
        disk.give("#proof-file", make(disk))
        disk.shows("#proof-error", code)
        assert disk.page.title() == f"Erreur\N{NO-BREAK SPACE}: {title}", name
        expect(disk.page.locator("#proven"), name).to_be_hidden()
        disk.give("#proof-file", disk.proof())
        expect(disk.page.locator("#proven"), name).to_be_visible(timeout=SLOW)
        expect(disk.page.locator("#proof-error")).to_be_hidden()
        assert disk.page.title() == title
    assert [each.url for each in disk.requests if not each.url.startswith(("file:", "blob:"))] == []
    assert disk.complaints == []


def test_the_page_says_what_a_valid_proof_shows_and_that_its_day_may_be_false(disk: Disk) -> None:
    disk.prove()
    assert f"{today().year}" in disk.page.inner_text("#proven-day")
    assert "« inspection »" in disk.page.inner_text("#proven-key").replace("\N{NO-BREAK SPACE}", " ")
    assert "Une inspection malhonnête peut signer un jour antérieur" in disk.page.inner_text("#proven")
    assert signing.fingerprint(disk.site.root_key) in disk.page.inner_text("footer")


def test_the_owner_of_a_proof_answers_a_question_and_the_verifier_checks_the_answer(disk: Disk) -> None:
    """The answer names the verifier and the day. The Python code also accepts the answer."""
    question = disk.asked()
    disk.start("#to-answer")
    disk.give("#question-file", question)
    expect(disk.page.locator("#asked-by")).to_contain_text(NAME, timeout=SLOW)
    given = disk.answer(question)
    author = receipt.author_hash(disk.keys.author_key)
    found = challenge.check(given, asked=question, author=author, deployment=disk.site.deployment)
    assert (NAME, today()) == (found.verifier, found.day)
    assert disk.page.input_value("#token") == ""
    disk.prove()
    for files in ((question, given), (given, question)):
        disk.give("#answer-files", *files)
        expect(disk.page.locator("#answer-right")).to_contain_text(NAME, timeout=SLOW)
        expect(disk.page.locator("#answer-error")).to_be_hidden()
    assert disk.complaints == []


@pytest.mark.parametrize("presses", [2, 3])
def test_repeated_presses_ask_one_question_and_save_one_answer(disk: Disk, presses: int) -> None:
    """Downloads arrive in order.

    If the presses had started a second download, it would arrive before the download that the key starts.
    """
    page = disk.page
    saves: list[str] = []
    page.on("download", lambda each: saves.append(each.suggested_filename))
    page.goto(f"file://{disk.folder}/proof.html")
    page.click("#to-check", click_count=presses)
    expect(page.locator("#step-check h1")).to_be_focused()
    disk.give("#proof-file", disk.proof())
    expect(page.locator("#proven")).to_be_visible(timeout=SLOW)
    page.fill("#verifier", NAME)
    with page.expect_download() as asked:
        page.click("#ask", click_count=presses)
    with page.expect_download():
        page.press("#ask", "Enter")
    asked.value.save_as(disk.folder / "challenge.json")
    page.goto(f"file://{disk.folder}/proof.html")
    page.click("#to-answer", click_count=presses)
    expect(page.locator("#step-answer h1")).to_be_focused()
    disk.give("#question-file", (disk.folder / "challenge.json").read_bytes())
    page.click("#show-typed", click_count=presses)
    expect(page.locator("#show-typed")).to_have_attribute("aria-pressed", "true")
    page.fill("#token", disk.words)
    with page.expect_download():
        page.click("#answer", click_count=presses)
    expect(page.locator("#answer-saved")).to_be_visible(timeout=SLOW)
    page.fill("#token", disk.words)
    with page.expect_download():
        page.press("#answer", "Enter")
    assert saves == ["challenge.json"] * 2 + ["answer.json"] * 2


def test_an_answer_to_another_question_or_with_other_words_is_refused(disk: Disk) -> None:
    """Otherwise somebody could reuse an answer to another question."""
    question, other = disk.asked(), disk.asked("Somebody else")
    given = disk.answer(question)
    disk.prove()
    stranger = casetoken.derive(casetoken.generate(), disk.site.deployment)
    forged = challenge.ANSWER.parse(given)
    theirs = signing.public_key(stranger.author_seed)
    altered = replace(forged, signature=bytes(64))
    for files, code in {
        (other, given): "other-challenge",
        (question, challenge.ANSWER.encode(replace(forged, author_key=theirs))): "other-author",
        (question, challenge.ANSWER.encode(altered)): "proof-altered",
        (question, disk.proof()): "proof-malformed",
        (given,): "answer-incomplete",
        (question,): "answer-incomplete",
    }.items():
        disk.give("#answer-files", *files)
        disk.shows("#answer-error", code)
        expect(disk.page.locator("#answer-right")).to_be_hidden()


def test_the_words_of_another_case_cannot_sign_an_answer(disk: Disk) -> None:
    """The answer would reveal the author key of the other case."""
    question = disk.asked()
    disk.start("#to-answer")
    disk.give("#question-file", question)
    saves: list[object] = []
    disk.page.on("download", lambda each: saves.append(each))  # noqa: PLW0108 - Playwright marks it
    for words, code in {
        " ".join(casetoken.words(casetoken.generate(), "fr")): "other-author",
        disk.words.rpartition(" ")[0]: "wrong-count",
    }.items():
        disk.page.fill("#token", words)
        disk.page.click("#answer")
        code_text = disk.page.locator(f"#texts [data-code={code}]").first.text_content() or ""
        expect(disk.page.locator("#own-error")).to_contain_text(
            code_text.replace("{count}", "11"), timeout=SLOW
        )
    assert saves == []


def test_a_question_for_another_site_or_without_a_name_is_refused(disk: Disk) -> None:
    disk.prove()
    disk.page.fill("#verifier", "  ")
    top = centred(disk.page.locator("#ask"))
    disk.page.click("#ask")
    disk.shows("#question-error", "verifier-missing")
    assert stays(disk.page.locator("#ask"), top)
    foreign = challenge.draw(bytes(16), receipt.author_hash(disk.keys.author_key), NAME, today())
    disk.start("#to-answer")
    for content, code in {foreign: "proof-foreign", disk.proof(): "proof-malformed"}.items():
        disk.give("#question-file", content)
        disk.shows("#own-error", code)
        expect(disk.page.locator("#asked")).to_be_hidden()


@pytest.mark.parametrize("disk", LANGUAGES, indirect=True)
def test_every_step_of_the_page_that_checks_proofs_is_accessible(disk: Disk) -> None:
    """The test uses axe, checks the size of buttons and links, and uses a screen that is 320 pixels wide."""
    question = disk.asked()
    steps: list[tuple[str, Callable[[], object]]] = [
        ("#step-begin", lambda: disk.page.goto(f"file://{disk.folder}/proof.html")),
        ("#step-check", lambda: disk.start("#to-check")),
        ("#proof-error", lambda: disk.give("#proof-file", b"{}")),
        ("#proven", lambda: disk.give("#proof-file", disk.proof())),
        ("#step-answer", lambda: disk.start("#to-answer")),
        ("#asked", lambda: disk.give("#question-file", question)),
    ]
    disk.page.set_viewport_size({"width": 320, "height": 640})
    for shown, act in steps:
        act()
        expect(disk.page.locator(shown)).to_be_visible(timeout=SLOW)
        width = disk.page.evaluate("document.documentElement.scrollWidth")
        found = [*violations(disk.page), *small_targets(disk.page)]
        assert (shown, [], True) == (shown, found, width <= 320)


def test_the_page_that_checks_proofs_does_nothing_when_a_site_serves_it(
    site: PortalSite, chromium: Browser
) -> None:
    """If the page worked there, people who type their words would have to trust the site at that moment."""
    context = chromium.new_context()
    page = context.new_page()
    page.goto(f"{site.address}/fr/proof.html")
    expect(page.locator("#loading")).to_be_visible(timeout=SLOW)
    expect(page.locator("#step-begin")).to_be_hidden()
    context.close()
