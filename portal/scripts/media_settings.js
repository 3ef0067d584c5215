// @ts-check
/** The settings of codecs, in the descriptions of tracks and in the properties of pictures. */

import { Cursor } from "./cursor.js";
import { Malformed } from "./errors.js";
import { profile } from "./media_profile.js";
import { parts } from "./media_frames.js";
import { clear, Notes } from "./media_units.js";

/** @typedef {import("./boxes.js").Box} Box */
/** @typedef {import("./media_plan.js").Media} Media */
/** @typedef {import("./media_plan.js").Take} Take */

// Profiles of H.264 whose settings have four more bytes (ISO 14496-15, 5.3.3.1).
const HIGH = [100, 110, 122, 244, 44, 83, 86, 118, 128, 138, 139, 134, 144];
// Descriptors of ISO 14496-1, 7.2.2.1.
const STREAM = 3;
const DECODER = 4;
const OWN = 5;
const SYNC = 6;
/** Flags for an address or another stream in the descriptor of a stream. */
const ELSEWHERE = 0xe0;
const LONGEST_OWN = 1_024;
/** The type of the first block of a FLAC stream, and of empty blocks (RFC 9639, 8.1). */
const FLAC_INFO = 0;
const FLAC_INFO_SIZE = 34;
const FLAC_PADDING = 1;

/** The settings of ALAC with version and flags, without and with the places of its channels, which have a type. */
const ALAC = 28;
const ALAC_PLACED = 44;
const PLACES = 32;
/** The bytes before the parts in the settings of AV1. */
const AV1_HEADER = 4;

/**
 * Return what to do with each setting. `units` is called with the width in bytes of the sizes of units.
 * @param {Media} media
 * @param {(form: "avc" | "hevc", width: number) => void} units
 * @returns {Record<string, Take>}
 */
export function types(media, units) {
  const small = (/** @type {number} */ most) => (/** @type {Box} */ { body, end }) => {
    if (end - body > most) throw new Malformed("settings of a codec are too long");
  };
  const vendor = (/** @type {number} */ size) => (/** @type {Box} */ box) => {
    media.limit(box, size);
    media.patches.fill(box.body, 5);
  };
  const esds = (/** @type {Box} */ box) => streams(media, box);
  const plain = {
    esds,
    alac: async (/** @type {Box} */ box) => {
      const isPlaced = box.end - box.body >= ALAC_PLACED && (await media.reader.type(box.body + PLACES)) === "chan";
      media.limit(box, isPlaced ? ALAC_PLACED : ALAC);
    },
    damr: vendor(9), enda: media.fixed(2), frma: media.fixed(4),
    chan: async (/** @type {Box} */ box) => media.limit(box, 16 + 20 * (await media.reader.uint(box.body + 12, 4))),
  };
  return {
    ...plain,
    avcC: async (box) => units("avc", avc(media, box.body, await media.whole(box))),
    hvcC: async (box) => units("hevc", hevc(media, box.body, await media.whole(box), 21)),
    lhvC: async (box) => void hevc(media, box.body, await media.whole(box), 4),
    av1C: async (box) => {
      const bytes = await media.whole(box);
      await parts(media, new Cursor(bytes, AV1_HEADER), bytes.length, box.body);
    },
    vpcC: media.fixed(12),
    d263: vendor(7),
    colr: (box) => colours(media, box),
    pasp: media.fixed(8),
    clap: media.fixed(32),
    btrt: media.fixed(12),
    fiel: media.fixed(2),
    clli: media.fixed(4),
    mdcv: media.fixed(24),
    dvcC: media.fixed(24),
    dvvC: media.fixed(24),
    ccst: media.fixed(8),
    dac3: media.fixed(3),
    dec3: async (box) => media.limit(box, dolby(await media.whole(box))),
    dOps: async (box) => media.limit(box, opus(await media.whole(box))),
    dapa: small(64),
    pcmC: media.fixed(6),
    srat: media.fixed(8),
    dfLa: async (box) => flac(media, box.body, await media.whole(box)),
    wave: (box) => media.within(box, { ...plain, mp4a: media.fixed(0), samr: vendor(9), "\0\0\0\0": media.fixed(0) }),
  };
}

/**
 * Read the settings of H.264 (ISO 14496-15, 5.3.3.1); return the width of sizes.
 * @param {Media} media
 * @param {number} from offset of the bytes in the file
 * @param {Uint8Array} bytes
 */
function avc(media, from, bytes) {
  const cursor = new Cursor(bytes, 4);
  const width = (cursor.uint(1) & 3) + 1;
  const units = (/** @type {number} */ count) => {
    for (let each = 0; each < count; each += 1) unit(media, from, cursor, "avcC");
  };
  units(cursor.uint(1) & 31);
  units(cursor.uint(1));
  if (HIGH.includes(Number(bytes[1])) && bytes.length - cursor.at >= 4) {
    cursor.take(3);
    units(cursor.uint(1));
  }
  media.patches.fill(from + cursor.at, bytes.length - cursor.at);
  return width;
}

/**
 * Read the settings of H.265 (ISO 14496-15, 8.3.3.1 and 9.6.3); return the width of sizes.
 * @param {Media} media
 * @param {number} from offset of the bytes in the file
 * @param {Uint8Array} bytes
 * @param {number} at of the byte with the width
 */
function hevc(media, from, bytes, at) {
  const cursor = new Cursor(bytes, at);
  const width = (cursor.uint(1) & 3) + 1;
  for (let lists = cursor.uint(1); lists > 0; lists -= 1) {
    cursor.take(1);
    for (let units = cursor.uint(2); units > 0; units -= 1) unit(media, from, cursor, "hvcC");
  }
  media.patches.fill(from + cursor.at, bytes.length - cursor.at);
  return width;
}

/**
 * @param {Media} media
 * @param {number} from
 * @param {Cursor} cursor
 * @param {"avcC" | "hvcC"} form
 */
function unit(media, from, cursor, form) {
  const size = cursor.uint(2);
  clear(media, form, { at: from + cursor.at, size, bytes: cursor.take(size) });
}

/**
 * Keep the descriptors that a decoder needs (ISO 14496-14, 5.6), and overwrite all others.
 * @param {Media} media
 * @param {Box} box
 */
async function streams(media, box) {
  const bytes = await media.whole(box);
  const stream = descriptor(bytes, 4, bytes.length);
  const flags = bytes[stream.body + 2] ?? ELSEWHERE;
  if (stream.tag !== STREAM || flags & ELSEWHERE) throw new Malformed("descriptor of a stream is unexpected");
  for (const each of descriptors(bytes, stream.body + 3, stream.end)) {
    const kept = each.tag === SYNC ? Math.min(1, each.end - each.body) : 0;
    if (each.tag === DECODER) decoder(media, box.body, bytes, each);
    else media.patches.fill(box.body + each.body + kept, each.end - each.body - kept);
  }
  media.patches.fill(box.body + stream.end, bytes.length - stream.end);
}

/**
 * @param {Media} media
 * @param {number} from offset of the bytes in the file
 * @param {Uint8Array} bytes
 * @param {Descriptor} parent
 */
function decoder(media, from, bytes, parent) {
  for (const { tag, body, end } of descriptors(bytes, parent.body + 13, parent.end)) {
    if (tag !== OWN) media.patches.fill(from + body, end - body);
    else if (end - body > LONGEST_OWN) throw new Malformed("settings of a codec are too long");
    else {
      const notes = new Notes(media);
      notes.search(bytes.subarray(body, end), from + end);
      notes.finish(from + end);
    }
  }
}

/** @typedef {{ tag: number, body: number, end: number }} Descriptor */

/**
 * @param {Uint8Array} bytes
 * @param {number} from
 * @param {number} end
 * @returns {Descriptor[]}
 */
function descriptors(bytes, from, end) {
  const all = [];
  for (let at = from; at < end; at = Number(all.at(-1)?.end)) all.push(descriptor(bytes, at, end));
  return all;
}

/**
 * @param {Uint8Array} bytes
 * @param {number} at
 * @param {number} end
 * @returns {Descriptor}
 */
function descriptor(bytes, at, end) {
  const cursor = new Cursor(bytes.subarray(0, end), at);
  const tag = cursor.uint(1);
  let size = 0;
  for (let more = 0x80, count = 0; more & 0x80 && count < 4; count += 1) {
    more = cursor.uint(1);
    size = size * 128 + (more & 0x7f);
  }
  if (cursor.at + size > end) throw new Malformed("descriptor ends early");
  return { tag, body: cursor.at, end: cursor.at + size };
}

/**
 * Keep the format of the sound, and overwrite comments, pictures and other blocks.
 * @param {Media} media
 * @param {number} from offset of the bytes in the file
 * @param {Uint8Array} bytes
 */
function flac(media, from, bytes) {
  const cursor = new Cursor(bytes, 4);
  while (cursor.at < bytes.length) {
    const at = cursor.at;
    const kind = cursor.uint(1);
    const size = cursor.uint(3);
    const content = cursor.take(size);
    if ((kind & 0x7f) === FLAC_INFO && at === 4 && size === FLAC_INFO_SIZE) continue;
    // A block that was overwritten earlier tells nothing.
    if (content.some((byte) => byte !== 0)) media.find("found-more", "FLAC");
    media.patches.write(from + at, new Uint8Array([(kind & 0x80) | FLAC_PADDING]));
    media.patches.fill(from + at + 4, size);
  }
}

/**
 * Return the size of the settings of Opus (its encapsulation in boxes, 4.3.2); throws Malformed.
 * @param {Uint8Array} bytes
 */
function opus(bytes) {
  const cursor = new Cursor(bytes, 1);
  const channels = cursor.uint(1);
  cursor.take(8);
  const family = cursor.uint(1);
  return cursor.at + (family ? 2 + channels : 0);
}

/**
 * Return the size of the settings of Dolby Digital Plus (TS 102 366, F.6); throws Malformed.
 * @param {Uint8Array} bytes
 */
function dolby(bytes) {
  const cursor = new Cursor(bytes);
  for (let left = (cursor.uint(2) & 7) + 1; left > 0; left -= 1) {
    cursor.take(2);
    // The number of dependent streams, and the channels in these.
    if (cursor.uint(1) & 0x1e) cursor.take(1);
  }
  // Two more bytes mark sound with objects.
  return Math.min(cursor.at + 2, bytes.length);
}

/**
 * @param {Media} media
 * @param {Box} box
 */
async function colours(media, box) {
  const type = await media.reader.type(box.body);
  if (type === "nclx") media.limit(box, 11);
  else if (type === "nclc") media.limit(box, 10);
  else if (type === "prof" || type === "rICC") await profile(media, box);
  else await media.remove(box);
}
