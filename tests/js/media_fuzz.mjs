/**
 * Damage the files of the vectors at random for a number of seconds, and clean them. Fails at any error but Malformed,
 * at a change of the size, and if a file takes more time of the processor than the limit; then prints the file in Base64.
 * Prints the number of files, the longest time in milliseconds, and the growth of memory in MiB after the first tenth of the time, when the engine has compiled the code.
 *
 * Usage: node --expose-gc media_fuzz.mjs SECONDS SEED
 */

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { streamed } from "../../portal/scripts/blobs.js";
import { concat } from "../../portal/scripts/bytes.js";
import { Malformed } from "../../portal/scripts/errors.js";
import * as media from "../../portal/scripts/media.js";
import { patched } from "../../portal/scripts/patches.js";

const LIMIT_MS = 5_000;
const MIB = 1 << 20;
const SIZES = [0, 1, 2, 7, 8, 9, 15, 16, 255, 0x7fffffff, 0x80000000, 0xffffffff];
/** @type {{ file: string }[]} */
const VECTORS = JSON.parse(readFileSync(new URL("../vectors/media/files.json", import.meta.url), "utf8"));
const FILES = VECTORS.map(({ file }) => new Uint8Array(Buffer.from(file, "base64")));
const [, , seconds, seed] = process.argv;

let state = Number(seed) || 1;
/** @param {number} most @returns {number} a number from 0, less than `most` (xorshift) */
function random(most) {
  state ^= state << 13;
  state ^= state >>> 17;
  state ^= state << 5;
  return (state >>> 0) % Math.max(most, 1);
}

/** @type {((bytes: Uint8Array) => Uint8Array)[]} */
const DAMAGES = [
  (bytes) => {
    bytes[random(bytes.length)] = random(256);
    return bytes;
  },
  (bytes) => {
    const at = random(bytes.length - 4);
    new DataView(bytes.buffer, bytes.byteOffset).setUint32(at, SIZES[random(SIZES.length)] ?? random(bytes.length));
    return bytes;
  },
  (bytes) => bytes.slice(0, 12 + random(bytes.length - 12)),
  (bytes) => {
    const at = random(bytes.length);
    const from = random(bytes.length);
    return concat([bytes.subarray(0, at), bytes.subarray(from, from + random(400)), bytes.subarray(at)]);
  },
  (bytes) => {
    const at = random(bytes.length);
    return concat([bytes.subarray(0, at), bytes.subarray(at + random(40))]);
  },
  (bytes) => concat([bytes, FILES[random(FILES.length)] ?? bytes]),
];

/** @param {Uint8Array} bytes */
async function clean(bytes) {
  const blob = new Blob([bytes.slice()]);
  let size = 0;
  try {
    const { patches } = await media.clean(blob, streamed(blob));
    for await (const piece of patched(streamed(blob), patches)) size += piece.length;
  } catch (error) {
    if (error instanceof Malformed) return;
    throw error;
  }
  assert.equal(size, bytes.length);
}

/** @returns {number} milliseconds of the processor; on a busy machine, a clock would also count those of others */
function worked() {
  const { user, system } = process.cpuUsage();
  return Math.round((user + system) / 1_000);
}

function memory() {
  globalThis.gc?.();
  return process.memoryUsage().rss;
}

const began = Date.now();
const end = began + Number(seconds) * 1_000;
const warm = began + Number(seconds) * 100;
let before = 0;
let longest = 0;
let count = 0;
for (; Date.now() < end; count += 1) {
  if (!before && Date.now() > warm) before = memory();
  /** @type {Uint8Array} */
  let bytes = (FILES[random(FILES.length)] ?? new Uint8Array(99)).slice();
  for (let left = 1 + random(4); left > 0 && bytes.length > 20; left -= 1) bytes = DAMAGES[random(DAMAGES.length)]?.(bytes) ?? bytes;
  const start = worked();
  try {
    await clean(bytes);
    longest = Math.max(longest, worked() - start);
    assert.ok(longest < LIMIT_MS);
  } catch (error) {
    console.error(Buffer.from(bytes).toString("base64"));
    throw error;
  }
}
console.log(count, longest, before ? Math.round((memory() - before) / MIB) : 0);
