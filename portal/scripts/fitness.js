// @ts-check
/** Check that this browser has everything that sealing needs. */

import { Failure } from "./failure.js";

/**
 * Throw Failure unless the browser has secure random numbers. Everything else can be computed without the browser's
 * help.
 */
export function checkBrowser() {
  if (!globalThis.crypto?.getRandomValues) throw new Failure("browser-unfit");
}
