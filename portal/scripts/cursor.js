// @ts-check
/** Read numbers and parts of bytes one after the other. */

import { uint } from "./boxes.js";
import { Malformed } from "./errors.js";

/** A position in bytes, which only advances. */
export class Cursor {
  bytes;
  at;

  /**
   * @param {Uint8Array} bytes
   * @param {number} [at]
   */
  constructor(bytes, at = 0) {
    this.bytes = bytes;
    this.at = at;
  }

  /**
   * Return the next bytes; throws Malformed if there are fewer.
   * @param {number} size
   */
  take(size) {
    const part = this.bytes.subarray(this.at, this.at + size);
    if (part.length < size) throw new Malformed("box is too short");
    this.at += size;
    return part;
  }

  /** @param {number} at offset of the next byte */
  to(at) {
    this.at = at;
  }

  /**
   * Return the next big-endian number; throws as above.
   * @param {number} width in bytes
   */
  uint(width) {
    return uint(this.take(width));
  }
}
