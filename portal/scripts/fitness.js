// @ts-check
/** Whether this browser has what sealing needs. */

import { Failure } from "./failure.js";

/** Throw Failure unless there are good random numbers and the browser's own hashes. */
export function checkBrowser() {
  if (!globalThis.crypto?.getRandomValues || !globalThis.crypto.subtle) throw new Failure("browser-unfit");
}
