// @ts-check
/** Functions for bytes and texts that JavaScript, or an older browser, lacks. */

/**
 * Return a new array with the parts one after the other.
 * @param {readonly Uint8Array[]} parts
 * @returns {Uint8Array<ArrayBuffer>}
 */
export function concat(parts) {
  const whole = new Uint8Array(parts.reduce((size, part) => size + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/**
 * Return whether both arrays have the same bytes, in constant time.
 * @param {Uint8Array} one
 * @param {Uint8Array} other
 */
export function equal(one, other) {
  if (one.length !== other.length) return false;
  let difference = 0;
  for (let at = 0; at < one.length; at += 1) {
    difference |= /** @type {number} */ (one[at]) ^ /** @type {number} */ (other[at]);
  }
  return difference === 0;
}

/**
 * Return whether all bytes are zero.
 * @param {Uint8Array} bytes
 */
export function allZero(bytes) {
  return bytes.every((byte) => byte === 0);
}

/**
 * Return the UTF-8 bytes of a text.
 * @param {string} text
 * @returns {Uint8Array<ArrayBuffer>}
 */
export function utf8(text) {
  return new TextEncoder().encode(text);
}

/**
 * Return a text with U+FFFD in place of each lone surrogate, because UTF-8 cannot encode lone surrogates.
 * @param {string} text
 */
export function wellFormed(text) {
  return text.replace(/\p{Surrogate}/gu, "\ufffd");
}

/**
 * Free the memory of bytes that are no longer needed, if the browser supports it. Otherwise, the browser frees
 * nothing until the bytes that were read and sealed reach about 100 MB.
 * @param {Uint8Array} bytes
 */
export function release({ buffer }) {
  // The method is from 2024, and the type declarations do not include it.
  /** @type {{ transfer?: (size: number) => void }} */ (buffer).transfer?.(0);
}
