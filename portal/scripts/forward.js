// @ts-check
/** Go through the pieces of a file from beginning to end, and look only at some bytes. */

import { Malformed } from "./errors.js";

/** A position in a file, which only advances. */
export class Forward {
  /** The offset of the next byte. */
  at = 0;
  #pieces;
  #piece = /** @type {Uint8Array} */ (new Uint8Array(0));
  /** The offset of the end of the piece. */
  #end = 0;

  /** @param {AsyncGenerator<Uint8Array, void, void>} pieces each is used before the next one is requested */
  constructor(pieces) {
    this.#pieces = pieces;
  }

  /**
   * Go to an offset. Throws Malformed if it was passed already, or if the file ends before it.
   * @param {number} at
   */
  async to(at) {
    if (at < this.at) throw new Malformed("parts of the file overlap");
    while (at > this.#end) await this.#advance();
    this.at = at;
  }

  /**
   * Return a copy of the next bytes; throws Malformed if the file ends within them.
   * @param {number} size
   */
  async take(size) {
    const taken = new Uint8Array(size);
    for (let done = 0; done < size; ) {
      const part = await this.some(this.at + size - done);
      taken.set(part, done);
      done += part.length;
    }
    return taken;
  }

  /**
   * Return at least one of the next bytes, valid until the next call; throws Malformed if the file ends here.
   * @param {number} end the offset that is not passed, after the next byte
   */
  async some(end) {
    while (this.at >= this.#end) await this.#advance();
    const start = this.#end - this.#piece.length;
    const part = this.#piece.subarray(this.at - start, end - start);
    this.at += part.length;
    return part;
  }

  /** Go to the end of the file. */
  async finish() {
    for await (const piece of this.#pieces) this.#end += piece.length;
    this.at = this.#end;
  }

  async #advance() {
    const { value } = await this.#pieces.next();
    if (!value) throw new Malformed("file ends early");
    this.#piece = value;
    this.#end += value.length;
  }
}
