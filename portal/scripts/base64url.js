// @ts-check
/** base64url without padding, canonical both ways (SPEC 1.1, RFC 4648 section 5); mirrors crypto/base64url.py. */

import { base64urlnopad } from "@scure/base";
import { Malformed } from "./errors.js";

/**
 * Return `raw` as base64url text without `=`.
 * @param {Uint8Array} raw
 * @returns {string}
 */
export function encode(raw) {
  return base64urlnopad.encode(raw);
}

/**
 * Return the bytes of `text`; throws Malformed unless `text` is canonical base64url.
 * @param {string} text
 * @returns {Uint8Array}
 */
export function decode(text) {
  try {
    return base64urlnopad.decode(text);
  } catch {
    throw new Malformed("text is not canonical base64url");
  }
}
