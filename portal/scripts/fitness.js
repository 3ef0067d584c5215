// @ts-check
/** Check that this browser has what sealing needs. */

import { Failure } from "./failure.js";

/** Throw Failure unless the browser has secure random numbers and hashes. */
export function checkBrowser() {
  if (!globalThis.crypto?.getRandomValues || !globalThis.crypto.subtle) throw new Failure("browser-unfit");
}
