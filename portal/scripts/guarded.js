// @ts-check
/** Doing what a person asked for, and saying in one place of the page what went wrong with it. */

import { byId, describe, write } from "./dom.js";
import { explain, Failure } from "./failure.js";

/**
 * Do `act`, and show in the element of this id what went wrong, if anything; the fields at fault are marked.
 * @param {string} id
 * @param {() => unknown} act
 */
export async function guarded(id, act) {
  clear(id);
  try {
    await act();
  } catch (error) {
    write(id, explain(error));
    for (const field of error instanceof Failure ? error.fields : []) mark(field, id, true);
    byId(id).focus();
  }
}

/**
 * Say no longer what went wrong.
 * @param {string} id
 */
export function clear(id) {
  write(id, "");
  for (const field of document.querySelectorAll(`[aria-describedby~=${id}]`)) mark(field, id, false);
}

/**
 * @param {Element} field
 * @param {string} id of what is said about it
 * @param {boolean} wrong
 */
function mark(field, id, wrong) {
  describe(field, id, wrong);
  field.setAttribute("aria-invalid", String(wrong));
}
