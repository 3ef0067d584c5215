"""At any step of a report, whatever happens to the page, no input is lost and one report arrives."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.support.builders import OUTSIDE
from tests.support.page_visitor import FILE, Visitor

pytestmark = [pytest.mark.browser, pytest.mark.long]

TEXT = "Noël, quai 4"
# Returns the values and choices, the number of files, and the twelve words.
STATE = """() => [
  ...[...document.querySelectorAll("#form textarea, #form input")].map(
    (each) => [each.id, each.matches("[type=radio], [type=checkbox]") ? each.checked : each.value]),
  document.querySelectorAll("#files-list > li").length,
  [...document.querySelectorAll("#token-words li")].map((each) => each.textContent),
]"""


@dataclass(frozen=True)
class Step:
    """An element of the step, the reporter's action there, and the button that leads to the next step."""

    shown: str
    fill: Callable[[Visitor, Path], None]
    onward: str


def _what(visitor: Visitor, _: Path) -> None:
    # The text is typed key by key, because only a page with real input asks before the reporter leaves it.
    visitor.page.locator("#what").press_sequentially(TEXT)


def _protect(visitor: Visitor, _: Path) -> None:
    visitor.page.fill("#protect", "Peu de gens le savent.")
    visitor.page.check("#how_many-few")
    visitor.page.check(f"#channels-{OUTSIDE}")


def _files(visitor: Visitor, file: Path) -> None:
    visitor.page.set_input_files("#files", [file])
    expect(visitor.page.locator("#files-list > li[aria-busy=false]")).to_have_count(1)


def _words(visitor: Visitor, _: Path) -> None:
    words = visitor.page.locator("#token-words li")
    expect(words).to_have_count(12)
    visitor.words = words.all_inner_texts()
    for number in (1, 2):
        field = visitor.page.locator(f"#confirm-{number}")
        field.fill(visitor.words[int(field.get_attribute("data-place") or -1)])


STEPS = (
    Step("#what", _what, "#continue"),
    Step("#protect", _protect, "#more"),
    Step("#files-hint", _files, "#continue"),
    Step("#token-asked", _words, "#send"),
)


@contextmanager
def cut(visitor: Visitor, _: int) -> Iterator[None]:
    """Go offline, continue, and go online again."""
    visitor.page.context.set_offline(True)
    yield
    visitor.page.context.set_offline(False)


@contextmanager
def reloaded(visitor: Visitor, _: int) -> Iterator[None]:
    """Try to reload the page. The page first asks for confirmation, and the reporter decides to stay."""
    _stay(visitor, "location.reload()")
    yield


@contextmanager
def switched(visitor: Visitor, _: int) -> Iterator[None]:
    """Switch to the other language."""
    link = visitor.page.locator("a[hreflang]")
    language = link.get_attribute("hreflang") or "?"
    link.click()
    expect(visitor.page.locator("html")).to_have_attribute("lang", language)
    yield


@contextmanager
def gone_back(visitor: Visitor, at: int) -> Iterator[None]:
    """Go back one step and forward again. At the first step, the page asks before the reporter leaves it."""
    if at == 0:
        _stay(visitor, "history.back()")
    else:
        visitor.page.evaluate("history.back()")
        expect(visitor.page.locator(STEPS[at - 1].shown)).to_be_visible()
        visitor.page.click(STEPS[at - 1].onward)
        expect(visitor.page.locator(STEPS[at].shown)).to_be_visible()
    yield


def _stay(visitor: Visitor, leave: str) -> None:
    with visitor.page.expect_event("dialog") as asked:
        visitor.page.evaluate(f"() => {{ setTimeout(() => {leave}); }}")
    asked.value.dismiss()


@pytest.mark.parametrize("event", [cut, reloaded, switched, gone_back])
def test_one_complete_report_arrives_whatever_happens_at_each_step(
    visitor: Visitor, file: Path, event: Callable[[Visitor, int], AbstractContextManager[None]]
) -> None:
    """All input is kept, and the case opens with the words that were noted."""
    page = visitor.page
    visitor.visit("fr/report")
    for at, step in enumerate(STEPS):
        expect(page.locator(step.shown)).to_be_visible()
        step.fill(visitor, file)
        before = page.evaluate(STATE)
        with event(visitor, at):
            expect(page.locator(step.shown)).to_be_visible()
            assert page.evaluate(STATE) == before
            page.click(step.onward)
    visitor.arrived()
    report, files = visitor.site.report()
    given = {"what": TEXT, "protect": "Peu de gens le savent.", "how_many": "few"}
    assert (report.answers, report.channel, files) == (given, OUTSIDE, {1: FILE})
    visitor.open()
    visitor.opened()
