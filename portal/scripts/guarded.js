// @ts-check
/** Doing what a person asked for, and saying in one place of the page what went wrong with it. */

import { byId, write } from "./dom.js";
import { explain } from "./failure.js";

/**
 * Do `act`, and show in the element of this id what went wrong, if anything.
 * @param {string} id
 * @param {() => unknown} act
 */
export async function guarded(id, act) {
  write(id, "");
  try {
    await act();
  } catch (error) {
    write(id, explain(error));
    byId(id).focus();
  }
}
