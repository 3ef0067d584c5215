// @ts-check
/**
 * ustar archives in one fixed form: each header depends only on name and size, and any other form is refused (SPEC 4.1).
 *
 * Mirrors crypto/archive.py.
 */

import { allZero, concat, equal, utf8 } from "./bytes.js";
import { Malformed, Truncated } from "./errors.js";

/**
 * One file of an archive in memory; `data` throws Truncated if the archive ends within the file.
 * @typedef {{ name: string, size: number, data: () => Uint8Array }} Member
 */

export const BLOCK = 512;
export const END = 2 * BLOCK;

const NAME = 100;
const SIZE = 124;
const CHECKSUM = 148;
const LARGEST = 8 ** 11 - 1;

/**
 * Return the 512-byte header of a file; throws Malformed if it cannot contain the name or size.
 * @param {string} name
 * @param {number} size
 * @returns {Uint8Array<ArrayBuffer>}
 */
export function header(name, size) {
  if (!/^[\x01-\x7f]{1,100}$/.test(name) || !(size >= 0 && size <= LARGEST)) {
    throw new Malformed("archive cannot hold a file of this name or size");
  }
  const start = `${name.padEnd(NAME, "\0")}0000600\0${"0000000\0".repeat(2)}${octal(size, 11)}\0${octal(0, 11)}\0`;
  const end = `0${"\0".repeat(NAME)}ustar\x0000`;
  const block = new Uint8Array(BLOCK);
  block.set(utf8(`${start}${" ".repeat(8)}${end}`));
  // The POSIX checksum is the sum of all bytes, with its own eight bytes counted as spaces.
  block.set(utf8(`${octal(block.reduce((sum, byte) => sum + byte, 0), 6)}\0 `), CHECKSUM);
  return block;
}

/**
 * Return how many bytes a file of `size` bytes takes up in an archive, with header and padding.
 * @param {number} size
 */
export function span(size) {
  return BLOCK + Math.ceil(size / BLOCK) * BLOCK;
}

/**
 * Return the zeros after a file of `size` bytes.
 * @param {number} size
 * @returns {Uint8Array<ArrayBuffer>}
 */
export function padding(size) {
  return new Uint8Array(span(size) - BLOCK - size);
}

/** An archive in memory. Iterate once over its members, then read its sizes. Throws Malformed for any other form. */
export class Reader {
  /** The size with the two zero blocks, in bytes. */
  archiveSize = END;
  /** The size with all padding, in bytes. */
  total = 0;

  #at = 0;
  #bytes;

  /** @param {Uint8Array} bytes */
  constructor(bytes) {
    this.#bytes = bytes;
  }

  /** @returns {Generator<Member, void, void>} */
  *[Symbol.iterator]() {
    for (let block = this.#take(BLOCK); !allZero(block); block = this.#take(BLOCK)) {
      const member = this.#member(block);
      yield member;
      member.data();
      this.#at += member.size;
      if (!allZero(this.#take(padding(member.size).length))) throw new Malformed("archive hides bytes behind a file");
      this.archiveSize += span(member.size);
    }
    if (!allZero(this.#bytes.subarray(this.#at))) throw new Malformed("archive hides bytes behind its end");
    this.total = this.#bytes.length;
    if (this.total < this.archiveSize || this.total % BLOCK) throw new Truncated("archive ends early");
  }

  /**
   * @param {Uint8Array} block
   * @returns {Member}
   */
  #member(block) {
    const [name = ""] = /^[^]*?(?=\0*$)/.exec(String.fromCharCode(...block.subarray(0, NAME))) ?? [];
    const digits = String.fromCharCode(...block.subarray(SIZE, SIZE + 11));
    const size = /^[0-7]{11}$/.test(digits) ? parseInt(digits, 8) : -1;
    if (!equal(header(name, size), block)) throw new Malformed("archive header has an unexpected form");
    const at = this.#at;
    return { name, size, data: () => this.#slice(at, size) };
  }

  /** @param {number} size */
  #take(size) {
    const taken = this.#slice(this.#at, size);
    this.#at += size;
    return taken;
  }

  /**
   * @param {number} at
   * @param {number} size
   */
  #slice(at, size) {
    const slice = this.#bytes.subarray(at, at + size);
    if (slice.length < size) throw new Truncated("archive ends early");
    return slice;
  }
}

/**
 * Return the archive of files held in memory, without its end.
 * @param {readonly { name: string, data: Uint8Array }[]} files
 * @returns {Uint8Array<ArrayBuffer>}
 */
export function write(files) {
  return concat(files.flatMap(({ name, data }) => [header(name, data.length), data, padding(data.length)]));
}

/**
 * @param {number} value
 * @param {number} digits
 */
function octal(value, digits) {
  return value.toString(8).padStart(digits, "0");
}
