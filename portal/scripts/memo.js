// @ts-check
/**
 * The sealed note that the reporter's page stores with the case for its own later use: channel and day (SPEC 5.4).
 *
 * Mirrors crypto/memo.py.
 */

import { chacha20poly1305 } from "@noble/ciphers/chacha.js";
import { concat, utf8 } from "./bytes.js";
import { fromCount, LAST_COUNT, toCount } from "./days.js";
import { Malformed, Tampered } from "./errors.js";
import { CHANNEL } from "./messages.js";
import { day, record, text } from "./shape.js";

/** @typedef {{ deployment: Uint8Array, caseId: Uint8Array }} Bound what a memo is bound to: 16 and 32 bytes */
/** @typedef {import("./shape.js").Value<typeof NOTE>} Note the day of the report by the reporter's own clock */

export const SIZE = 60;
const NONCE = 12;
const DAY_SIZE = 4;
const CHANNEL_SIZE = 28;
const NOTE = record({ channel: text(CHANNEL_SIZE, CHANNEL), day });

/**
 * Return the 60-byte memo of `note` under a memo key (32 bytes); throws Malformed if the note is invalid.
 * @param {Note} note
 * @param {Uint8Array} memoKey
 * @param {Bound} bound
 * @returns {Uint8Array<ArrayBuffer>}
 */
export function seal(note, memoKey, bound) {
  return sealWith(crypto.getRandomValues(new Uint8Array(NONCE)), note, memoKey, bound);
}

/**
 * Return the memo for a given nonce, for test vectors. Never use a nonce twice.
 * @param {Uint8Array} nonce 12 bytes
 * @param {Note} note
 * @param {Uint8Array} memoKey
 * @param {Bound} bound
 * @returns {Uint8Array<ArrayBuffer>}
 */
export function sealWith(nonce, note, memoKey, { deployment, caseId }) {
  const { channel, day } = NOTE.read(note);
  const plain = new Uint8Array(DAY_SIZE + CHANNEL_SIZE);
  new DataView(plain.buffer).setUint32(0, toCount(day));
  plain.set(utf8(channel), DAY_SIZE);
  return concat([nonce, chacha20poly1305(memoKey, nonce, concat([deployment, caseId])).encrypt(plain)]);
}

/**
 * Return the note; throws Malformed if its form is invalid, and Tampered if the tag is wrong.
 * @param {Uint8Array} memo
 * @param {Uint8Array} memoKey
 * @param {Bound} bound
 * @returns {Note}
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
  const count = new DataView(plain.buffer, plain.byteOffset).getUint32(0);
  if (count > LAST_COUNT) throw new Malformed("day is outside 2000 to 2199");
  const channel = String.fromCharCode(...plain.subarray(DAY_SIZE)).replace(/\0+$/, "");
  return NOTE.read({ channel, day: fromCount(count) });
}
