"""Run axe-core in a real page, to find barriers for people with disabilities."""

from typing import Any

from playwright.sync_api import Page

from tests.support.paths import ROOT

CONTRAST = "color-contrast"
_AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
# A person can scroll until neither the header nor the bar covers a target. So if axe calls a target too
# small, axe examines the target again in the middle of the screen.
_RUN = """async (options) => {
    const wanted = { resultTypes: ["violations"], selectors: false, elementRef: true };
    const found = (await axe.run(document, { ...options, ...wanted })).violations;
    const top = scrollY;
    const told = [];
    for (const { id, nodes } of found) {
        for (const { element, html } of nodes) {
            if (id === "target-size") {
                element.scrollIntoView({ block: "center", behavior: "instant" });
                const again = await axe.run(element, { runOnly: [id], ...wanted });
                if (again.violations.length === 0) continue;
            }
            told.push(`${id}: ${html}`);
        }
    }
    scrollTo({ top, behavior: "instant" });
    return told;
}"""
_SMALL = """() => {
  const letters = (text) => text.replace(/[^\\p{L}\\p{N}]/gu, "");
  const block = (each) => getComputedStyle(each).display === "inline" ? block(each.parentElement) : each;
  const isWithinSentence = (link) => {
    if (getComputedStyle(link).display !== "inline") return false;
    const around = block(link);
    const links = [...around.querySelectorAll("a")].map((each) => each.textContent).join("");
    return letters(around.textContent) !== letters(links);
  };
  const small = [];
  for (const each of document.querySelectorAll("a[href], button, input, textarea, select, summary")) {
    if (!each.checkVisibility({ visibilityProperty: true }) || each.matches(".unseen, .skip")) continue;
    if (each.matches("a") && isWithinSentence(each)) continue;
    const isTicked = each.matches("[type=radio], [type=checkbox]");
    const parts = [each, ...(isTicked ? each.labels : [])].map((part) => part.getBoundingClientRect());
    const [right, bottom] = ["right", "bottom"].map((end) => Math.max(...parts.map((part) => part[end])));
    const [left, top] = ["left", "top"].map((end) => Math.min(...parts.map((part) => part[end])));
    const size = [right - left, bottom - top].map(Math.round);
    if (Math.min(...size) < 44) small.push(`${size.join(" by ")}: ${each.outerHTML.slice(0, 90)}`);
  }
  for (const each of document.querySelectorAll("label.button")) {
    if (each.checkVisibility() && each.offsetHeight < 44) small.push(each.outerHTML.slice(0, 90));
  }
  return small;
}"""


def violations(page: Page, *rules: str, coloured: bool = True) -> list[str]:
    """Return each violation of these rules, with the element at fault.

    If no rules are given, check all rules of axe. Checking contrast takes as long as all other checks
    together. The colours are the same in every language, so it is enough to check contrast in one language.
    """
    # By default, axe does not check WCAG 2.5.8 (targets of at least 24 px).
    all_rules = {"target-size": {"enabled": True}, CONTRAST: {"enabled": coloured}}
    options: dict[str, Any] = {"runOnly": rules} if rules else {"rules": all_rules}
    if not page.evaluate("'axe' in window"):
        page.evaluate(_AXE.read_text("utf-8"))
    found: list[str] = page.evaluate(_RUN, options)
    return found


def small_targets(page: Page) -> list[str]:
    """Return each visible control that a finger could miss: lower or narrower than 44 pixels.

    The label of a tick box or radio button counts as part of it. Links within sentences are as high as their
    lines, which WCAG 2.5.8 allows.
    """
    found: list[str] = page.evaluate(_SMALL)
    return found
