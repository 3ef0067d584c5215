"""Accessibility of the reporters' pages in every state: errors, unfolded sections, sending and answers."""

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.support.accessibility import small_targets, violations
from tests.support.page_states import WAYS, Way, let_clock_run
from tests.support.page_visitor import DESKTOP, SLOW, Visitor

pytestmark = [pytest.mark.browser, pytest.mark.long]

# Plants a field without a label beside an element.
PLANT = """(selector) => {
  const planted = Object.assign(document.createElement("input"), { id: "planted" });
  [...document.querySelectorAll(selector)].find((each) => each.checkVisibility()).after(planted);
}"""
REMOVE = "document.querySelector('#planted').remove()"
LARGE = "document.documentElement.style.fontSize = '34px'"  # twice the font size of the style sheet
MODES: dict[str, dict[str, Any]] = {
    "light": {},
    "dark": {"color_scheme": "dark"},
    "forced": {"forced_colors": "active"},
    "large": {},
    "wide": {},
}


def seen(page: Page, place: str, mode: str) -> list[str]:
    """Return what axe finds in this state, and whether it misses a planted field without a label."""
    expect(page.locator(place).first).to_be_visible(timeout=SLOW)
    let_clock_run(page)  # axe needs the clock of the page, which is stopped in some states
    if mode == "large":
        page.evaluate(LARGE)
    # axe reads the colours of the style sheet, not the colours that the browser forces.
    found = [*violations(page, coloured=mode != "forced"), *small_targets(page)]
    if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
        found.append("wider than the screen")
    page.evaluate(PLANT, place)
    if not violations(page, "label"):
        found.append("a planted defect was not found")
    page.evaluate(REMOVE)
    return found


# Both languages share a template, so the gate tests only the language with the longer words.
@pytest.mark.parametrize(
    ("mode", "language"),
    [
        ("light", "fr"),
        *(pytest.param(mode, "fr", marks=pytest.mark.soak) for mode in ("dark", "forced", "large")),
        pytest.param("wide", "en", marks=pytest.mark.soak),
    ],
)
@pytest.mark.parametrize("way", WAYS)
def test_every_state_of_the_reporters_pages_is_accessible(
    visitor: Visitor,
    tmp_path: Path,
    way: Way,
    mode: str,
    language: str,
) -> None:
    """The test uses a phone's screen and, in English, also a wide screen.

    The control is a planted fault that axe must find in each state.
    """
    visitor.language = language
    visitor.page.emulate_media(**MODES[mode])
    if mode == "wide":
        visitor.page.set_viewport_size(DESKTOP)
    found = {name: seen(visitor.page, place, mode) for name, place in way(visitor, tmp_path)}
    assert {name: told for name, told in found.items() if told} == {}
