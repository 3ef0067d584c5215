// @ts-check
/**
 * Clean films, sound and pictures made of boxes (MP4, MOV, M4A, 3GP, HEIC, AVIF; ISO 14496-12 and ISO 23008-12).
 *
 * Only boxes that a player needs are kept. Every other box becomes an empty `free` box of the same size. Bytes that no
 * kept track or picture uses become zero. So no offset changes, and picture and sound stay byte for byte. A file that
 * is not understood completely is refused.
 */

import { utf8 } from "./bytes.js";
import { Malformed } from "./errors.js";
import { ascii } from "./images.js";
import { keepOnly } from "./media_gaps.js";
import * as items from "./media_items.js";
import { movie } from "./media_movie.js";
import { Media, SPARE } from "./media_plan.js";

/** @typedef {import("./boxes.js").Box} Box */
/** @typedef {import("./patches.js").Patch} Patch */
/** @typedef {"image/heic" | "image/avif" | "video/mp4" | "video/quicktime" | "video/3gpp" | "audio/mp4"} Kind */

const KEPT = ["ftyp", "moov", "mdat"];
const TYPES = [...KEPT, ...SPARE, "meta", "moof", "uuid"];
/** The form of a type of a box, as opposed to bytes that somebody appended. */
const TYPE = /^[\x20-\x7e\xa9]{4}$/;
// Brands that many devices and programs write. Others can name a maker.
const BRANDS = ["isom", "iso2", "iso3", "iso4", "iso5", "iso6", "iso7", "iso8", "iso9", "mp41", "mp42", "avc1", "hvc1", "hev1",
  "av01", "dby1", "qt  ", "M4A ", "M4B ", "M4V ", "3gp4", "3gp5", "3gp6", "3gp7", "3g2a", "mif1", "mif2", "msf1", "miaf",
  "heic", "heix", "heim", "heis", "hevc", "hevx", "MiHB", "MiHE", "MiHA", "MiPr", "avif", "avis", "MA1A", "MA1B"];
const LARGEST_BRANDS = 1_024;
const KINDS = /** @type {[RegExp, Kind][]} */ ([
  [/^[^]{4}ftyp(?:avi[fs]|mif1[^]{4,40}?avif)/, "image/avif"],
  [/^[^]{4}ftyp(?:he[iv][cxms]|mif|msf)/, "image/heic"],
  [/^[^]{4}ftypqt/, "video/quicktime"],
  [/^[^]{4}ftypM4[AB]/, "audio/mp4"],
  [/^[^]{4}ftyp3g/, "video/3gpp"],
  [/^[^]{4}ftyp/, "video/mp4"],
  // QuickTime before 2001 had no `ftyp`. A text can begin with “The free”.
  [/^(?:[^]{4}(?:moov|mdat|pnot)|\0[^]{3}(?:wide|free|skip))/, "video/quicktime"],
]);

/**
 * Return the kind of a file by its first bytes, or undefined if it is not made of boxes.
 * @param {string} head
 */
export function kindOf(head) {
  return KINDS.find(([form]) => form.test(head))?.[1];
}

/**
 * Read the structure of a file, then read the whole file once, and return what must be overwritten to clean it. Throws
 * Malformed if the file is not understood completely, and any error from reading.
 * @param {Blob} blob
 * @param {AsyncGenerator<Uint8Array, void, void>} pieces of the same file
 * @returns {Promise<{ patches: Patch[], findings: import("./findings.js").Finding[], staying: string[] }>}
 */
export async function clean(blob, pieces) {
  const media = new Media(blob);
  await survey(media);
  await keepOnly(media, pieces);
  const { findings, patches, staying } = media;
  return { patches: patches.sorted(), findings, staying: [...staying].sort() };
}

/** @param {Media} media */
async function survey(media) {
  const boxes = await tops(media);
  const all = (/** @type {string} */ type) => boxes.filter((box) => box.type === type);
  const [film, ...films] = all("moov");
  const [meta, ...metas] = all("meta");
  if (films.length || metas.length || all("moof").length) throw new Malformed("file consists of fragments");
  const album = meta && (await items.isAlbum(media, meta)) ? meta : undefined;
  if (!film && !album) throw new Malformed("file holds neither a film nor a picture");
  media.data = all("mdat");
  for (const box of all("ftyp")) await brands(media, box, album ? "mif1" : "isom");
  if (film) {
    await movie(media, film);
    media.staying.add("stays-coded");
  }
  if (album) await items.album(media, album);
  for (const box of boxes) if (!KEPT.includes(box.type) && box !== album) await media.remove(box);
}

/**
 * Return the boxes of the file, and overwrite what somebody appended after the last box.
 * @param {Media} media
 */
async function tops(media) {
  const { reader } = media;
  /** @type {Box[]} */
  const boxes = [];
  let at = 0;
  while (at < reader.size && !(boxes.length && (await isAppended(media, at)))) {
    const box = await reader.box(at, reader.size);
    boxes.push(box);
    at = box.end;
  }
  if (at < reader.size) overwriteRest(media, at);
  return boxes;
}

/**
 * Return whether the bytes after a box are no box. A box of a known type that is cut short is one.
 * @param {Media} media
 * @param {number} at
 */
async function isAppended({ reader }, at) {
  const rest = reader.size - at;
  if (rest < 8) return true;
  const type = await reader.type(at + 4);
  const size = await reader.uint(at, 4);
  return !TYPE.test(type) || (!TYPES.includes(type) && size !== 1 && (size < 8 || size > rest));
}

/**
 * @param {Media} media
 * @param {number} at
 */
function overwriteRest(media, at) {
  const rest = media.reader.size - at;
  media.find("found-trailer");
  // A size of zero means that the box reaches to the end of the file.
  media.patches.write(at, rest < 8 ? new Uint8Array(rest) : utf8("\0\0\0\0free"));
  media.patches.fill(at + 8, Math.max(rest - 8, 0));
}

/**
 * Keep the brands that do not name a maker, and no version.
 * @param {Media} media
 * @param {Box} box
 * @param {string} common the brand that replaces others
 */
async function brands(media, { body, end }, common) {
  const size = end - body;
  if (size < 8 || size > LARGEST_BRANDS) throw new Malformed("list of brands has an unexpected size");
  const bytes = await media.reader.bytes(body, size);
  media.patches.fill(body + 4, 4);
  for (let at = 0; at + 4 <= size; at += 4) {
    const brand = ascii(bytes.subarray(at, at + 4));
    if (at === 4 || BRANDS.includes(brand)) continue;
    media.find("found-more", brand);
    media.patches.write(body + at, utf8(common));
  }
  media.patches.fill(end - (size % 4), size % 4);
}
