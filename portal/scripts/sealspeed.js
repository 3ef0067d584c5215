// @ts-check
/** Measure how fast this device seals: up to 100 MB per second, but only about 2 MB per second without JIT. */

import { chacha20poly1305 } from "@noble/ciphers/chacha.js";
import { CHUNK } from "./age.js";
import { breathe } from "./breathe.js";

// Long enough for browser clocks, which are coarse on purpose.
const LONG_ENOUGH_MS = 400;

/**
 * Return bytes per second, measured on a small sample.
 * @returns {Promise<number>}
 */
export async function sealSpeed() {
  const sample = new Uint8Array(CHUNK);
  const begun = performance.now();
  let chunks = 0;
  while (performance.now() - begun < LONG_ENOUGH_MS) {
    await breathe();
    chacha20poly1305(new Uint8Array(32), new Uint8Array(12)).encrypt(sample);
    chunks += 1;
  }
  return (chunks * CHUNK * 1_000) / (performance.now() - begun);
}
