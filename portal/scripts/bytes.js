// @ts-check
/** The few things about byte arrays that the language lacks. */

/**
 * Return the parts one after the other, as a new array.
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
 * Return whether both hold the same bytes; takes as long for any difference.
 * @param {Uint8Array} one
 * @param {Uint8Array} other
 */
export function equal(one, other) {
  if (one.length !== other.length) return false;
  let difference = 0;
  for (const [at, byte] of one.entries()) difference |= byte ^ /** @type {number} */ (other[at]);
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
 * Give back the memory of bytes that nobody needs any more, where the browser lets it: by itself it clears away what
 * was read and sealed only once there are some 100 MB.
 * @param {Uint8Array} bytes
 */
export function release({ buffer }) {
  // Of 2024, and so unknown to the types.
  /** @type {{ transfer?: (size: number) => void }} */ (buffer).transfer?.(0);
}
