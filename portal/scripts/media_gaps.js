// @ts-check
/** Keep only the parts of a file that its tracks and pictures use. The same pass looks for notes within these parts. */

import { Malformed } from "./errors.js";
import { Forward } from "./forward.js";
import { merged } from "./media_chunks.js";
import { scan } from "./media_units.js";

/** @typedef {import("./media_plan.js").Media} Media */
/** @typedef {import("./media_chunks.js").Range} Range */

/**
 * Go through the whole file once. Throws Malformed if a part is outside the boxes for picture and sound, or is used
 * twice, and any error from reading.
 * @param {Media} media
 * @param {AsyncGenerator<Uint8Array, void, void>} pieces of the file
 */
export async function keepOnly(media, pieces) {
  const forward = new Forward(pieces);
  const gaps = new Gaps(media.patches, media.data);
  for await (const range of merged(media.kept)) {
    gaps.fillBefore(range);
    await scan(media, forward, range);
  }
  gaps.fillRest();
  await forward.finish();
}

/** Overwrites the parts of boxes that are not kept. */
export class Gaps {
  #patches;
  #boxes;
  /** The offset up to which all is decided, in the first of the boxes that are left. */
  #at;

  /**
   * @param {import("./patches.js").Patches} patches
   * @param {readonly import("./boxes.js").Box[]} boxes in the order of the file
   */
  constructor(patches, boxes) {
    this.#patches = patches;
    this.#boxes = [...boxes];
    this.#at = boxes[0]?.body ?? 0;
  }

  /** @param {readonly Range[]} ranges all that are kept, in order; throws Malformed as below */
  keepOnly(ranges) {
    for (const range of ranges) this.fillBefore(range);
    this.fillRest();
  }

  /** @param {Range} range that is kept; throws Malformed unless it is in one box, after the earlier ranges */
  fillBefore({ start, end }) {
    while (this.#boxes[0] && this.#boxes[0].end < end) this.#next(this.#boxes[0]);
    if (!this.#boxes[0] || start < this.#at) throw new Malformed("part of the file is used twice, or outside its box");
    this.#patches.fill(this.#at, start - this.#at);
    this.#at = end;
  }

  fillRest() {
    while (this.#boxes[0]) this.#next(this.#boxes[0]);
  }

  /** @param {import("./boxes.js").Box} box the first of those that are left */
  #next({ end }) {
    this.#patches.fill(this.#at, end - this.#at);
    this.#boxes.shift();
    this.#at = this.#boxes[0]?.body ?? 0;
  }
}
