// @ts-check
/** The steps of the form before its twelve words, shown one at a time. The last step leads to an optional step. */

import { show, whenPressed } from "./dom.js";
import { clear, guarded, REVEAL } from "./guarded.js";
import { checkTexts } from "./questions.js";
import { goTo } from "./steps.js";

const parts = [.../** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll("[data-part]"))];
const isOptional = (/** @type {HTMLElement} */ part) => part.dataset["part"] === "optional";
const ways = parts.filter((part) => !isOptional(part));

/** Show the first step. */
export function openForm() {
  showPart(0);
}

/**
 * Call `end` when "Continue" is pressed on the last step. Errors of every step are shown below the button.
 * @param {() => unknown} end
 */
export function whenWritten(end) {
  whenPressed("continue", () => guarded("error", async () => {
    const shown = current();
    const next = ways.indexOf(shown) + 1;
    if (isOptional(shown) || next === ways.length) {
      await end();
    } else {
      checkTexts(shown);
      showPart(parts.indexOf(/** @type {HTMLElement} */ (ways[next])));
    }
  }));
}

/** @returns {HTMLElement} the step that is shown, or was last shown */
function current() {
  return /** @type {HTMLElement} */ (parts.find((part) => !part.hidden));
}

/** @param {number} at the place of the step that the person asked for; errors of the one before are no longer told */
function turnTo(at) {
  clear("error");
  showPart(at);
}

/** @param {number} at its place among all steps */
function showPart(at) {
  for (const [place, part] of parts.entries()) part.hidden = place !== at;
  show("more", parts[at] === ways.at(-1));
  show("previous", at > 0);
  goTo("step-write");
}

for (const [place, part] of parts.entries()) {
  part.addEventListener(REVEAL, ({ target }) => {
    if (part.hidden) showPart(place);
    for (let at = /** @type {Element | null} */ (target); at; at = at.parentElement) if (at instanceof HTMLDetailsElement) at.open = true;
  });
}
whenPressed("more", () => turnTo(parts.findIndex(isOptional)));
whenPressed("previous", () => turnTo(parts.indexOf(current()) - 1));
