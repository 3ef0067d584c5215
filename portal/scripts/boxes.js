// @ts-check
/** Read a file of boxes (ISO 14496-12, and the atoms of QuickTime) a few bytes at a time. */

import { bytesOf } from "./blobs.js";
import { Malformed } from "./errors.js";
import { ascii, view } from "./images.js";

/** @typedef {{ type: string, at: number, body: number, end: number }} Box its offsets; content is from body to end */

/** The largest part that is read at once. */
export const WINDOW = 1 << 16;
/** The limits for a whole file; the files of phones have a few hundred boxes. */
const MOST_BOXES = 100_000;
const HEADER = 8;
const LARGE_HEADER = 16;

/** Reads parts of a file, mostly in the order of the file. */
export class Reader {
  #blob;
  #window = new Uint8Array(0);
  #from = 0;
  #boxes = 0;

  /** @param {Blob} blob */
  constructor(blob) {
    this.#blob = blob;
  }

  get size() {
    return this.#blob.size;
  }

  /**
   * Return bytes, valid for ever. Throws Malformed if the file ends within them, and any error from reading.
   * @param {number} at
   * @param {number} size at most WINDOW
   */
  async bytes(at, size) {
    if (size > WINDOW || at + size > this.size) throw new Malformed("file ends early");
    if (at < this.#from || at + size > this.#from + this.#window.length) {
      this.#window = await bytesOf(this.#blob.slice(at, at + WINDOW));
      this.#from = at;
      if (size > this.#window.length) throw new Error("file ended early");
    }
    return this.#window.subarray(at - this.#from, at - this.#from + size);
  }

  /**
   * Return a big-endian number; throws as above, and Malformed if it is larger than any offset in a file.
   * @param {number} at
   * @param {number} width 0 to 8 bytes
   */
  async uint(at, width) {
    const value = uint(await this.bytes(at, width));
    if (value > Number.MAX_SAFE_INTEGER) throw new Malformed("number is too large");
    return value;
  }

  /**
   * Return four letters.
   * @param {number} at
   */
  async type(at) {
    return ascii(await this.bytes(at, 4));
  }

  /**
   * Return the box at an offset. Throws Malformed if it does not end by `end`, or if the file has too many boxes. A
   * size of zero means that the box ends at `end`.
   * @param {number} at
   * @param {number} end
   * @returns {Promise<Box>}
   */
  async box(at, end) {
    if ((this.#boxes += 1) > MOST_BOXES) throw new Malformed("file has too many boxes");
    const head = await this.bytes(at, HEADER);
    const short = view(head).getUint32(0);
    const size = short === 1 ? await this.uint(at + HEADER, 8) : short || end - at;
    const body = at + (short === 1 ? LARGE_HEADER : HEADER);
    if (size < body - at || size > end - at) throw new Malformed("box has an impossible size");
    return { type: ascii(head.subarray(4)), at, body, end: at + size };
  }
}

/**
 * Return the first box of a type in another box, or undefined; throws Malformed if the boxes before it are malformed.
 * @param {Reader} reader
 * @param {Box | undefined} parent
 * @param {string} type
 * @param {number} [from] the number of bytes before the boxes
 */
export async function child(reader, parent, type, from = 0) {
  if (!parent) return undefined;
  for (let at = parent.body + from; parent.end - at >= HEADER; ) {
    const box = await reader.box(at, parent.end);
    if (box.type === type) return box;
    at = box.end;
  }
  return undefined;
}

/**
 * Return a big-endian number, as exactly as JavaScript can.
 * @param {Uint8Array} bytes
 */
export function uint(bytes) {
  return bytes.reduce((value, byte) => value * 256 + byte, 0);
}
