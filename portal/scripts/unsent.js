// @ts-check
/** Asking before a page is left on which something was written that is not sent yet. */

/**
 * Ask from the first change of this form on.
 * @param {HTMLElement} form
 */
export function keep(form) {
  form.addEventListener("input", () => addEventListener("beforeunload", warn));
}

/** Ask no more: nothing is unsent, until the next change. */
export function letGo() {
  removeEventListener("beforeunload", warn);
}

/** @param {BeforeUnloadEvent} event */
function warn(event) {
  event.preventDefault();
}
