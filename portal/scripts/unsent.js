// @ts-check
/** Keep unsent text: ask before the person leaves its page, and open links to other pages in a new tab. */

import { say } from "./texts.js";
import { whenTranslated } from "./translated.js";

/** The links of the frame around each page. Those that switch the language do it in place (language.js). */
const LINKS = "footer a, .brand a";

let isUnsent = false;

/**
 * Ask before the person leaves, from their first change of this form on.
 * @param {HTMLElement} form
 */
export function askBeforeLeaving(form) {
  form.addEventListener("input", () => {
    addEventListener("beforeunload", warn);
    isUnsent = true;
    direct();
  });
}

/** Stop asking until the next change, because everything is sent. */
export function stopAsking() {
  removeEventListener("beforeunload", warn);
  isUnsent = false;
  direct();
}

/** @param {BeforeUnloadEvent} event */
function warn(event) {
  event.preventDefault();
}

/** Let the links open where no text is lost. “Leave quickly” empties both tabs (leave.js). */
function direct() {
  for (const link of /** @type {NodeListOf<HTMLAnchorElement>} */ (document.querySelectorAll(LINKS))) {
    link.target = isUnsent ? "_blank" : "";
    link.rel = isUnsent ? "noopener" : "";
    link.title = isUnsent ? say("new-tab", { page: link.textContent ?? "" }) : "";
  }
}

whenTranslated(direct);
