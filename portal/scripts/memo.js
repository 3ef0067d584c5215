// @ts-check
/**
 * The sealed note that the reporter's page leaves itself beside the case: its channel (SPEC 5.4).
 *
 * Mirrors crypto/memo.py.
 */

import { chacha20poly1305 } from "@noble/ciphers/chacha.js";
import { concat, utf8 } from "./bytes.js";
import { Malformed, Tampered } from "./errors.js";
import { CHANNEL } from "./messages.js";

/** @typedef {{ deployment: Uint8Array, caseId: Uint8Array }} Bound what a memo is bound to: 16 and 32 bytes */

export const SIZE = 60;
const NONCE = 12;
const CHANNEL_SIZE = 32;

/**
 * Return the 60-byte memo of `channel` under a memo key (32 bytes).
 * @param {string} channel
 * @param {Uint8Array} memoKey
 * @param {Bound} bound
 * @returns {Uint8Array<ArrayBuffer>}
 */
export function seal(channel, memoKey, bound) {
  return sealWith(crypto.getRandomValues(new Uint8Array(NONCE)), channel, memoKey, bound);
}

/**
 * Return the memo that follows from its inputs alone, for vectors; a nonce must never serve twice.
 * @param {Uint8Array} nonce 12 bytes
 * @param {string} channel
 * @param {Uint8Array} memoKey
 * @param {Bound} bound
 * @returns {Uint8Array<ArrayBuffer>}
 */
export function sealWith(nonce, channel, memoKey, { deployment, caseId }) {
  if (!CHANNEL.test(channel)) throw new Malformed("channel id has an unexpected form");
  const plain = utf8(channel.padEnd(CHANNEL_SIZE, "\0"));
  return concat([nonce, chacha20poly1305(memoKey, nonce, concat([deployment, caseId])).encrypt(plain)]);
}

/**
 * Return the channel id; Malformed if the form is wrong, Tampered if the tag does not hold.
 * @param {Uint8Array} memo
 * @param {Uint8Array} memoKey
 * @param {Bound} bound
 * @returns {string}
 */
export function unseal(memo, memoKey, { deployment, caseId }) {
  if (memo.length !== SIZE) throw new Malformed("memo has the wrong length");
  const cipher = chacha20poly1305(memoKey, memo.subarray(0, NONCE), concat([deployment, caseId]));
  let plain;
  try {
    plain = cipher.decrypt(memo.subarray(NONCE));
  } catch {
    throw new Tampered("memo does not open");
  }
  const channel = String.fromCharCode(...plain).replace(/\0+$/, "");
  if (!CHANNEL.test(channel)) throw new Malformed("channel id has an unexpected form");
  return channel;
}
