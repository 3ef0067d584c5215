// @ts-check
/** The work that a challenge of the portal asks for, in the form of altcha (SPEC 7.6); mirrors crypto/challenge.py. */

import { pbkdf2 } from "@noble/hashes/pbkdf2.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { breathe } from "./breathe.js";
import { concat } from "./bytes.js";
import { Malformed } from "./errors.js";

/** @typedef {{ nonce: Uint8Array<ArrayBuffer>, salt: Uint8Array<ArrayBuffer>, cost: number }} Task */

export const ALGORITHM = "PBKDF2/SHA-256";

const KEY_BITS = 256;
const HEX = /^(?:[\da-f]{2})+$/;
/** Tries at a time, as a browser may have several cores for them. */
const TOGETHER = 4;

/**
 * Return the payload that shows that `challenge` was solved: base 64 of JSON, as a header takes it.
 *
 * The tries run in the browser's own code, beside the page and as fast without JIT. Throws Malformed.
 * @param {any} challenge as the portal gave it
 * @returns {Promise<string>}
 */
export async function solve(challenge) {
  const { algorithm, nonce, salt, cost, keyPrefix } = challenge?.parameters ?? {};
  const known = algorithm === ALGORITHM && Number.isSafeInteger(cost) && typeof keyPrefix === "string";
  if (!known) throw new Malformed("challenge has an unexpected form");
  const task = { nonce: bytes(nonce), salt: bytes(salt), cost };
  for (let first = 0; ; first += TOGETHER) {
    const counters = Array.from({ length: TOGETHER }, (_, at) => first + at);
    const keys = await Promise.all(counters.map(async (counter) => toHex(await derive(task, counter))));
    const at = keys.findIndex((key) => key.startsWith(keyPrefix));
    if (at < 0) continue;
    return btoa(JSON.stringify({ challenge, solution: { counter: first + at, derivedKey: keys[at] } }));
  }
}

/**
 * Return the 32 bytes that a counter leads to.
 * @param {Task} task
 * @param {number} counter
 */
async function derive({ nonce, salt, cost }, counter) {
  const password = concat([nonce, bigEndian(counter)]);
  // Where a page is not "secure", as with an onion address in a browser that knows of none, this is missing.
  if (!globalThis.crypto.subtle) {
    await breathe();
    return pbkdf2(sha256, password, salt, { c: cost, dkLen: KEY_BITS / 8 });
  }
  const key = await crypto.subtle.importKey("raw", password, "PBKDF2", false, ["deriveBits"]);
  const how = { name: "PBKDF2", hash: "SHA-256", salt, iterations: cost };
  return new Uint8Array(await crypto.subtle.deriveBits(how, key, KEY_BITS));
}

/** @param {number} counter */
function bigEndian(counter) {
  const four = new Uint8Array(4);
  new DataView(four.buffer).setUint32(0, counter);
  return four;
}

/** @param {unknown} text */
function bytes(text) {
  if (typeof text !== "string" || !HEX.test(text)) throw new Malformed("challenge has an unexpected form");
  return Uint8Array.from(text.match(/../g) ?? [], (two) => parseInt(two, 16));
}

/** @param {Uint8Array} raw */
function toHex(raw) {
  return Array.from(raw, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
