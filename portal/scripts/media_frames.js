// @ts-check
/** Notes of programs and devices within the frames of AV1 and ProRes. */

import { uint } from "./boxes.js";
import { utf8 } from "./bytes.js";
import { Malformed } from "./errors.js";
import { ascii } from "./images.js";

/** @typedef {import("./media_plan.js").Media} Media */
/** @typedef {import("./forward.js").Forward} Forward */
/** @typedef {Forward | import("./cursor.js").Cursor} Source */

// The header of a part (OBU) of AV1 (5.3.2 of its specification).
const FORBIDDEN = 0x80;
const EXTENSION = 0x04;
const HAS_SIZE = 0x02;
const TYPE_SHIFT = 3;
const TYPE_MASK = 15;
/** The longest number of bytes for a size (4.10.5). */
const LONGEST_SIZE = 8;
// Types of parts (6.2.2): those that a decoder needs, notes, and parts that decoders ignore.
const KEPT = [1, 2, 3, 4, 6, 7, 8];
const METADATA = 5;
const PADDING = 15;
const DELIMITER = 2;
/** Notes that stay (6.7.1), with their largest sizes: brightness, colours, layers. Others are times of day and notes of makers. */
const MESSAGES = new Map([[1, 6], [2, 26], [3, 3]]);
/** The last bits of a part. */
const STOP = 0x80;

// The header of a frame of ProRes (SMPTE RDD 36, 5.1): size, type, size and version of the header, who coded the frame.
const FRAME = "icpf";
const FRAME_HEADER = 20;
const CODER = 12;
/** What the inventor of ProRes writes, and every decoder knows. */
const COMMON_CODER = "apl0";

/**
 * Overwrite the parts of AV1 that a decoder does not need. Throws Malformed if there is something else than parts with
 * a size.
 * @param {Media} media
 * @param {Source} source at the beginning of the parts
 * @param {number} end of the parts
 * @param {number} [from] the offset of the source in the file
 */
export async function parts(media, source, end, from = 0) {
  while (source.at < end) {
    const start = from + source.at;
    const head = uint(await source.take(1));
    if ((head & (FORBIDDEN | HAS_SIZE)) !== HAS_SIZE) throw new Malformed("part of AV1 has no size");
    if (head & EXTENSION) await source.take(1);
    const size = await sizeOf(source);
    const { at } = source;
    if (size > end - at) throw new Malformed("part of a picture ends early");
    const type = (head >> TYPE_SHIFT) & TYPE_MASK;
    const note = type === METADATA ? uint(await source.take(Math.min(size, 1))) : 0;
    const isKept = type === METADATA ? size <= (MESSAGES.get(note) ?? -1) : KEPT.includes(type);
    if (!isKept || (type === DELIMITER && size > 0)) {
      if (type !== PADDING) media.find("found-more", "AV1");
      media.patches.write(start, new Uint8Array([(PADDING << TYPE_SHIFT) | (head & (EXTENSION | HAS_SIZE))]));
      media.patches.add({ at: from + at, size, head: new Uint8Array(0), fill: 0, last: STOP });
    }
    await source.to(at + size);
  }
}

/** @param {Source} source at a number whose bytes have seven bits each, the lowest first */
async function sizeOf(source) {
  let size = 0;
  for (let each = 0; each < LONGEST_SIZE; each += 1) {
    const byte = uint(await source.take(1));
    size += (byte & 0x7f) * 128 ** each;
    if (byte < 0x80) return size;
  }
  throw new Malformed("part of AV1 has no size");
}

/**
 * Overwrite the name of the program or device in each frame of ProRes. Throws Malformed if there is something else than
 * frames.
 * @param {Media} media
 * @param {Forward} forward at the beginning of the frames
 * @param {number} end
 */
export async function frames(media, forward, end) {
  while (forward.at < end) {
    const { at } = forward;
    const head = await forward.take(Math.min(FRAME_HEADER, end - at));
    const size = uint(head.subarray(0, 4));
    const isFrame = ascii(head.subarray(4, 8)) === FRAME;
    if (!isFrame || size < FRAME_HEADER || size > end - at) throw new Malformed("frame of ProRes is unexpected");
    const coder = ascii(head.subarray(CODER, CODER + COMMON_CODER.length));
    if (coder !== COMMON_CODER) {
      media.find("found-program", coder);
      media.patches.write(at + CODER, utf8(COMMON_CODER));
    }
    await forward.to(at + size);
  }
}
