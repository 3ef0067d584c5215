"""The page's proof of work: done while the reporter writes, repeated if needed, possible without JIT."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from crypto import base64url
from portal.api.quotas import SHARES
from portal.config import Settings
from portal.store.quotas import TEXT, Kind, delete_envelopes
from portal.store.schema import envelopes
from tests.support import browsing, page_modules
from tests.support.builders import OUTSIDE
from tests.support.page_visitor import ENVELOPES, Visitor, lose, times, visiting
from tests.support.page_visitor import TEXT as WRITTEN
from tests.support.portal_site import slot_for

pytestmark = pytest.mark.browser
OFFER = "/api/work"
SECONDS = 10
DAYS_MS = 4 * 86_400_000
# milliseconds: nobody notices a shorter delay of a key press. The observer reports tasks of 50 ms or more.
LONGEST_TASK = 100
WATCH = """
window.tasks = [0];
new PerformanceObserver((list) => {
  for (const task of list.getEntries()) window.tasks.push(task.duration);
}).observe({ type: "longtask", buffered: true });
"""
# Records each attempt at the proof of work, and whether it has ended.
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
# Waits until all attempts have ended and no new attempt has begun for a second. The loop is needed because
# the policy forbids `eval`.
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
  const answer = await (await fetch("/api/work")).arrayBuffer();
  const { seed, cost } = modules.work.OFFER.parse(new Uint8Array(answer));
  window.tasks.length = 1;
  const begun = performance.now();
  const headerHash = new Uint8Array(32);
  await modules.work.solve({ seed, headerHash, channel: "inspectorate", sizeClass: 0, cost });
  return (performance.now() - begun) / 1000;
}"""

# In most runs, the work for 1 GiB takes more than FEW attempts, unless the page stops the work.
FEW = 5_000
CHANGE = """async () => {
  const envelope = Promise.resolve({ header: crypto.getRandomValues(new Uint8Array(1627)) });
  const before = window.tries.length;
  modules.paying.askWork();
  modules.paying.prepareWork(envelope, "inspectorate", 2 ** 30);
  while (window.tries.length < before + 8) await new Promise((resolve) => setTimeout(resolve));
  modules.paying.prepareWork(envelope, "inspectorate", 1);
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


def asked(visitor: Visitor) -> list[str]:
    """Return the paths of all API requests, except those for pieces of an upload."""
    paths = [request.url.removeprefix(visitor.address) for request in visitor.requests]
    return [path for path in paths if path.startswith("/api/") and path.count("/") == 2]


def test_the_proof_of_work_is_done_while_the_reporter_writes(visitor: Visitor) -> None:
    """The work does not depend on the text, so sending needs no further attempts and no further request."""
    opened = page(visitor)
    assert opened.evaluate(QUIET)
    done = opened.evaluate("window.tries.length")
    visitor.fill_in()
    visitor.to_token()
    visitor.confirm()
    visitor.arrived()
    assert asked(visitor) == [OFFER, "/api/envelopes"]
    assert opened.evaluate("window.tries.length") == done


@pytest.mark.parametrize("path", ["en/report", "en/status"])
def test_everybody_who_opens_a_page_makes_the_same_single_request_for_work(
    visitor: Visitor, path: str
) -> None:
    """Without a report or an opened case, the request is the same, however long the page stays open."""
    answers = []

    def answer(route: Route) -> None:
        true = route.fetch()
        answers.append(true.body())
        route.fulfill(response=true)

    visitor.page.route(f"**{OFFER}", answer)
    for _ in range(2):
        visitor.requests.clear()
        visitor.page.clock.install()
        with visitor.page.expect_response(f"**{OFFER}"):
            visitor.visit(path)
        visitor.page.clock.fast_forward(DAYS_MS)
        assert asked(visitor) == [OFFER]
    assert answers[0] == answers[1]


def test_choosing_another_reader_or_a_file_needs_new_work_but_no_request(
    visitor: Visitor, file: Path
) -> None:
    """The work begins while the reporter copies the words.

    The portal learns of the choice with the report.
    """
    opened = page(visitor)
    assert opened.evaluate(QUIET)
    done = opened.evaluate("window.tries.length")
    visitor.fill_in(files=[file], channel=OUTSIDE)
    assert opened.evaluate("window.tries.length") == done
    visitor.to_token()
    assert opened.evaluate(QUIET)
    assert opened.evaluate("window.tries.length") > done
    assert asked(visitor) == [OFFER]
    done = opened.evaluate("window.tries.length")
    visitor.confirm()
    visitor.arrived()
    assert asked(visitor) == [OFFER, "/api/envelopes"]
    assert opened.evaluate("window.tries.length") == done


def test_attaching_a_file_starts_the_work_for_a_follow_up(visitor: Visitor, file: Path) -> None:
    """The work starts before the text is written, so no work is left when the reporter presses “Send”."""
    visitor.reported()
    visitor.page.add_init_script(COUNT)
    visitor.open()
    visitor.opened()
    assert visitor.page.evaluate(QUIET)
    done = visitor.page.evaluate("window.tries.length")
    visitor.page.set_input_files("#follow-up-files", [file])
    assert visitor.page.evaluate(QUIET)
    assert visitor.page.evaluate("window.tries.length") > done
    done = visitor.page.evaluate("window.tries.length")
    visitor.page.click("#follow-up-send")
    expect(visitor.page.locator("#follow-up-done")).to_be_visible()
    assert visitor.page.evaluate("window.tries.length") == done


def test_work_for_a_larger_size_stops_when_other_work_is_needed(visitor: Visitor) -> None:
    """For the largest size, the old work would otherwise continue for minutes."""
    opened = page(visitor)
    page_modules.load(opened, "paying")
    assert opened.evaluate(QUIET)
    done = opened.evaluate("window.tries.length")
    opened.evaluate(CHANGE)
    assert opened.evaluate(QUIET)
    assert 0 < opened.evaluate("window.tries.length") - done < FEW


def test_if_the_seed_has_expired_the_page_replaces_it_while_sending_and_keeps_the_text(
    visitor: Visitor,
) -> None:
    visitor.write()
    visitor.site.hour += 9
    assert asked(visitor) == [OFFER]
    visitor.confirm()
    visitor.arrived()
    assert asked(visitor) == [OFFER, "/api/envelopes"] * 2
    assert visitor.site.report()[0].answers["what"] == WRITTEN


def test_after_a_failed_request_for_work_the_page_asks_again_only_when_it_sends(visitor: Visitor) -> None:
    """An earlier second request would reveal to the host that somebody has written."""
    visitor.page.route(f"**{OFFER}", times(1, lambda route: route.abort()))
    visitor.write()
    visitor.page.focus("#confirm-1")
    assert asked(visitor) == [OFFER]
    visitor.confirm()
    visitor.arrived()
    assert asked(visitor) == [OFFER, OFFER, "/api/envelopes"]
    assert visitor.site.report()[0].answers["what"] == WRITTEN


def test_a_lost_answer_does_not_cause_a_second_report(visitor: Visitor) -> None:
    """The portal recognises the repeated request as belonging to the same upload."""
    visitor.write()
    visitor.page.route(ENVELOPES, times(1, lose))
    visitor.confirm()
    visitor.arrived()
    assert asked(visitor) == [OFFER, "/api/envelopes", "/api/envelopes"]
    assert len(visitor.site.received()) == 1


def test_a_header_whose_upload_was_deleted_is_not_used_again(visitor: Visitor) -> None:
    """The portal deletes the upload just after its creation. The page seals again, with another header."""

    def lose_and_forget(route: Route) -> None:
        location = route.fetch().headers["location"]
        with visitor.site.database.write() as connection:
            upload = envelopes.c.id == base64url.decode(location.split("/")[-1])
            assert delete_envelopes(connection, visitor.site.hour, upload)
        route.abort()

    visitor.write()
    visitor.page.route(ENVELOPES, times(1, lose_and_forget))
    visitor.confirm()
    visitor.arrived()
    headers = [body[:1_627] for body in visitor.bodies() if body]
    # The page first repeats the header, because perhaps only the answer was lost. New work for the same
    # header would be useless.
    assert headers == [headers[0], headers[0], headers[-1]] != [headers[0]] * 3
    assert visitor.site.report()[0].answers["what"] == WRITTEN


def test_work_that_the_portal_always_refuses_is_reported(visitor: Visitor) -> None:
    """After three refusals the page asks to try again. The text is kept."""

    def refuse(route: Route) -> None:
        problem = '{"code": "work_unsolved"}'
        route.fulfill(status=403, body=problem, content_type="application/problem+json")

    visitor.write()
    visitor.page.route(ENVELOPES, times(3, refuse))
    visitor.confirm()
    expect(visitor.page.locator("#send-error")).to_contain_text("rien", ignore_case=True, timeout=30_000)
    assert asked(visitor) == [OFFER, "/api/envelopes"] * 3
    visitor.page.click("#retry")
    visitor.arrived()
    assert visitor.site.report()[0].answers["what"] == WRITTEN


def test_a_portal_without_room_for_files_accepts_the_text(visitor: Visitor, file: Path) -> None:
    """The page says what to do. Then the same text arrives without files."""
    visitor.site.configure(capacity_gb=2 * TEXT / SHARES[Kind.REPORT] / 10**9)
    visitor.write(files=[file])
    visitor.confirm()
    visitor.shows("#send-error", "problem-quota_full_files")
    visitor.page.click("#back")
    visitor.turn_to("#files")
    visitor.page.click("#files-list button")
    visitor.to_token()
    visitor.confirm()
    visitor.arrived()
    assert visitor.site.report()[0].answers["what"] == WRITTEN


def test_opening_a_case_makes_no_additional_request_for_work(visitor: Visitor) -> None:
    """A message needs no further request for work, and arrives."""
    visitor.report()
    message, _ = visitor.site.report()
    visitor.site.answer(message, slot_for(message))
    visitor.requests.clear()
    visitor.open()
    visitor.opened()
    assert asked(visitor) == [OFFER, "/api/slot"]
    visitor.follow_up("Encore eux.")
    visitor.follow_up("Et encore.")
    assert asked(visitor) == [OFFER, "/api/slot", "/api/envelopes", "/api/envelopes"]
    assert len(visitor.site.received()) == 3


@pytest.fixture(scope="module")
def jitless(chromium: Browser) -> Iterator[Browser]:
    """A Chromium without JIT, as in Tor Browser at its level “Safer”."""
    browser = browsing.launch(chromium.browser_type, "--js-flags=--jitless")
    yield browser
    browser.close()


def page(visitor: Visitor) -> Page:
    visitor.page.add_init_script(WATCH + COUNT)
    visitor.visit("fr/report")
    expect(visitor.page.locator("#what")).to_be_visible()
    return visitor.page


def test_without_jit_the_proof_of_work_takes_seconds_and_the_page_stays_responsive(
    jitless: Browser, tmp_path: Path
) -> None:
    """The machine is idle. No task of the page is long enough to be noticed."""
    with visiting(jitless, tmp_path) as visitor:
        visitor.site.configure(work_cost=Settings().work_cost)
        opened = page(visitor)
        opened.evaluate("window.tasks.length = 1")
        opened.locator("#what").press_sequentially("Ils m'ont abordé", delay=20)
        assert max(opened.evaluate("window.tasks")) < LONGEST_TASK
        page_modules.load(opened, "work")
        assert opened.evaluate(SOLVE) < SECONDS
        assert max(opened.evaluate("window.tasks")) < LONGEST_TASK
        # As a control, the observer reports a long task.
        assert opened.evaluate(BLOCK) >= 2 * LONGEST_TASK
