"""The work of a page before it sends: while the reporter writes, anew where need be, also without JIT."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from portal.api.challenges import COST
from portal.api.quotas import SHARES
from portal.store.quotas import TEXT, Kind
from tests.support import browsing, page_modules
from tests.support.builders import OUTSIDE
from tests.support.page_visitor import ENVELOPES, Visitor, times, visiting
from tests.support.page_visitor import TEXT as WRITTEN
from tests.support.portal_site import slot_for

pytestmark = pytest.mark.browser
CHALLENGE = "/api/challenge/inspectorate"
SECONDS = 10
# Below this no press of a key is felt to lag. The watch sees tasks from 50 ms on.
LONGEST_TASK = 100
WATCH = """
window.tasks = [0];
new PerformanceObserver((list) => {
  for (const task of list.getEntries()) window.tasks.push(task.duration);
}).observe({ type: "longtask", buffered: true });
"""
# Each try of the work, and whether it has ended.
COUNT = """
window.tries = [];
const derive = crypto.subtle.deriveBits.bind(crypto.subtle);
crypto.subtle.deriveBits = async (how, ...more) => {
  const at = how.name === "PBKDF2" ? window.tries.push(false) - 1 : -1;
  const bits = await derive(how, ...more);
  if (at >= 0) window.tries[at] = true;
  return bits;
};
"""
# Ends once every try has ended and none began for a second; waits by itself, for the policy forbids `eval`.
QUIET = """async () => {
  let before = 0;
  const rests = () => before > 0 && before === window.tries.length && window.tries.every(Boolean);
  for (let waits = 0; waits < 60 && !rests(); waits += 1) {
    before = window.tries.length;
    await new Promise((resolve) => setTimeout(resolve, 1000));
  }
  return rests();
}"""
SOLVE = """async () => {
  const asked = await (await fetch("%s/text")).json();
  window.tasks.length = 1;
  const begun = performance.now();
  await modules.challenge.solve(asked);
  return (performance.now() - begun) / 1000;
}"""

BLOCK = """async () => {
  setTimeout(() => {
    const end = performance.now() + 200;
    while (performance.now() < end);
  });
  for (let waits = 0; waits < 100 && window.tasks.length < 2; waits += 1) {
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return Math.max(...window.tasks);
}"""


@pytest.fixture
def visitor(chromium: Browser, tmp_path: Path) -> Iterator[Visitor]:
    """A visitor of a portal that asks for as much work as any."""
    with visiting(chromium, tmp_path, COST) as made:
        yield made


def challenges(visitor: Visitor) -> list[str]:
    """Return the paths of all challenges that were asked for."""
    paths = [request.url.removeprefix(visitor.address) for request in visitor.requests]
    return [path for path in paths if path.startswith("/api/challenge")]


def test_the_work_is_done_while_the_reporter_writes(visitor: Visitor) -> None:
    """All of it: once the page is open it takes no word written, and none is done or asked for afterwards."""
    opened = page(visitor)
    assert opened.evaluate(QUIET)
    done = opened.evaluate("window.tries.length")
    visitor.fill_in()
    visitor.to_token()
    visitor.confirm()
    visitor.arrived()
    assert challenges(visitor) == [f"{CHALLENGE}/text"]
    assert opened.evaluate("window.tries.length") == done


def test_whoever_opens_the_page_asks_for_the_same(visitor: Visitor) -> None:
    """Whoever writes nothing, too: one request, for the first reader and the smallest size."""
    for _ in range(2):
        visitor.requests.clear()
        with visitor.page.expect_response(f"**{CHALLENGE}/text"):
            visitor.visit("en/report")
        assert challenges(visitor) == [f"{CHALLENGE}/text"]


def test_other_readers_and_files_have_work_of_their_own(visitor: Visitor, file: Path) -> None:
    """Begun while the words are copied, not earlier: that they were chosen is told no sooner than it must."""
    opened = page(visitor)
    visitor.fill_in(files=[file], channel=OUTSIDE)
    assert challenges(visitor) == [f"{CHALLENGE}/text"]
    with opened.expect_response(f"**/api/challenge/{OUTSIDE}/files"):
        visitor.to_token()
    visitor.confirm()
    visitor.arrived()
    assert challenges(visitor) == [f"{CHALLENGE}/text", f"/api/challenge/{OUTSIDE}/files"]


def test_a_challenge_that_expired_is_replaced_and_the_text_kept(visitor: Visitor) -> None:
    visitor.write()
    visitor.site.hour += 9
    visitor.confirm()
    visitor.arrived()
    assert challenges(visitor) == [f"{CHALLENGE}/text"] * 2
    assert visitor.site.report()[0].answers["what"] == WRITTEN


def test_work_that_is_never_taken_is_told(visitor: Visitor) -> None:
    """After three times the person is asked to try again; what was written stays."""

    def refuse(route: Route) -> None:
        problem = '{"code": "challenge_spent"}'
        route.fulfill(status=403, body=problem, content_type="application/problem+json")

    visitor.write()
    visitor.page.route(ENVELOPES, times(3, refuse))
    visitor.confirm()
    expect(visitor.page.locator("#send-error")).to_contain_text("rien", ignore_case=True, timeout=30_000)
    assert len(challenges(visitor)) == 3
    visitor.page.click("#retry")
    visitor.arrived()
    assert visitor.site.report()[0].answers["what"] == WRITTEN


def test_a_portal_without_room_for_files_takes_the_text(visitor: Visitor, file: Path) -> None:
    """What to do is said, and after it the same text arrives."""
    visitor.site.configure(capacity_gb=2 * TEXT / SHARES[Kind.REPORT] / 10**9)
    visitor.write(files=[file])
    visitor.confirm()
    visitor.shows("#send-error", "problem-quota_full_files")
    visitor.page.click("#back")
    visitor.page.click("#files-list button")
    visitor.to_token()
    visitor.confirm()
    visitor.arrived()
    assert visitor.site.report()[0].answers["what"] == WRITTEN


def test_every_opened_case_asks_for_a_challenge(visitor: Visitor) -> None:
    """Whether or not its reporter will write: asking tells nothing. What is written then arrives."""
    message = visitor.reported()
    visitor.site.answer(message, slot_for(message))
    visitor.requests.clear()
    visitor.open()
    visitor.opened()
    assert challenges(visitor) == [f"{CHALLENGE}/text"]
    visitor.follow_up("Encore eux.")
    assert challenges(visitor) == [f"{CHALLENGE}/text"]
    assert len(visitor.site.received()) == 2


@pytest.fixture(scope="module")
def jitless(chromium: Browser) -> Iterator[Browser]:
    """Chromium as Tor Browser's "Safer" level runs its pages: JavaScript without JIT."""
    browser = browsing.launch(chromium.browser_type, "--js-flags=--jitless")
    yield browser
    browser.close()


def page(visitor: Visitor) -> Page:
    visitor.page.add_init_script(WATCH + COUNT)
    visitor.visit("fr/report")
    expect(visitor.page.locator("#what")).to_be_visible()
    return visitor.page


def test_without_jit_the_work_takes_seconds_and_the_page_stays_alive(
    jitless: Browser, tmp_path: Path
) -> None:
    """At rest; no task of the page is long enough to be felt."""
    with visiting(jitless, tmp_path, COST) as visitor:
        opened = page(visitor)
        opened.evaluate("window.tasks.length = 1")
        opened.locator("#what").press_sequentially("Ils m'ont abordé", delay=20)
        assert max(opened.evaluate("window.tasks")) < LONGEST_TASK
        page_modules.load(opened, "challenge")
        assert opened.evaluate(SOLVE % CHALLENGE) < SECONDS
        assert max(opened.evaluate("window.tasks")) < LONGEST_TASK
        # The watch would have seen one.
        assert opened.evaluate(BLOCK) >= 2 * LONGEST_TASK
