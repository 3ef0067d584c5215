// @ts-check
/** Ask before the person leaves a page with unsent text. */

/**
 * Ask before the person leaves, from their first change of this form on.
 * @param {HTMLElement} form
 */
export function askBeforeLeaving(form) {
  form.addEventListener("input", () => addEventListener("beforeunload", warn));
}

/** Stop asking until the next change, because everything is sent. */
export function stopAsking() {
  removeEventListener("beforeunload", warn);
}

/** @param {BeforeUnloadEvent} event */
function warn(event) {
  event.preventDefault();
}
