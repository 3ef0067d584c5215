"""Drafts and sessions in a real browser: typed text is kept, and a page warns before its session ends."""

import os
import re
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserType, Page, Route, expect

from tests.support import browsing
from tests.support.desk_room import HASTILY, Served, another_address, seen, serving, signing_in, tell
from tests.support.inbox_builders import PASSPHRASE, Office, Portal, World

pytestmark = [pytest.mark.browser, pytest.mark.long]

WORDS = "Vu au quai 7, vers midi"
KEPT = "Gardé en brouillon"


@contextmanager
def again(chromium: Browser, served: Served, **options: Any) -> Iterator[Page]:
    """Yield a page in a new browser.

    Get a new address for the next browser, because each address works only once.
    """
    with seen(chromium, served, **options) as page:
        served.address = another_address(page, served)
        yield page


@pytest.fixture(scope="module")
def served(founded: Office, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A desk with two cases for all tests of this module; each test writes in a different place."""
    office = founded.copy(tmp_path_factory.mktemp("typing"))
    world = World(office)
    portal = Portal(world, tmp_path_factory.mktemp("medium"))
    tell(world, portal, {"what": "x", "coi": "no"}, {"what": "y", "coi": "no"})
    with serving(office) as served:
        yield served


@pytest.fixture
def page(chromium: Browser, served: Served) -> Iterator[Page]:
    """A page of the desk; the test fails if a script reports an error."""
    with again(chromium, served) as page:
        faults: list[str] = []
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on("console", lambda said: faults.append(said.text) if "Security" in said.text else None)
        yield page
        assert [] == faults


def begin(page: Page, case: int, words: str) -> None:
    """Type a note key by key, and wait until the page says that it is saved."""
    page.goto(re.sub(r"/(fr|en)/.*", f"/fr/case/{case}/work", page.url))
    page.locator("details:has(#note)").evaluate("each => { each.open = true; }")
    page.locator("#note").press_sequentially(words)
    expect(page.locator("form:has(#note) output")).to_have_text(re.compile(KEPT))


def test_a_draft_survives_closing_the_browser(chromium: Browser, page: Page, served: Served) -> None:
    begin(page, 1, WORDS)
    page.context.close()
    with again(chromium, served) as other:
        other.goto(f"{served.root}/fr/case/1/work")
        expect(other.locator("#note")).to_have_value(WORDS)
        expect(other.locator("#note")).to_be_visible()
        assert other.locator("[hidden]:visible").count() == 0
        other.get_by_text("Le supprimer").click()
        expect(other.locator("#note")).to_have_value("")
        expect(other.locator(".said, [role=status]").first).to_contain_text("supprimé")


def test_a_draft_survives_killing_the_browser(engine: BrowserType, chromium: Browser, served: Served) -> None:
    """The signal gives the browser no time to send or save anything."""
    doomed = browsing.launch(engine)
    with again(chromium, served) as other:
        crashing = doomed.new_page()
        crashing.goto(served.address)
        served.address = another_address(other, served)
        name, given = signing_in(served.office)
        crashing.locator("#officer").select_option(name)
        crashing.locator("#passphrase").fill(given)
        crashing.locator("#passphrase").press("Enter")
        crashing.locator(".present").wait_for()
        begin(crashing, 1, WORDS)
        running = doomed.new_browser_cdp_session().send("SystemInfo.getProcessInfo")["processInfo"]
        (process,) = [each["id"] for each in running if each["type"] == "browser"]
        with crashing.expect_event("close"):
            os.kill(process, signal.SIGKILL)
    with again(chromium, served) as other:
        other.goto(f"{served.root}/fr/case/1/work")
        expect(other.locator("#note")).to_have_value(WORDS)
        other.get_by_text("Le supprimer").click()


def test_the_last_words_are_kept_when_the_officer_leaves_the_page(page: Page, served: Served) -> None:
    """The officer leaves before the page says that the words are saved."""
    begin(page, 2, WORDS)
    page.locator("#note").press_sequentially(", encore")
    page.goto(f"{served.root}/fr/")
    page.goto(f"{served.root}/fr/case/2/work")
    expect(page.locator("#note")).to_have_value(f"{WORDS}, encore")
    page.get_by_text("Le supprimer").click()


def test_sending_a_note_leaves_no_draft(page: Page) -> None:
    """The control is the note itself, which the page lists."""
    begin(page, 2, "un")
    page.locator("#note").press_sequentially(" deux")
    page.get_by_role("button", name="Garder la note").click()
    expect(page.locator(".note").last).to_contain_text("un deux")
    expect(page.locator("#note")).to_have_value("")


def test_typing_prolongs_the_session(page: Page, served: Served) -> None:
    """The page also asks for the remaining time, but that does not prolong the session (`test_drafts`)."""
    page.goto(f"{served.root}/fr/")
    with page.expect_request(lambda asked: asked.url.endswith("/stay") and asked.method == "POST"):
        page.locator("#search").press("a")
    expect(page.locator("#stay")).to_be_hidden()


def test_mouse_movements_and_scripts_do_not_prolong_the_session(page: Page, served: Served) -> None:
    """The control is a key press, which does prolong the session."""
    page.goto(f"{served.root}/fr/case/1/work")
    asked: list[str] = []
    page.on("request", lambda one: asked.append(one.url) if one.url.endswith("/stay") else None)
    page.mouse.move(200, 200)
    page.mouse.move(300, 320)
    page.mouse.wheel(0, 200)
    page.mouse.click(2, 300)  # on an empty part of the page
    page.evaluate("""() => {
      document.body.dispatchEvent(new KeyboardEvent("keydown", { key: "a", bubbles: true }))
      document.body.dispatchEvent(new InputEvent("input", { bubbles: true }))
    }""")
    page.evaluate("() => new Promise(requestAnimationFrame)")
    assert [] == asked
    with page.expect_request("**/stay"):
        page.keyboard.press("Shift")
    assert 1 == len(asked)


@pytest.fixture
def ends(page: Page, served: Served) -> dict[str, int]:
    """The seconds until the session ends and until the inbox locks, as reported to an inactive page."""
    told = {"session": 9_000, "inbox": 9_000}
    page.clock.install()
    page.route("**/left/*", lambda route: route.fulfill(json=told))
    page.goto(f"{served.root}/fr/today")
    return told


def _expect_told(page: Page, *, is_told: bool) -> None:
    """Let the page ask for the remaining time; expect a warning or no warning."""
    with page.expect_response("**/left/*"):
        page.clock.run_for(31_000)
    page.clock.run_for(1_000)
    stay = expect(page.locator("#stay"))
    stay.to_be_visible() if is_told else stay.to_be_hidden()


def test_a_page_warns_two_minutes_before_its_session_ends(page: Page, ends: dict[str, int]) -> None:
    for left, is_told in ((185, False), (150, False), (115, True)):
        ends["session"] = left
        _expect_told(page, is_told=is_told)


def test_a_page_warns_two_minutes_before_the_inbox_locks(page: Page, ends: dict[str, int]) -> None:
    """Locking ends all sessions, and no button can postpone it, so the warning has no button."""
    for left, is_told in ((150, False), (115, True)):
        ends["inbox"] = left
        _expect_told(page, is_told=is_told)
    expect(page.locator("#stay")).to_contain_text("verrouille")
    expect(page.locator("#stay button")).to_be_hidden()


def test_a_refused_draft_is_not_sent_again_and_the_page_says_so(page: Page, served: Served) -> None:
    """The draft is sent again once the officer types more.

    The control is a busy or unreachable desk: the draft is sent again, even if the officer types no more.
    """
    page.clock.install()
    sent: list[str] = []
    answers: list[int | None] = [404, 413, 401, 503, None]

    def answer(route: Route) -> None:
        sent.append(route.request.url)
        route.abort() if answers[0] is None else route.fulfill(status=answers[0], body="")

    page.route("**/draft/**", answer)
    page.goto(f"{served.root}/fr/enter")
    output = page.locator("form:has(#q-what) output")
    said = {404: "le refuse", 413: "trop long", 401: "le refuse", 503: "ne répond pas", None: "ne répond pas"}
    while answers:
        sent.clear()
        page.locator("#q-what").fill(f"rien {len(answers)}")
        page.clock.run_for(1_000)
        expect(output).to_have_text(re.compile(f"Non gardé.*{said[answers[0]]}"))
        if answers[0] in {503, None}:
            with page.expect_request("**/draft/**"):
                page.clock.run_for(5_000)
        else:
            page.clock.run_for(20_000)
            assert 1 == len(sent), answers[0]
        del answers[0]


def test_a_page_closes_itself_once_its_session_has_ended_in_another_tab(page: Page, served: Served) -> None:
    """The page asks for the remaining time every half minute and on focus, even in a new session.

    The control is the page while its session lasts.
    """
    page.clock.install()
    for way in ("in time", "at once"):
        page.goto(f"{served.root}/fr/case/1")
        with page.expect_response("**/left/*") as answer:
            page.clock.run_for(31_000)
        assert (200, True) == (answer.value.status, page.url.endswith("/case/1"))
        with page.context.new_page() as tab:
            tab.goto(f"{served.root}/fr/")
            tab.locator("form[action$=sign-out] button").click()
            name, given = signing_in(served.office)
            tab.locator("#officer").select_option(name)
            tab.locator("#passphrase").fill(given)
            tab.locator("#passphrase").press("Enter")
            tab.locator(".present").wait_for()
        if way == "in time":
            page.clock.run_for(31_000)
        else:
            page.evaluate("dispatchEvent(new Event('focus'))")
        page.wait_for_url(lambda url: "case" not in url)


def test_the_desk_works_without_a_script_and_shows_no_hints_that_need_a_script(
    chromium: Browser, served: Served
) -> None:
    with again(chromium, served, java_script_enabled=False) as page:
        page.goto(f"{served.root}/fr/case/1")
        expect(page.locator("#stay")).to_be_hidden()
        expect(page.get_by_text("Écrire une note")).to_be_hidden()
        page.get_by_role("link", name="Traitement").click()
        expect(page.get_by_role("heading", name="Le signalement")).to_be_hidden()
        page.get_by_text("Écrire une note").click()
        page.locator("#note").fill("sans script")
        page.get_by_role("button", name="Garder la note").click()
        expect(page.locator(".note").last).to_contain_text("sans script")


def confirm(page: Page) -> None:
    """Type the passphrase that the page asks for, and confirm."""
    page.fill("[name=passphrase-officer]", PASSPHRASE)
    page.get_by_role("button", name="Confirmer").click()


@pytest.mark.slow
def test_cases_are_acknowledged_and_assessed_and_closed_without_a_script(
    chromium: Browser, office: Office, tmp_path: Path
) -> None:
    """Two cases are ticked in the queue. One of the cases is assessed, and then closed after a preview."""
    world = World(office)
    tell(world, Portal(world, tmp_path / "medium"), *[{"what": each, "coi": "no"} for each in "xyz"])
    with serving(office) as served, seen(chromium, served, java_script_enabled=False, locale="fr") as page:
        page.goto(f"{served.root}/fr/")
        for number in (1, 2):
            page.locator(f"[data-row] [name=case][value='{number}']").check()
        page.get_by_role("button", name="Accuser réception").click()
        page.get_by_role("button", name="Accuser réception de 2 signalements").click()
        expect(page.get_by_role("status")).to_contain_text("2 accusés de réception")
        page.goto(f"{served.root}/fr/case/3")
        expect(page.locator(".facts")).to_contain_text("Reçu")
        page.goto(f"{served.root}/fr/case/1")
        expect(page.locator(".facts")).to_contain_text("Accusé")
        page.get_by_role("link", name="Traitement").click()
        page.locator("#risk").select_option("low")
        page.locator("#choice-art14").select_option("not_needed")
        page.locator("#choice-admissibility").select_option("admissible")
        page.fill("#assess-reason", "beaucoup le savent")
        page.locator(".assess button:visible").last.click()
        confirm(page)
        expect(page.locator(".said").first).to_be_visible()
        page.locator("#outcome").select_option("moot")
        page.locator("#disclosure").select_option("withheld")
        page.fill("#closing-reason", "sans suite")
        page.get_by_role("button", name="Relire avant de clore").click()
        expect(page.locator(".seen")).to_contain_text("avons terminé l\N{RIGHT SINGLE QUOTATION MARK}examen")
        page.get_by_role("button", name="Clore le dossier").click()
        confirm(page)
        expect(page.locator(".said")).to_contain_text("Le dossier est clos")


@pytest.fixture
def hasty_desk(office: Office) -> Iterator[Served]:
    """A desk where a minute lasts a second, so that a session ends after eight seconds."""
    with serving(office, "--minutes", "8", command=HASTILY) as served:
        yield served


@pytest.mark.slow
def test_a_page_warns_before_its_session_ends_and_then_shows_nothing(
    chromium: Browser, hasty_desk: Served
) -> None:
    """The officer can prolong the session. Typed text is kept for the next sign-in."""
    with again(chromium, hasty_desk) as page:
        page.goto(f"{hasty_desk.root}/fr/enter")
        expect(page.locator("#stay [role=alert]")).to_have_text(
            re.compile(r"Votre session prend fin dans moins de \d+ secondes")
        )
        with page.expect_response(lambda answer: answer.url.endswith("/stay")) as answer:
            page.get_by_role("button", name="Je suis là").click()
        assert answer.value.json()["session"] > 6
        page.locator("#q-what").press_sequentially(WORDS)
        page.wait_for_url("**/sign-in", timeout=20_000)
        expect(page.locator("body")).not_to_contain_text(WORDS)
    with again(chromium, hasty_desk) as page:
        page.goto(f"{hasty_desk.root}/fr/enter")
        expect(page.locator("#q-what")).to_have_value(WORDS)
