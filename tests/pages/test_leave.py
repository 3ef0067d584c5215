"""“Leave quickly” works on every page, immediately, and leaves no trace."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Literal

import pytest
from playwright.sync_api import Browser, ViewportSize, expect

from portal.app import load_questionnaire
from portal.config import Settings
from portal.web import guide, pages
from tests.support.offline_form import OfflineVisitor
from tests.support.page_visitor import DESKTOP, TEXT, Visitor
from tests.support.swallowing_line import swallowing

pytestmark = [pytest.mark.browser, pytest.mark.long]

ELSEWHERE = Settings().leave_to
NAMES = (
    *("", "before", "device", "report", "status", "guide", "verify", "sealed"),
    *("scenarios", "rehearsal", *guide.NOTICES),
)
PAGES = ["", "nowhere", *(f"fr/{name}" for name in NAMES)]
# One page of each kind: an unknown page, the home page, a form, a text.
KINDS = ["nowhere", "fr/", "fr/report", "fr/guide"]
LINK = "a[data-leave]"
KEYS = ("Escape", "Shift")
# Press Escape until the page counts it. A page does so as soon as it has loaded leave.js.
LISTENS = """() => {
  for (const type of ["keydown", "keyup"]) dispatchEvent(new KeyboardEvent(type, { key: "Escape" }));
  return document.querySelector("[data-left]")?.textContent;
}"""
SHIFT = "Shift"
COLOURS = "(each) => (({backgroundColor, color}) => [backgroundColor, color])(getComputedStyle(each))"


@pytest.fixture
def leaver(visitor: Visitor) -> Visitor:
    """A visitor whose browser gets a stand-in for the harmless page."""
    visitor.page.route(ELSEWHERE, lambda route: route.fulfill(body="<title>Elsewhere</title>"))
    return visitor


def press(visitor: Visitor, times: int, key: str = SHIFT) -> None:
    for _ in range(times):
        visitor.page.keyboard.press(key)


def wrote(visitor: Visitor) -> None:
    visitor.visit("fr/report")
    visitor.page.fill("#what", TEXT)


def go(visitor: Visitor, entries: int) -> None:
    """Go back or forward in the history, without waiting for the page."""
    visitor.page.evaluate(f"setTimeout(() => history.go({entries}))")


def is_empty(visitor: Visitor) -> None:
    visitor.page.wait_for_url("about:blank")
    assert visitor.page.evaluate("document.documentElement.textContent") == ""


def wrote_while_time_stands(visitor: Visitor) -> None:
    """Write with the page's clock stopped.

    On a busy machine a second could pass between two presses.
    """
    now = datetime.now(UTC)
    visitor.page.clock.install(time=now)
    wrote(visitor)
    visitor.page.clock.pause_at(now + timedelta(minutes=5))


def test_the_page_is_emptied_before_the_harmless_page_is_requested(leaver: Visitor) -> None:
    wrote(leaver)
    leave = "document.querySelector('a[data-leave]').click()"
    shown = leaver.page.evaluate(f"({leave}, [document.body.innerHTML, document.title])")
    assert shown == ['<p class="curtain" role="alert">Chargement…</p>', "…"]
    expect(leaver.page).to_have_url(ELSEWHERE)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_an_empty_white_page_covers_the_screen_at_once_and_is_read_out(
    visitor: Visitor, scheme: Literal["light", "dark"]
) -> None:
    """The cover is white in dark mode too.

    The harmless page does not answer here, so that the test can examine the cover.
    """
    visitor.page.emulate_media(color_scheme=scheme)
    visitor.page.route(ELSEWHERE, lambda route: route.fulfill(status=204))
    for path, words in (
        ("fr/report", "Chargement…"),
        ("en/status", "Loading…"),
        ("nowhere", "Chargement… · Loading…"),
    ):
        visitor.visit(path)
        visitor.page.click(LINK)
        curtain = visitor.page.get_by_role("alert")
        expect(curtain).to_have_text(words)
        assert curtain.bounding_box() == {"x": 0, "y": 0, "width": 390, "height": 844}
        assert curtain.evaluate(COLOURS) == ["rgb(255, 255, 255)", "rgb(0, 0, 0)"]


def test_the_link_to_leave_does_not_ask_for_confirmation(leaver: Visitor) -> None:
    """The browser leaves the page without asking, even if there is unsent text.

    The control is another link, at which the page asks for confirmation.
    """
    asked: list[str] = []
    leaver.page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.dismiss()))
    leaver.visit("fr/report")
    leaver.page.click("#what")
    leaver.page.keyboard.type("x")
    leaver.page.click(".brand a")
    expect(leaver.page.locator("#what")).to_have_value("x")
    assert asked == ["beforeunload"]
    leaver.page.click(LINK)
    expect(leaver.page).to_have_url(ELSEWHERE)
    assert asked == ["beforeunload"]


def test_every_page_has_a_link_to_leave_quickly(leaver: Visitor) -> None:
    for path in PAGES:
        leaver.visit(path)
        leaver.page.click(LINK)
        expect(leaver.page).to_have_url(ELSEWHERE)


def test_a_page_that_was_left_quickly_is_not_in_the_history_of_the_tab(leaver: Visitor) -> None:
    wrote(leaver)
    before = leaver.page.evaluate("history.length")
    leaver.page.click(LINK)
    expect(leaver.page).to_have_url(ELSEWHERE)
    assert leaver.page.evaluate("history.length") == before
    leaver.page.go_back()
    assert leaver.page.url == "about:blank"


def test_leaving_the_answer_page_adds_at_most_one_history_entry_and_that_entry_shows_an_empty_page(
    leaver: Visitor,
) -> None:
    """The step for withdrawing a report adds the entry. Reporters who do not open that step leave none."""
    leaver.reported()
    for more in (0, 1):
        leaver.page.goto("about:blank")
        leaver.visit("fr/guide")
        leaver.open()
        leaver.opened()
        entries = leaver.page.evaluate("history.length")
        if more:
            leaver.page.press("#to-withdraw", "Enter")
            expect(leaver.page.locator("#withdraw-meant")).to_be_visible()
        leaver.page.click(LINK)
        expect(leaver.page).to_have_url(ELSEWHERE)
        assert leaver.page.evaluate("history.length") == entries + more
        if more:
            go(leaver, -1)
            is_empty(leaver)
        go(leaver, -1)
        leaver.page.wait_for_url("**/fr/guide")


def test_back_while_the_harmless_page_is_slow_asks_for_it_again_and_nothing_of_the_form_comes_back(
    visitor: Visitor,
) -> None:
    """The answer to the first request is lost, so the page that comes was requested again.

    Another tab tells the page to go back, because the browser's driver waits for the requested page.
    """
    other = visitor.page.context.new_page()
    other.goto(f"{visitor.address}/fr/guide")
    visitor.page.goto("about:blank")
    visitor.visit("fr/guide")
    second_step(visitor)
    entries = visitor.page.evaluate("history.length")
    with swallowing(int(visitor.address.rpartition(":")[2])) as line:
        harmless = f"http://127.0.0.1:{line.port}/fr/rights"
        line.lose_answers()
        visitor.page.evaluate(
            """(address) => {
                new BroadcastChannel("press").onmessage = () => history.back();
                const link = document.querySelector("a[data-leave]");
                link.href = address;
                setTimeout(() => link.click());
            }""",
            harmless,
        )
        line.wait_until_silent()
        line.mend()
        other.evaluate("new BroadcastChannel('press').postMessage('Back')")
        expect(visitor.page).to_have_url(harmless, timeout=20_000)
    assert visitor.page.evaluate("history.length") == entries
    go(visitor, 1)
    is_empty(visitor)
    go(visitor, -2)
    visitor.page.wait_for_url("**/fr/guide")


@pytest.mark.parametrize("steps", [1, 2])
def test_a_page_that_is_loaded_again_while_the_harmless_page_does_not_come_is_empty(
    visitor: Visitor, steps: int
) -> None:
    """The harmless page does not answer with a page here."""
    visitor.page.route(ELSEWHERE, lambda route: route.fulfill(status=204))
    (wrote if steps == 1 else second_step)(visitor)
    visitor.page.click(LINK)
    expect(visitor.page.get_by_role("alert")).to_have_text("Chargement…")
    visitor.page.evaluate("setTimeout(() => location.reload())")
    is_empty(visitor)


def skip(visitor: Visitor) -> None:
    """Follow the link to the content, which is the first that the keyboard reaches."""
    visitor.page.focus(".skip")
    visitor.page.keyboard.press("Enter")
    expect(visitor.page.locator("#main")).to_be_focused()


def second_step(visitor: Visitor) -> None:
    wrote(visitor)
    visitor.page.click("#continue")
    expect(visitor.page.locator("#protect")).to_be_visible()


def answer(visitor: Visitor) -> None:
    visitor.open()
    visitor.opened()


@pytest.mark.parametrize(
    ("shown", "more"), [(wrote, 0), (second_step, 1), (answer, 0)], ids=["step-1", "step-2", "answer"]
)
def test_the_link_to_the_content_adds_nothing_to_the_history_and_back_shows_an_empty_page_after_leaving(
    leaver: Visitor, shown: Callable[[Visitor], None], more: int
) -> None:
    """The browser itself would add an entry, and Back would show the page again."""
    if shown is answer:
        leaver.reported()
    leaver.page.goto("about:blank")
    leaver.visit("fr/guide")
    shown(leaver)
    before = leaver.page.evaluate("history.length")
    skip(leaver)
    assert leaver.page.evaluate("history.length") == before
    leaver.page.click(LINK)
    expect(leaver.page).to_have_url(ELSEWHERE)
    if more:
        go(leaver, -1)
        is_empty(leaver)
    go(leaver, -1)
    leaver.page.wait_for_url("**/fr/guide")


@pytest.mark.parametrize(
    ("path", "held"),
    [("report", "**/keyring.json"), ("status", "**/js/status.js"), ("guide", "")],
    ids=["report", "status", "guide"],
)
def test_the_link_to_the_other_language_adds_nothing_to_the_history(
    leaver: Visitor, path: str, held: str
) -> None:
    """While the page still loads, it cannot switch the language in place, so the link loads another page."""
    page = leaver.page
    leaver.visit("en/before")
    if held:
        page.route(held, lambda _route: None)  # never answered
    page.goto(f"{leaver.address}/fr/{path}", wait_until="commit")
    page.wait_for_function(LISTENS)
    before = page.evaluate("history.length")
    page.locator(".languages a").click(no_wait_after=True)
    page.wait_for_url(f"**/en/{path}", wait_until="commit")
    assert page.evaluate("history.length") == before
    page.evaluate("setTimeout(() => history.back())")
    page.wait_for_url("**/en/before")


@pytest.mark.parametrize("key", ["Control", "Shift"])
def test_the_link_to_the_other_language_opens_another_tab_or_window_if_a_key_is_held(
    leaver: Visitor, key: Literal["Control", "Shift"]
) -> None:
    leaver.visit("fr/guide")
    with leaver.page.context.expect_page() as opened:
        leaver.page.click(".languages a", modifiers=[key])
    opened.value.wait_for_url("**/en/guide")
    assert leaver.page.url == f"{leaver.address}/fr/guide"


def test_the_harmless_page_gets_no_referrer(leaver: Visitor) -> None:
    wrote(leaver)
    leaver.page.click(LINK)
    expect(leaver.page).to_have_url(ELSEWHERE)
    (last,) = [request for request in leaver.requests if request.url == ELSEWHERE]
    assert "referer" not in last.all_headers()
    assert leaver.page.evaluate("[document.referrer, window.opener]") == ["", None]


@pytest.mark.parametrize("key", KEYS)
def test_pressing_the_leave_key_three_times_leaves_the_page(leaver: Visitor, key: str) -> None:
    """Pressing the key inside a text field also works."""
    wrote(leaver)
    leaver.page.focus("#what")
    press(leaver, 3, key)
    expect(leaver.page).to_have_url(ELSEWHERE)


def test_pressing_shift_three_times_slowly_leaves_the_page(leaver: Visitor) -> None:
    """Up to five seconds may pass between presses. The page shows how many presses are left."""
    wrote_while_time_stands(leaver)
    left = leaver.page.locator("nav [role=status]")
    expect(left).to_have_text("")
    for times in (2, 1):
        press(leaver, 1)
        expect(left).to_have_text(re.compile(f"Échap . {times}$"))
        leaver.page.clock.run_for(4_900)
    press(leaver, 1)
    expect(leaver.page).to_have_url(ELSEWHERE)


def test_the_number_of_presses_left_disappears_after_another_key_or_some_time(leaver: Visitor) -> None:
    wrote_while_time_stands(leaver)
    left = leaver.page.locator("nav [role=status]")
    for then in (
        lambda: leaver.page.keyboard.press("Tab"),
        lambda: leaver.page.clock.run_for(5_100),
    ):
        press(leaver, 2)
        expect(left).to_have_text(re.compile("Échap . 1$"))
        then()
        expect(left).to_have_text("")


def test_holding_shift_down_counts_as_one_press(leaver: Visitor) -> None:
    """While the key is held down, the keyboard sends it again and again."""
    wrote(leaver)
    for _ in range(4):
        leaver.page.keyboard.down(SHIFT)
    leaver.page.keyboard.up(SHIFT)
    expect(leaver.page.locator("nav [role=status]")).to_have_text(re.compile("Échap . 2$"))


@pytest.mark.parametrize(
    "typed",
    [
        lambda visitor: press(visitor, 2),
        pytest.param(lambda visitor: visitor.page.keyboard.type("DGDDI"), marks=pytest.mark.soak),
        lambda visitor: [visitor.page.keyboard.press(f"{SHIFT}+{letter}") for letter in "abcd"],
        lambda visitor: [visitor.page.click("#what", modifiers=["Shift"]) for _ in range(4)],
        lambda visitor: [
            visitor.page.keyboard.down("Alt"),
            press(visitor, 4),
            visitor.page.keyboard.up("Alt"),
        ],
        lambda visitor: [(press(visitor, 1), visitor.page.keyboard.press("x")) for _ in range(4)],
        lambda visitor: [(press(visitor, 1), visitor.page.clock.run_for(5_100)) for _ in range(4)],
    ],
    ids=["twice", "capitals", "as-modifier", "with-a-click", "with-alt", "between-letters", "slowly"],
)
def test_shift_with_letters_or_clicks_or_other_keys_does_not_leave_the_page(
    leaver: Visitor, typed: Callable[[Visitor], object]
) -> None:
    wrote_while_time_stands(leaver)
    leaver.page.focus("#what")
    typed(leaver)
    assert leaver.page.url == f"{leaver.address}/fr/report"
    assert leaver.page.input_value("#what").startswith(TEXT)


@pytest.mark.parametrize(("name", "first"), [("offline.html", "#step-keys"), ("proof.html", "#step-begin")])
def test_leaving_a_page_opened_from_disk_makes_no_request(
    visitor: Visitor, tmp_path: Path, name: str, first: str
) -> None:
    """The link on the page leads to an empty page.

    A request would show the network that somebody used the page.
    """
    page = tmp_path / name
    page.write_bytes(visitor.site.client.get(f"/fr/{name}").data)
    for leave in (lambda: visitor.page.click(LINK), lambda: press(visitor, 3, KEYS[0])):
        visitor.page.goto(page.as_uri())
        expect(visitor.page.locator(first)).to_be_visible()
        visitor.requests.clear()
        leave()
        visitor.page.wait_for_url("about:blank")
        assert visitor.requests == []


def test_leaving_the_offline_form_adds_one_empty_entry_to_the_history(
    offline_visitor: OfflineVisitor,
) -> None:
    """Back leads through the entry to whatever was open before the form. The form and its text are gone."""
    person, page = offline_visitor, offline_visitor.page
    person.save()
    before = person.folder / "before.html"
    before.write_text("<title>Before</title>")
    page.goto(before.as_uri())
    person.start()
    entries = page.evaluate("history.length")
    person.write()
    page.click(LINK)
    page.wait_for_url("about:blank")
    assert page.evaluate("history.length") == entries + 1
    page.evaluate("document.title = 'first', setTimeout(() => history.back())")
    page.wait_for_function("[document.URL, document.documentElement.textContent].join() === 'about:blank,'")
    page.evaluate("setTimeout(() => history.back())")
    page.wait_for_url("**/before.html")


LARGE = "document.documentElement.style.fontSize = '34px'"  # twice the font size of the style sheet
PARTS = """() => {
    const box = (name) => document.querySelector(name)?.getBoundingClientRect();
    scrollTo(0, document.documentElement.scrollHeight);
    const [header, bar, foot] = ["header", ".leave", "footer"].map(box);
    return [header.height, bar.height, (foot?.bottom ?? 0) - bar.top, bar.bottom];
}"""


@pytest.mark.parametrize("colours", ["none", "active"])
@pytest.mark.parametrize("text", ["usual", "large"])
def test_the_header_and_the_bar_stay_low_and_cover_nothing(
    visitor: Visitor, tmp_path: Path, text: str, colours: Literal["none", "active"]
) -> None:
    """On a small phone the header is at most 64 pixels high, and the footer can be scrolled above the bar.

    The bar is at the bottom of the screen. The same is true for pages opened from disk.
    """
    saved = [tmp_path / name for name in ("offline.html", "proof.html")]
    for page in saved:
        page.write_bytes(visitor.site.client.get(f"/fr/{page.name}").data)
    visitor.page.set_viewport_size({"width": 360, "height": 640})
    visitor.page.emulate_media(forced_colors=colours)
    for address in (*(f"{visitor.address}/{path}" for path in KINDS), *(page.as_uri() for page in saved)):
        visitor.page.goto(address)
        if text == "large":
            visitor.page.evaluate(LARGE)
        header, bar, over, end = visitor.page.evaluate(PARTS)
        assert header <= 64, address
        assert bar <= 80, address
        assert over <= 0, address
        assert end == 640, address
        assert visitor.page.evaluate("document.documentElement.scrollWidth") == 360, address


def test_the_link_to_leave_is_in_a_bar_at_the_bottom_of_a_phone_and_in_the_header_of_a_wide_screen(
    visitor: Visitor,
) -> None:
    for width, inside in ((360, False), (767, False), (768, True), (1280, True)):
        visitor.page.set_viewport_size({"width": width, "height": 640})
        visitor.visit("fr/guide")
        visitor.page.mouse.wheel(0, 100_000)
        header, bar = (visitor.page.locator(each).bounding_box() for each in ("header", ".leave"))
        assert header
        assert bar
        if inside:
            assert header["y"] == 0
            assert header["y"] <= bar["y"] < bar["y"] + bar["height"] <= header["height"]
        else:
            assert (bar["x"], bar["width"], bar["y"] + bar["height"]) == (0, width, 640)


@pytest.mark.parametrize(
    "screen",
    # A small screen is the harder case. `make soak pages` also tests a wide screen.
    [ViewportSize(width=320, height=480), pytest.param(DESKTOP, marks=pytest.mark.soak)],
    ids=["small", "desktop"],
)
def test_the_link_to_leave_stays_visible_while_scrolling(leaver: Visitor, screen: ViewportSize) -> None:
    leaver.page.set_viewport_size(screen)
    for path in PAGES:
        leaver.visit(path)
        leaver.page.mouse.wheel(0, 100_000)
        expect(leaver.page.locator(LINK)).to_be_in_viewport(ratio=1)
        box = leaver.page.locator(LINK).bounding_box()
        assert box
        assert min(box["height"], box["width"]) >= 44


def test_the_link_to_leave_works_without_a_script(chromium: Browser, visitor: Visitor) -> None:
    plain = chromium.new_context(java_script_enabled=False)
    page = plain.new_page()
    page.route(ELSEWHERE, lambda route: route.fulfill(body="<title>Elsewhere</title>"))
    for path in PAGES:
        page.goto(f"{visitor.address}/{path}")
        page.click(LINK)
        assert page.url == ELSEWHERE, path
    plain.close()


def test_the_operator_can_configure_the_harmless_page(tmp_path: Path) -> None:
    settings = Settings(leave_to="https://www.example.org/weather", folder=tmp_path)
    for path, page in pages.render(settings, load_questionnaire(settings)).items():
        left = re.findall(r'href="([^"]+)"[^>]*data-leave', page.decode())
        to = settings.leave_to
        if path.endswith("sheet.html"):
            to = ""
        elif path.endswith(("offline.html", "proof.html")):  # opened from disk, because it makes no request
            to = "about:blank"
        assert left == ([to] if to else []), path
    assert Settings().leave_to == ELSEWHERE


def test_a_page_restored_from_the_back_forward_cache_is_empty(visitor: Visitor) -> None:
    """The test sends the two events of this cache itself, because the browser used here has no such cache."""
    wrote(visitor)
    visitor.page.evaluate("dispatchEvent(new PageTransitionEvent('pagehide', {persisted: false}))")
    assert visitor.page.input_value("#what") == TEXT
    visitor.page.evaluate("dispatchEvent(new PageTransitionEvent('pagehide', {persisted: true}))")
    assert visitor.page.evaluate("document.body.innerHTML") == ""
    visitor.page.evaluate("dispatchEvent(new PageTransitionEvent('pageshow', {persisted: true}))")
    expect(visitor.page.locator("#what")).to_have_value("")
