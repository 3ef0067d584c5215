"""axe-core in a real page: what keeps people out who see, hear or move otherwise."""

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
    """Return each violation of these rules, or of all that axe knows, with the element that is at fault.

    Contrast takes as long as all else: a page that is looked at in several languages has the same colours.
    """
    # axe leaves WCAG 2.5.8 (24 px for a finger) off unless asked.
    all_rules = {"target-size": {"enabled": True}, CONTRAST: {"enabled": coloured}}
    options: dict[str, Any] = {"runOnly": rules} if rules else {"rules": all_rules}
    if not page.evaluate("'axe' in window"):
        page.evaluate(_AXE.read_text("utf-8"))
    found: list[str] = page.evaluate(_RUN, options)
    return found
