// @ts-check
/** Parts of a file that are overwritten while the file is read. The size of the file and all other bytes stay. */

import { Malformed } from "./errors.js";

/**
 * The bytes from `at` on become `head`, then `fill` again and again, and finally `last`.
 * @typedef {{ at: number, size: number, head: Uint8Array, fill: number, last: number }} Patch
 */

/** The limit keeps memory bounded: a file that needs more patches is not cleaned. */
const MOST = 200_000;
const NOTHING = new Uint8Array(0);

/** Collects patches in any order. */
export class Patches {
  /** @type {Patch[]} */
  #all = [];

  /**
   * Overwrite a part with one value.
   * @param {number} at
   * @param {number} size of the part in bytes; nothing is overwritten if it is 0
   * @param {number} [fill]
   */
  fill(at, size, fill = 0) {
    this.add({ at, size, head: NOTHING, fill, last: fill });
  }

  /**
   * @param {number} at
   * @param {Uint8Array} head
   */
  write(at, head) {
    this.add({ at, size: head.length, head, fill: 0, last: head.at(-1) ?? 0 });
  }

  /** @param {Patch} patch */
  add(patch) {
    if (patch.size > 0) this.#all.push(patch);
    if (this.#all.length > MOST) throw new Malformed("file needs too many changes");
  }

  /**
   * Return the patches in the order of the file; throws Malformed if two of them overlap.
   * @returns {Patch[]}
   */
  sorted() {
    const all = this.#all.sort((one, other) => one.at - other.at);
    let end = 0;
    for (const { at, size } of all) {
      if (at < end) throw new Malformed("parts of the file overlap");
      end = at + size;
    }
    return all;
  }
}

/**
 * Yield the pieces of a file, with patches; overwrites the pieces themselves.
 * @param {AsyncIterable<Uint8Array> | Iterable<Uint8Array>} pieces
 * @param {readonly Patch[]} sorted
 * @returns {AsyncGenerator<Uint8Array, void, void>}
 */
export async function* patched(pieces, sorted) {
  let at = 0;
  let next = 0;
  for await (const piece of pieces) {
    const end = at + piece.length;
    for (let patch = sorted[next]; patch && patch.at < end; patch = sorted[next]) {
      overwrite(piece, at, patch);
      if (patch.at + patch.size > end) break; // the next piece has the rest
      next += 1;
    }
    yield piece;
    at = end;
  }
}

/**
 * @param {Uint8Array} piece
 * @param {number} from offset of the piece in the file
 * @param {Patch} patch that begins before the end of the piece
 */
function overwrite(piece, from, { at, size, head, fill, last }) {
  const start = Math.max(at, from);
  const end = Math.min(at + size, from + piece.length);
  piece.fill(fill, start - from, end - from);
  if (start < at + head.length) piece.set(head.subarray(start - at, end - at), start - from);
  if (end === at + size && end > start) piece[end - 1 - from] = last;
}
