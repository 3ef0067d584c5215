// @ts-check
/** Show one step of a page at a time, without a request or a new address. */

import { guardBack } from "./back.js";
import { byId } from "./dom.js";
import { clearHidden } from "./guarded.js";
import { pageChanged } from "./secondpress.js";
import { settle } from "./still.js";

const FOCUSABLE = "h1, h2";

/**
 * Show only the step with this id, and move the focus to its heading. The browser's Back leads to the previous step. A
 * second press that was meant for the previous step does nothing. The errors of other steps are hidden.
 * @param {string} id
 */
export function goTo(id) {
  settle();
  const step = byId(id);
  for (const each of document.querySelectorAll("[data-step]")) each.toggleAttribute("hidden", each !== step);
  clearHidden();
  focusHeading(step);
  scrollTo(0, 0);
  guardBack();
  pageChanged();
}

/** @param {HTMLElement} within */
function focusHeading(within) {
  const headings = /** @type {NodeListOf<HTMLElement>} */ (within.querySelectorAll(FOCUSABLE));
  const heading = [...headings].find((each) => each.offsetParent !== null);
  if (!heading) return;
  heading.tabIndex = -1;
  heading.focus();
}
