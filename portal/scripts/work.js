// @ts-check
/** Work that pays for an envelope, without asking: a puzzle over its own header (SPEC 7.6); mirrors crypto/work.py. */

import { pbkdf2 } from "@noble/hashes/pbkdf2.js";
import { sha256 } from "@noble/hashes/sha2.js";
import * as base64url from "./base64url.js";
import { breathe } from "./breathe.js";
import { concat, utf8 } from "./bytes.js";
import { binary, file, integer, record } from "./shape.js";

/** @typedef {"text" | "files"} SizeClass */
/** @typedef {import("./shape.js").Value<typeof OFFER>} Offer */

/**
 * @typedef {object} Puzzle
 * @property {Uint8Array} seed 32 bytes
 * @property {Uint8Array} headerHash 32 bytes
 * @property {string} channel
 * @property {SizeClass} sizeClass
 * @property {number} cost iterations in each try, of which a solution takes 256 on average
 */

const MOST_COST = 1_000_000;
const KEY = 32;
const CHANNEL = 32;
/** Tries at a time, as a browser may have several cores for them. */
const TOGETHER = 4;

const ITERATIONS = integer(1, MOST_COST);
/** What everybody is asked for within an hour. */
export const OFFER = file("work", { seed: binary(KEY), cost: record({ text: ITERATIONS, files: ITERATIONS }) });

/**
 * Return what shows that the work is done, as the header of a creation takes it.
 *
 * The tries run in the browser's own code, beside the page and as fast without JIT.
 * @param {Puzzle} puzzle
 * @returns {Promise<string>}
 */
export async function solve(puzzle) {
  const salt = saltOf(puzzle);
  for (let first = 0; ; first += TOGETHER) {
    const counters = Array.from({ length: TOGETHER }, (_, at) => first + at);
    const tries = await Promise.all(counters.map((counter) => attempt(bigEndian(counter), salt, puzzle.cost)));
    const at = tries.findIndex(([byte]) => byte === 0);
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
  // Where a page is not "secure", as with an onion address in a browser that knows of none, this is missing.
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
  const size = Uint8Array.of(sizeClass === "text" ? 0 : 1);
  return new Uint8Array(sha256(concat([utf8("fanal/1/work-salt\0"), seed, padded, size, headerHash])));
}

/** @param {number} counter */
function bigEndian(counter) {
  const four = new Uint8Array(4);
  new DataView(four.buffer).setUint32(0, counter);
  return four;
}
