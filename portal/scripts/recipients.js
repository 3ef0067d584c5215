// @ts-check
/** Hybrid post-quantum recipients, checked when they are parsed (SPEC 3; C2SP age.md); mirrors crypto/recipients.py. */

import { x25519 } from "@noble/curves/ed25519.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { bech32 } from "@scure/base";
import { Malformed } from "./errors.js";

export const RAW = 1_216;
export const KEY_ID = 16;

const MLKEM = 1_184;
const COEFFICIENTS = 1_152; // each has 12 bits; after them come the 32 bytes of a seed, for which any value is valid
const Q = 3_329;
export const RECIPIENT_TEXT = 1_959;
const PROBE = new Uint8Array(32).fill(1);

/**
 * Return the 1,216 bytes of `age1pq1…`; throws Malformed for any other text, and for an unusable key.
 * @param {string} text
 * @returns {Uint8Array}
 */
export function parse(text) {
  const bytes = rawRecipient(text);
  if (!isReduced(bytes.subarray(0, COEFFICIENTS)) || isSmallOrder(bytes.subarray(MLKEM))) {
    throw new Malformed("public key is not valid");
  }
  return bytes;
}

/**
 * Return the 1,216 bytes of `age1pq1…` without checking the key; throws Malformed for any other text.
 * @param {string} text
 * @returns {Uint8Array}
 */
export function rawRecipient(text) {
  // Check length and case first: Bech32 also allows capitals and any length.
  if (text.length !== RECIPIENT_TEXT || text !== text.toLowerCase()) throw new Malformed("text is not a public key");
  try {
    const { prefix, bytes } = bech32.decodeToBytes(text);
    if (prefix === "age1pq" && bytes.length === RAW) return bytes;
  } catch {
    // The error below covers both cases.
  }
  throw new Malformed("text is not a public key");
}

/**
 * Return the first 16 bytes of H(raw recipient), by which a keyring names the key (SPEC 3).
 * @param {Uint8Array} raw
 * @returns {Uint8Array}
 */
export function keyId(raw) {
  return sha256(raw).subarray(0, KEY_ID);
}

/**
 * Return whether X25519 with this point (32 bytes) gives zero for every secret (RFC 7748 section 6.1).
 * @param {Uint8Array} point
 * @returns {boolean}
 */
export function isSmallOrder(point) {
  try {
    x25519.getSharedSecret(PROBE, point);
    return false;
  } catch {
    // The library refuses a 32-byte point only if the shared secret is zero.
    return true;
  }
}

/** @param {Uint8Array} packed ML-KEM coefficients, two in three bytes */
function isReduced(packed) {
  for (let at = 0; at < packed.length; at += 3) {
    const [low = 0, middle = 0, high = 0] = packed.subarray(at, at + 3);
    if ((low | ((middle & 15) << 8)) >= Q || ((middle >> 4) | (high << 4)) >= Q) return false;
  }
  return true;
}
