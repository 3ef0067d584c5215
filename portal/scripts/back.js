// @ts-check
/**
 * The browser's Back goes back one step, although all steps of a page have one address.
 *
 * For this, the tab's history has one entry more than the steps need: the guard, at the same address. The guard is
 * added as soon as a step has a visible element `[data-back]`, the page's own button for going back. When Back leaves
 * the guard, the page presses its own button for going back. The page then returns to the guard if there is still a
 * step to go back to. The page never adds a second guard, because every entry stays in the history of the tab after
 * the page is left. The guard follows the page's own entry. The page's own entry gets a mark. If Back leads to that
 * entry after the person has left the page, the page shows nothing (leave.js).
 */

import { GUARD, LEFT, RETURNED } from "./entries.js";

/** The part of the address after #. If it differs, the entry comes from a link within the page, not from the guard. */
let hash = location.hash;
let isOnGuard = history.state === GUARD;

/** Make Back go back one step, unless the first step is shown. */
export function guardBack() {
  if (isOnGuard || !button()) return;
  hash = location.hash;
  history.replaceState(LEFT, "");
  history.pushState(GUARD, "");
  isOnGuard = true;
}

addEventListener("popstate", ({ state }) => {
  if (location.hash !== hash) return;
  const was = isOnGuard;
  isOnGuard = state === GUARD;
  if (isOnGuard || !was) return;
  button()?.click();
  if (button() || find("[data-stay]")) {
    history.forward();
    return;
  }
  history.replaceState(RETURNED, "");
  if (find("[data-end]")) history.back();
});

function button() {
  return find("[data-back]");
}

/** @param {string} selector */
function find(selector) {
  const found = /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll(selector));
  return [...found].find((each) => each.offsetParent !== null);
}
