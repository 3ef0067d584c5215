/** Helpers shared by the tests of the browser modules. */

import { concat } from "../../portal/scripts/bytes.js";
import { CryptoError } from "../../portal/scripts/errors.js";

/**
 * Return everything that an iterable yields, as one array.
 * @param {AsyncIterable<Uint8Array> | Iterable<Uint8Array>} pieces
 */
export async function collect(pieces) {
  const collected = [];
  for await (const piece of pieces) collected.push(piece.slice());
  return concat(collected);
}

/**
 * Return the refusal that `act` throws, or null.
 * @param {() => unknown} act
 * @returns {CryptoError | null}
 */
export function refusal(act) {
  try {
    act();
  } catch (error) {
    if (error instanceof CryptoError) return error;
    throw error;
  }
  return null;
}

/**
 * Return the bytes that hexadecimal text encodes.
 * @param {string} text
 */
export function hex(text) {
  return new Uint8Array(Buffer.from(text, "hex"));
}

/**
 * Return `size` pseudo-random bytes, the same in each run.
 * @param {number} size
 * @param {number} [seed]
 */
export function noise(size, seed = 1) {
  let state = seed;
  return Uint8Array.from({ length: size }, () => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff;
    return state >> 16;
  });
}

/**
 * Return a copy with one bit of the byte at `at` flipped.
 * @param {Uint8Array} bytes
 * @param {number} at
 */
export function flipped(bytes, at) {
  const copy = bytes.slice();
  copy[at] = (copy.at(at) ?? 0) ^ 1;
  return copy;
}

/**
 * Return bytes as hexadecimal text.
 * @param {Uint8Array} bytes
 */
export function toHex(bytes) {
  return Buffer.from(bytes).toString("hex");
}
