// @ts-check
/** Ed25519 signatures, each bound to a label and a deployment (SPEC 1.4, RFC 8032); mirrors crypto/signing.py. */

import { ed25519 } from "@noble/curves/ed25519.js";
import { sha256 } from "@noble/hashes/sha2.js";
import * as base32 from "./base32.js";
import { concat, utf8 } from "./bytes.js";
import { Malformed, Tampered } from "./errors.js";

export const DEPLOYMENT = 16;
export const SEED = 32;
export const PUBLIC = 32;
export const SIGNATURE = 64;

/** The labels of the signatures that a page signs or verifies, from the table of SPEC 1.4. */
export const Label = Object.freeze({
  REPORT: "fanal/1/report",
  FOLLOW_UP: "fanal/1/follow-up",
  SLOT: "fanal/1/slot",
  KEYRING: "fanal/1/keyring",
  PAGES: "fanal/1/pages",
  RECEIPT: "fanal/1/receipt",
  RECEIPT_KEY: "fanal/1/receipt-key",
  ANSWER: "fanal/1/answer",
});
/** @typedef {typeof Label[keyof typeof Label]} LabelText */


// The library's default table would block a page without JIT for 100 ms at first use.
// This table takes 20 ms, and a page signs too rarely to need the larger table.
ed25519.Point.BASE.precompute(4);

/**
 * Return the 32-byte public key of a 32-byte seed.
 * @param {Uint8Array} seed
 * @returns {Uint8Array}
 */
export function publicKey(seed) {
  if (seed.length !== SEED) throw new Malformed("signing seed has the wrong length");
  return ed25519.getPublicKey(seed);
}

/**
 * Return the 64-byte signature of `file` under the key of `seed` (32 bytes).
 * @param {LabelText} label
 * @param {Uint8Array} deployment 16 bytes
 * @param {Uint8Array} file
 * @param {Uint8Array} seed
 * @returns {Uint8Array}
 */
export function sign(label, deployment, file, seed) {
  if (seed.length !== SEED) throw new Malformed("signing seed has the wrong length");
  return ed25519.sign(covered(label, deployment, file), seed);
}

/**
 * Throw Tampered unless `signature` (64 bytes) is valid for `key` (32 bytes).
 *
 * The check is strict: key and R must be canonical points of the prime-order group, and not the group's identity. On
 * such points, the library's cofactored equation and the cofactorless equation of RFC 8032 accept the same signatures.
 * @param {LabelText} label
 * @param {Uint8Array} deployment 16 bytes
 * @param {Uint8Array} file
 * @param {Uint8Array} signature
 * @param {Uint8Array} key
 */
export function verify(label, deployment, file, signature, key) {
  if (signature.length !== SIGNATURE || key.length !== PUBLIC) {
    throw new Malformed("signature or key has the wrong length");
  }
  const message = covered(label, deployment, file);
  const sound = isSound(key) && isSound(signature.subarray(0, 32));
  if (!sound || !ed25519.verify(signature, message, key, { zip215: false })) {
    throw new Tampered("signature does not hold");
  }
}

/**
 * Return whether `key` is a canonical point of the prime-order group, as an honest key is.
 * @param {Uint8Array} key
 * @returns {boolean}
 */
export function isSound(key) {
  try {
    const point = ed25519.Point.fromBytes(key, false);
    return !point.isSmallOrder() && point.isTorsionFree();
  } catch {
    return false;
  }
}

/**
 * Return the first 160 bits of H(key) as 8 groups of 4 letters, for people to compare (SPEC 6).
 * @param {Uint8Array} key
 * @returns {string}
 */
export function fingerprint(key) {
  return base32.groups(sha256(key).subarray(0, 20));
}

/**
 * @param {LabelText} label
 * @param {Uint8Array} deployment
 * @param {Uint8Array} file
 */
function covered(label, deployment, file) {
  if (deployment.length !== DEPLOYMENT) throw new Malformed("deployment id has the wrong length");
  return concat([utf8(`${label}\0`), deployment, file]);
}
