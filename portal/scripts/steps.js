// @ts-check
/** Show one step of a page at a time, without a request or a new address. */

import { byId } from "./dom.js";

const FOCUSABLE = "h1, h2";

/**
 * Show only the step with this id, and move the focus to its heading.
 * @param {string} id
 */
export function goTo(id) {
  const step = byId(id);
  for (const each of document.querySelectorAll("[data-step]")) each.toggleAttribute("hidden", each !== step);
  focusHeading(step);
  scrollTo(0, 0);
}

/** @param {HTMLElement} within */
export function focusHeading(within) {
  const heading = within.querySelector(FOCUSABLE);
  if (!(heading instanceof HTMLElement)) return;
  heading.tabIndex = -1;
  heading.focus();
}

/** Reload a page that comes back from the browser's memory. */
export function forgetOnReturn() {
  addEventListener("pageshow", (event) => {
    if (event.persisted) location.reload();
  });
}
