"""Run axe-core in a real page, to find barriers for people with disabilities."""

from typing import Any

from playwright.sync_api import Page

from tests.support.paths import ROOT

CONTRAST = "color-contrast"
_AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
_RUN = """async (options) => {
    const violationsAlone = { resultTypes: ["violations"], selectors: false };
    const { violations } = await axe.run(document, { ...options, ...violationsAlone });
    return violations.flatMap((each) => each.nodes.map((node) => `${each.id}: ${node.html}`));
}"""


def violations(page: Page, *rules: str, coloured: bool = True) -> list[str]:
    """Return each violation of these rules, or of all rules of axe, with the element at fault.

    The check of contrast takes as long as all others together. A page has the same colours in every language,
    so it needs this check only once.
    """
    # By default, axe does not check WCAG 2.5.8 (targets of at least 24 px).
    all_rules = {"target-size": {"enabled": True}, CONTRAST: {"enabled": coloured}}
    options: dict[str, Any] = {"runOnly": rules} if rules else {"rules": all_rules}
    if not page.evaluate("'axe' in window"):
        page.evaluate(_AXE.read_text("utf-8"))
    found: list[str] = page.evaluate(_RUN, options)
    return found
