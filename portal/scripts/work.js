// @ts-check
/** Proof of work for an envelope: a puzzle over its own header (SPEC 7.6); mirrors crypto/work.py. */

import { pbkdf2 } from "@noble/hashes/pbkdf2.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { sealedSize } from "./age.js";
import * as base64url from "./base64url.js";
import { breathe } from "./breathe.js";
import { concat, utf8 } from "./bytes.js";
import { SMALLEST } from "./padding.js";
import { binary, file, integer } from "./shape.js";

/** @typedef {import("./shape.js").Value<typeof OFFER>} Offer */

/**
 * @typedef {object} Puzzle
 * @property {Uint8Array} seed 32 bytes
 * @property {Uint8Array} headerHash 32 bytes
 * @property {string} channel
 * @property {number} sizeClass from 0 to 6; class 0 takes 256 tries on average, and each class twice as many as the one before
 * @property {number} cost iterations in each try
 */

const MOST_COST = 1_000_000;
const KEY = 32;
const CHANNEL = 32;
/** The largest envelope of each size class except the last: a text, then containers that quadruple in size. */
const LARGEST_OF = [SMALLEST, ...[20, 22, 24, 26, 28].map((bits) => 2 ** bits)].map(sealedSize);
/** The number of tries that run at the same time, so that the browser can use several cores. */
const TOGETHER = 4;

/** The seed and cost, which are the same for everybody within an hour. */
export const OFFER = file("work", { seed: binary(KEY), cost: integer(1, MOST_COST) });

/**
 * Return the class, from 0 to 6, of an envelope of `size` bytes. Each class doubles the work.
 * @param {number} size
 */
export function sizeClassOf(size) {
  return LARGEST_OF.filter((largest) => size > largest).length;
}

/**
 * Do the work that is needed to create an upload, and return the header value that proves the work.
 *
 * The tries run in the browser's native code, in parallel with the page, and just as fast without JIT.
 * @param {Puzzle} puzzle
 * @param {AbortSignal} [signal] stops the work with an exception
 * @returns {Promise<string>}
 */
export async function solve(puzzle, signal) {
  const salt = saltOf(puzzle);
  const most = 2 ** (8 - puzzle.sizeClass);
  for (let first = 0; ; first += TOGETHER) {
    signal?.throwIfAborted();
    const counters = Array.from({ length: TOGETHER }, (_, at) => first + at);
    const tries = await Promise.all(counters.map((counter) => attempt(bigEndian(counter), salt, puzzle.cost)));
    const at = tries.findIndex(([high = 255, low = 255]) => high * 256 + low < most);
    if (at < 0) continue;
    return `${base64url.encode(puzzle.seed)}.${base64url.encode(puzzle.headerHash)}.${first + at}`;
  }
}

/**
 * @param {Uint8Array<ArrayBuffer>} password
 * @param {Uint8Array<ArrayBuffer>} salt
 * @param {number} cost
 */
async function attempt(password, salt, cost) {
  // Missing if the page is not a "secure context", such as an onion address in a browser without support for it.
  if (!globalThis.crypto.subtle) {
    await breathe();
    return pbkdf2(sha256, password, salt, { c: cost, dkLen: KEY });
  }
  const key = await crypto.subtle.importKey("raw", password, "PBKDF2", false, ["deriveBits"]);
  const how = { name: "PBKDF2", hash: "SHA-256", salt, iterations: cost };
  return new Uint8Array(await crypto.subtle.deriveBits(how, key, KEY * 8));
}

/** @param {Puzzle} puzzle */
function saltOf({ seed, headerHash, channel, sizeClass }) {
  const padded = new Uint8Array(CHANNEL);
  padded.set(utf8(channel));
  return new Uint8Array(
    sha256(concat([utf8("fanal/1/work-salt\0"), seed, padded, Uint8Array.of(sizeClass), headerHash])),
  );
}

/** @param {number} counter */
function bigEndian(counter) {
  const four = new Uint8Array(4);
  new DataView(four.buffer).setUint32(0, counter);
  return four;
}
