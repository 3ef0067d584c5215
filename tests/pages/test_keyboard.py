"""From the first page to the receipt of a report and its answer, with the keyboard alone."""

import pytest
from playwright.sync_api import ViewportSize

from tests.support.keyboard import ChromiumHands, KeyboardWalk, walk
from tests.support.page_visitor import DESKTOP, TEXT, Visitor

pytestmark = pytest.mark.browser

SMALL = ViewportSize(width=360, height=640)


@pytest.mark.parametrize(
    "screen", [SMALL, pytest.param(DESKTOP, marks=pytest.mark.soak)], ids=["small", "wide"]
)
def test_a_report_can_be_sent_and_its_answer_can_be_read_without_a_mouse(
    visitor: Visitor, screen: ViewportSize
) -> None:
    """Each focused element has a visible ring, and the bar with “Leave quickly” never covers it."""
    visitor.page.set_viewport_size(screen)
    assert walk(ChromiumHands(visitor.page), visitor.site, TEXT) == []


@pytest.mark.parametrize(
    ("fault", "told"),
    [
        (":focus-visible { outline: none !important }", "no ring"),
        ("footer a:focus { inset-block-start: -100vh; position: fixed }", "out of sight"),
        (".leave { inset-block-start: 0 }", "covered"),
    ],
)
def test_the_check_finds_a_focused_element_that_is_not_visible(
    visitor: Visitor, fault: str, told: str
) -> None:
    """The control for the test above: the element has no ring, is outside the window, or is covered."""
    visitor.page.set_viewport_size(SMALL)
    visitor.visit("fr/")
    visitor.page.evaluate(
        """(css) => {
          const sheet = new CSSStyleSheet();
          sheet.replaceSync(css);
          document.adoptedStyleSheets = [sheet];
        }""",
        fault,
    )
    # A planted fault stays on its element, so the walk does not have to wait at each element.
    person = KeyboardWalk(ChromiumHands(visitor.page), patience=0)
    person.reach("footer li:last-child a")
    assert told in {each.partition(":")[0] for each in person.wrong}
