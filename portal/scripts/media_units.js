// @ts-check
/** Notes of programs and devices within the samples of a film, between the parts of its pictures. */

import { uint } from "./boxes.js";
import { concat } from "./bytes.js";
import { Malformed } from "./errors.js";
import { ascii } from "./images.js";
import { frames, parts } from "./media_frames.js";

/** @typedef {import("./media_plan.js").Media} Media */
/** @typedef {import("./forward.js").Forward} Forward */

/** @typedef {"avc" | "hevc" | "dolby"} Unit H.264, H.265, and H.265 with the dynamic range of Dolby Vision */
/**
 * How the samples are coded: with units, each after its size in `width` bytes, as `mpeg4` (part 2), `av1`, `prores`, or
 * something in which this page does not look. `frame` is the size of a sample of sound by its description, or 0.
 * @typedef {{ form: Unit | "mpeg4" | "av1" | "prores" | "", width: number, frame: number }} Codec
 */

/** @type {Codec} */
export const NO_CODEC = { form: "", width: 0, frame: 0 };

// Tables 7-1 of H.264 and H.265: the types of units that a decoder needs, those with supplemental information, those that
// mark a beginning or an end, with at most one byte after the header, and the header of a unit that decoders ignore. Only
// this information stays (annexes D, in H.265 also F.14), each with its largest size in bytes: when pictures are shown,
// where decoding can begin, colours and brightness, hashes of pictures.
/** @type {[number, number][]} */
const MESSAGES = [[0, 64], [6, 5], [45, 24], [47, 8], [137, 24], [144, 4], [147, 1]];
const HEVC = {
  header: 2, shift: 1, mask: 0x3f, notes: [39, 40], marks: [35, 36, 37],
  kept: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 16, 17, 18, 19, 20, 21, 32, 33, 34, 35, 36, 37],
  messages: new Map([...MESSAGES, [1, 64], [128, 64], [129, 32], [130, 16], [132, 49]]),
  ignored: new Uint8Array([38 << 1, 1]),
};
const AVC = {
  header: 1, shift: 0, mask: 0x1f, notes: [6], marks: [9, 10, 11],
  kept: [1, 2, 3, 4, 5, 7, 8, 9, 10, 11, 13, 14, 15, 19, 20, 21],
  messages: new Map(MESSAGES), ignored: new Uint8Array([12]),
};
const UNITS = {
  avc: AVC,
  hevc: HEVC,
  // The type 62 has the dynamic range.
  dolby: { ...HEVC, kept: [...HEVC.kept, 62] },
  // Settings have no pictures.
  avcC: { ...AVC, kept: [7, 8, 13, 15] },
  hvcC: { ...HEVC, kept: [32, 33, 34] },
};
const LARGEST = 1 << 16;
/** The type of information that a program or device defines itself. A UUID comes first. */
const OWN = 5;
const UUID = 16;
const FILLER = 0xff;
/** The last bits of a unit. */
const STOP = 0x80;
const TEXT = /[\x20-\x7e]{4,}/;

/**
 * Look for notes in a part of a file, and overwrite them. Throws Malformed if the part does not consist of units.
 * @param {Media} media
 * @param {Forward} forward
 * @param {import("./media_chunks.js").Range} range
 */
export async function scan(media, forward, { start, end, codec: { form, width } }) {
  if (form === "") return;
  await forward.to(start);
  if (form === "av1") return parts(media, forward, end);
  if (form === "prores") return frames(media, forward, end);
  if (form === "mpeg4") {
    const notes = new Notes(media);
    while (forward.at < end) notes.search(await forward.some(end), forward.at);
    notes.finish(end);
    return undefined;
  }
  while (forward.at < end) {
    const size = uint(await forward.take(width));
    const { at } = forward;
    if (size > end - at) throw new Malformed("part of a picture ends early");
    const first = await forward.take(Math.min(size, 1));
    const isNote = UNITS[form].notes.includes(typeOf(form, first));
    clear(media, form, { at, size, bytes: isNote ? concat([first, await forward.take(limited(size) - 1)]) : first });
    await forward.to(at + size);
  }
  return undefined;
}

/**
 * Overwrite a unit that a decoder does not need.
 * @param {Media} media
 * @param {Unit | "avcC" | "hvcC"} form
 * @param {{ at: number, size: number, bytes: Uint8Array }} unit of supplemental information, all bytes; else the first
 */
export function clear(media, form, { at, size, bytes }) {
  const { header, kept, notes, marks, messages, ignored } = UNITS[form];
  const type = typeOf(form, bytes);
  const isLong = marks.includes(type) && size > header + 1;
  if (size <= header || (!isLong && kept.includes(type))) return;
  if (notes.includes(type)) {
    const note = unneeded(unescaped(bytes.subarray(header)), messages);
    if (!note) return;
    const text = note.type === OWN ? TEXT.exec(ascii(note.content.subarray(UUID, 400)))?.[0] : undefined;
    media.find(text ? "found-program" : "found-more", text ?? "SEI");
  }
  media.patches.add({ at, size, head: ignored, fill: FILLER, last: STOP });
}

/**
 * Return the type of a unit, or 0 if it has no bytes.
 * @param {Unit | "avcC" | "hvcC"} form
 * @param {Uint8Array} bytes of its beginning
 */
function typeOf(form, bytes) {
  const { shift, mask } = UNITS[form];
  return (Number(bytes[0] ?? 0) >> shift) & mask;
}

/** @param {number} size */
function limited(size) {
  if (size > LARGEST) throw new Malformed("note in a film is too large");
  return size;
}

/**
 * Return the bytes without those that keep a start code from appearing (H.264, 7.4.1).
 * @param {Uint8Array} bytes
 */
function unescaped(bytes) {
  return bytes.filter((byte, at) => !(byte === 3 && at > 1 && bytes[at - 1] === 0 && bytes[at - 2] === 0));
}

/**
 * Return the first message that is not kept: its type is unknown, or it is too long. Return undefined if all messages
 * are kept. If the messages cannot be read, return the whole payload as a message of the type `OWN`.
 * @param {Uint8Array} payload supplemental information (H.264, 7.3.2.3)
 * @param {ReadonlyMap<number, number>} kept the largest size in bytes by type
 */
function unneeded(payload, kept) {
  let at = 0;
  const number = () => {
    let value = 0;
    for (; payload[at] === 0xff; at += 1) value += 0xff;
    return value + Number(payload[at++]);
  };
  // The last byte is the end of the unit.
  while (at < payload.length - 1) {
    const type = number();
    const size = number();
    if (!(at + size <= payload.length)) return { type: OWN, content: payload };
    if (size > (kept.get(type) ?? -1)) return { type, content: payload.subarray(at, at + size) };
    at += size;
  }
  return undefined;
}

const NOTE = 0xb2;
const SPACE = 0x20;

/** Overwrites the notes of programs in MPEG-4 video (ISO 14496-2, 6.2.2.1), which begin and end with a start code. */
export class Notes {
  #media;
  #last = new Uint8Array(0);
  /** The offset of the note that has begun, or -1. */
  #note = -1;

  /** @param {Media} media */
  constructor(media) {
    this.#media = media;
  }

  /**
   * @param {Uint8Array} part
   * @param {number} end the offset after it; it follows the part before
   */
  search(part, end) {
    const bytes = concat([this.#last, part]);
    const from = end - bytes.length;
    for (let one = bytes.indexOf(1, 2); one >= 0 && one < bytes.length - 1; one = bytes.indexOf(1, one + 1)) {
      if (bytes[one - 1] !== 0 || bytes[one - 2] !== 0) continue;
      this.finish(from + one - 2);
      if (bytes[one + 1] !== NOTE) continue;
      this.#note = from + one + 2;
      // A note that was overwritten earlier tells nothing.
      if (bytes[one + 2] === SPACE) continue;
      this.#media.find("found-program", TEXT.exec(ascii(bytes.subarray(one + 2, one + 400)))?.[0]);
    }
    this.#last = bytes.slice(-3);
  }

  /** @param {number} end where a note that has begun ends at the latest */
  finish(end) {
    if (this.#note >= 0) this.#media.patches.fill(this.#note, end - this.#note, SPACE);
    this.#note = -1;
  }
}
