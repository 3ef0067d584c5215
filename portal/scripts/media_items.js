// @ts-check
/** Pictures in boxes: HEIC, HEIF and AVIF (ISO 23008-12). Each picture, and each note about one, is an item. */

import { child, WINDOW } from "./boxes.js";
import { utf8 } from "./bytes.js";
import { Malformed } from "./errors.js";
import { text, view } from "./images.js";
import { DERIVED, needed } from "./media_derived.js";
import { Gaps } from "./media_gaps.js";
import * as places from "./media_locations.js";
import { handler, references } from "./media_movie.js";
import { nothing, properties } from "./media_properties.js";
import { NO_CODEC } from "./media_units.js";
import * as exif from "./metadata_exif.js";
import * as xmp from "./metadata_xmp.js";

/** @typedef {import("./boxes.js").Box} Box */
/** @typedef {import("./media_plan.js").Media} Media */
/** @typedef {import("./media_chunks.js").Range} Range */
/** @typedef {import("./media_locations.js").Item} Item */

const CODED = /** @type {Record<string, "avc" | "hevc" | "av1">} */ ({
  hvc1: "hevc", hev1: "hevc", lhv1: "hevc", avc1: "avc", av01: "av1",
});
const PICTURES = [...Object.keys(CODED), ...DERIVED];
const NOTES = ["Exif", "mime", "uri "];
/** Exif without tags, after the number of bytes before it (ISO 23008-12, A.2.1). */
const NO_EXIF = utf8("\0\0\0\0MM\0*\0\0\0\x08\0\0\0\0\0\0");
/** XMP without notes. Spaces alone are no XML. */
const NO_XMP = utf8('<x:xmpmeta xmlns:x="adobe:ns:meta/"/>');
/** Pictures that are made from others, which stay whole. */
const EDITS = ["iden", "iovl"];
const SPACE = 0x20;
const NOTHING = new Uint8Array(0);
// What references say about the picture from which they lead.
const STAYING = /** @type {Record<string, string>} */ ({ thmb: "stays-preview", auxl: "stays-depth" });

/**
 * Return whether a list holds pictures, as opposed to notes about a film.
 * @param {Media} media
 * @param {Box} box
 */
export async function isAlbum({ reader }, box) {
  const found = await child(reader, box, "hdlr", 4).catch(() => undefined);
  return found !== undefined && found.end - found.body >= 12 && (await reader.type(found.body + 8)) === "pict";
}

/**
 * Keep the pictures, and empty the notes about them; throws Malformed.
 * @param {Media} media
 * @param {Box} box
 */
export async function album(media, box) {
  const found = await lists(media, box);
  const { items, primary, inside } = found;
  if (!items.some(({ id, type }) => id === primary && PICTURES.includes(type))) throw new Malformed("file has no picture");
  /** @type {Range[]} */
  const all = [];
  for (const item of items) {
    for (const range of rangesOf(item, found)) {
      if (DERIVED.includes(item.type)) range.end = range.start + (await neededOf(media, item, found, range));
      else if (!(item.type in CODED)) await empty(media, item, range);
      all.push(range);
    }
  }
  const isInside = (/** @type {Range} */ { start, end }) => inside && start >= inside.body && end <= inside.end;
  // The scan for notes goes through the boxes `mdat` only.
  if (all.some((range) => range.codec.form && isInside(range))) throw new Malformed("picture is unexpected");
  const ranges = all.sort((one, other) => one.start - other.start || one.end - other.end);
  media.kept.push(inOrder(ranges.filter((range) => !isInside(range))));
  if (inside) new Gaps(media.patches, [inside]).keepOnly(ranges.filter(isInside));
  for (const code of stays(found)) media.staying.add(code);
}

/**
 * @typedef {object} Lists what a list of pictures contains
 * @property {Item[]} items
 * @property {number} primary the id of the picture that is shown
 * @property {Map<number, places.Part[]>} parts by id
 * @property {places.Reference[]} referring
 * @property {import("./media_properties.js").Properties} properties
 * @property {Box | undefined} inside
 */

/**
 * @param {Media} media
 * @param {Box} box
 * @returns {Promise<Lists>}
 */
async function lists(media, box) {
  const { reader } = media;
  /** @type {Lists} */
  const found = { items: [], primary: 0, parts: new Map(), referring: [], inside: undefined, properties: nothing() };
  await media.within(box, {
    hdlr: (each) => handler(media, each),
    dinf: (each) => media.within(each, { dref: (list) => references(media, list) }),
    pitm: async (each) => {
      const width = (await reader.uint(each.body, 1)) ? 4 : 2;
      media.limit(each, 4 + width);
      found.primary = await reader.uint(each.body + 4, width);
    },
    iinf: async (each) => void (found.items = await places.items(media, each)),
    iloc: async (each) => void (found.parts = await places.locations(media, each)),
    iref: async (each) => void (found.referring = await places.references(media, each)),
    iprp: async (each) => void (found.properties = await properties(media, each)),
    idat: (each) => void (found.inside = each),
  }, { from: 4 });
  return found;
}

/**
 * Return the parts of the file with an item. Throws Malformed if the item is of an unknown type, or if this page cannot
 * look into it.
 * @param {Item} item
 * @param {Lists} lists
 * @returns {Range[]}
 */
function rangesOf({ id, type }, { parts, properties: { widths }, inside }) {
  const own = parts.get(id) ?? [];
  const form = CODED[type];
  if (!PICTURES.includes(type) && !NOTES.includes(type)) throw new Malformed("item is of an unknown type");
  const width = form && form !== "av1" ? widths.get(form) : 0;
  const isSplit = PICTURES.includes(type) && own.length > 1;
  if (width === undefined || isSplit || (form && own[0]?.isInside)) throw new Malformed("picture is unexpected");
  const codec = form ? { form, width, frame: 0 } : NO_CODEC;
  return own.map(({ at, size, isInside }) => {
    if (isInside && (!inside || inside.body + at + size > inside.end)) throw new Malformed("item is outside its box");
    const start = at + (isInside && inside ? inside.body : 0);
    return { start, end: start + size, codec };
  });
}

/**
 * Return how many bytes of a picture that is made from others are needed.
 * @param {Media} media
 * @param {Item} item
 * @param {Lists} lists
 * @param {Range} range
 */
async function neededOf({ reader }, { id, type }, { referring }, { start, end }) {
  const pictures = referring.flatMap((each) => (each.type === "dimg" && each.from === id ? each.to : []));
  const bytes = await reader.bytes(start, Math.min(end - start, WINDOW));
  return Math.min(end - start, needed(type, bytes, pictures.length));
}

/**
 * List what a note tells, and overwrite it with a note that tells nothing.
 * @param {Media} media
 * @param {Item} item
 * @param {Range} range
 */
async function empty(media, { type, content }, { start, end }) {
  const size = end - start;
  const bytes = await media.reader.bytes(start, Math.min(size, WINDOW));
  const told = content === places.XMP ? xmp.read(text(bytes)) : type === "Exif" ? exifIn(bytes) : [];
  for (const { code, value } of told) media.find(code, value);
  const none = content === places.XMP ? NO_XMP : type === "Exif" ? NO_EXIF : NOTHING;
  const head = size > none.length ? none : NOTHING;
  const fill = content === places.XMP ? SPACE : 0;
  const isEmpty = bytes.every((byte, at) => byte === (head[at] ?? fill));
  if (told.length === 0 && !isEmpty) media.find("found-more", content === places.XMP ? "XMP" : type);
  media.patches.add({ at: start, size, head, fill, last: fill });
}

/** @param {Uint8Array} bytes of an item, with the number of bytes before its Exif data */
function exifIn(bytes) {
  return bytes.length > 8 ? exif.read(bytes.subarray(4 + view(bytes).getUint32(0))).findings : [];
}

/**
 * Yield ranges once each.
 * @param {readonly Range[]} ranges
 * @returns {AsyncGenerator<Range, void, void>}
 */
async function* inOrder(ranges) {
  /** @type {Range | undefined} */
  let last;
  for (const range of ranges) {
    // Two items may have the same picture.
    if (range.start !== last?.start || range.end !== last.end) yield range;
    last = range;
  }
}

/**
 * Return the codes of texts about what stays besides the picture that is shown.
 * @param {Lists} lists
 */
function stays({ items, primary, referring, properties: { isCropped } }) {
  const codes = referring.flatMap(({ type }) => STAYING[type] ?? []);
  const explained = new Set([primary, ...referring.flatMap(({ type, from, to }) => {
    if (type === "dimg") return to;
    return type in STAYING ? from : [];
  })]);
  if (items.some(({ id, type }) => PICTURES.includes(type) && !explained.has(id))) codes.push("stays-pictures");
  const shown = items.find(({ id }) => id === primary)?.type ?? "";
  if (isCropped || EDITS.includes(shown)) codes.push("stays-cropped");
  return codes;
}
