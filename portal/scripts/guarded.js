// @ts-check
/** Run an action for the person, and show its errors in one place of the page. */

import { byId, describe, write } from "./dom.js";
import { explain, Failure } from "./failure.js";

/**
 * Call `act`. If it fails, show the error in the element with this id, and mark the fields at fault.
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
 * Remove the error.
 * @param {string} id
 */
export function clear(id) {
  write(id, "");
  for (const field of document.querySelectorAll(`[aria-describedby~=${id}]`)) mark(field, id, false);
}

/**
 * @param {Element} field
 * @param {string} id of the message about it
 * @param {boolean} wrong
 */
function mark(field, id, wrong) {
  describe(field, id, wrong);
  field.setAttribute("aria-invalid", String(wrong));
}
