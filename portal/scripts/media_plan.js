// @ts-check
/** What was found out about a file of boxes, and what must be overwritten in it. */

import { Reader } from "./boxes.js";
import { utf8 } from "./bytes.js";
import { Malformed } from "./errors.js";
import { found } from "./findings.js";
import { tell } from "./media_told.js";
import { Patches } from "./patches.js";

/** @typedef {import("./boxes.js").Box} Box */
/** @typedef {import("./findings.js").Finding} Finding */
/** @typedef {import("./media_chunks.js").Range} Range */
/** @typedef {(box: Box) => unknown} Take */

const FREE = utf8("free");
/** Boxes that are empty on purpose. Their type may stay. */
export const SPARE = ["free", "skip", "wide"];
const MOST_FINDINGS = 60;

/** The plan to clean a file. */
export class Media {
  reader;
  /** For boxes that are removed, so that reading these does not decide whether the file has too many. */
  aside;
  patches = new Patches();
  /** @type {Map<string, Finding>} */
  #findings = new Map();
  /** Codes of texts about what stays in the file. @type {Set<string>} */
  staying = new Set();
  /** The boxes with picture and sound, in the order of the file. @type {Box[]} */
  data = [];
  /** For each track, and for all pictures, the parts of `data` to keep, in the order of the file. @type {AsyncGenerator<Range, void, void>[]} */
  kept = [];

  /** @param {Blob} blob */
  constructor(blob) {
    this.reader = new Reader(blob);
    this.aside = new Reader(blob);
  }

  /** What the file told, each once. */
  get findings() {
    return [...this.#findings.values()];
  }

  /**
   * @param {string} code
   * @param {string} [value]
   */
  find(code, value) {
    const finding = found(code, value);
    if (this.#findings.size < MOST_FINDINGS) this.#findings.set(`${code} ${finding.value}`, finding);
  }

  /**
   * Make a box an empty `free` box of the same size, and list what it told.
   * @param {Box} box
   */
  async remove(box) {
    await tell(this, box);
    const { type, at, body, end } = box;
    if (!SPARE.includes(type)) this.patches.write(at + 4, FREE);
    this.patches.fill(body, end - body);
  }

  /**
   * Return the content of a small box; throws Malformed if it is large.
   * @param {Box} box
   */
  whole({ body, end }) {
    return this.reader.bytes(body, end - body);
  }

  /**
   * Overwrite the bytes of a box after the first `size` bytes of its content; throws Malformed if there are fewer.
   * @param {Box} box
   * @param {number} size
   */
  limit({ body, end }, size) {
    if (end - body < size) throw new Malformed("box is too short");
    this.patches.fill(body + size, end - body - size);
  }

  /**
   * Give each box in a box to the function for its type, and remove boxes without a function. Throws Malformed if a box
   * has an impossible size, or is repeated although `several` does not list its type.
   * @param {Box} parent
   * @param {Record<string, Take>} types
   * @param {{ from?: number, several?: readonly string[] }} [options] `from` counts the bytes before the first box
   */
  async within({ body, end }, types, { from = 0, several = [] } = {}) {
    const seen = new Set();
    let at = body + from;
    if (at > end) throw new Malformed("box is too short");
    // QuickTime ends some lists of boxes with a size of zero.
    while (end - at >= 8 && (await this.reader.uint(at, 4)) !== 0) {
      const box = await this.reader.box(at, end);
      const take = types[box.type];
      if (take && seen.has(box.type) && !several.includes(box.type)) throw new Malformed("box is repeated");
      seen.add(box.type);
      await (take ? take(box) : this.remove(box));
      at = box.end;
    }
    this.patches.fill(at, end - at);
  }

  /** @param {number} size of the content; the bytes after it are overwritten @returns {Take} */
  fixed(size) {
    return (box) => this.limit(box, size);
  }

  /**
   * Keep a table: version, flags, a number of rows, and as many rows.
   * @param {number} width of a row in bytes
   * @param {number} [wide] the width in version 1
   * @returns {Take}
   */
  rows(width, wide = width) {
    return async (box) => {
      const version = await this.reader.uint(box.body, 1);
      this.limit(box, 8 + (await this.reader.uint(box.body + 4, 4)) * (version ? wide : width));
    };
  }
}

/** @param {string} why @returns {Take} that refuses the file */
export function refuse(why) {
  return () => {
    throw new Malformed(why);
  };
}
