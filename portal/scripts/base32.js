// @ts-check
/** Base 32: bytes as capital letters and digits, for people to compare and copy (RFC 4648, without padding). */

const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/**
 * Return the bytes in base 32, in groups of four.
 * @param {Uint8Array} bytes
 * @returns {string}
 */
export function groups(bytes) {
  const bits = Array.from(bytes, (byte) => byte.toString(2).padStart(8, "0")).join("");
  const letters = bits.replace(/.{1,5}/g, (five) => ALPHABET.charAt(parseInt(five.padEnd(5, "0"), 2)));
  return letters.replace(/.{4}(?=.)/g, "$& ");
}
