// @ts-check
/** Which items a file of pictures has, where they are, and how they refer to each other (ISO 14496-12, 8.11). */

import { Cursor } from "./cursor.js";
import { Malformed } from "./errors.js";
import { ascii } from "./images.js";

/** @typedef {import("./boxes.js").Box} Box */
/** @typedef {import("./media_plan.js").Media} Media */

/**
 * An item. A part of it is in the file itself, or in the box `idat` of the same list.
 * @typedef {{ id: number, type: string, content: string }} Item `content` is the type of a note, such as XMP
 * @typedef {{ at: number, size: number, isInside: boolean }} Part `at` is from the beginning of the file or of `idat`
 * @typedef {{ type: string, from: number, to: number[] }} Reference
 */

export const XMP = "application/rdf+xml";
const MOST = 4_096;
const REFERENCES = ["dimg", "thmb", "auxl", "cdsc", "base", "prem", "tbas", "exbl", "pred"];
const WIDTHS = [0, 4, 8];

/**
 * Return the items, and overwrite their names (8.11.6); throws Malformed.
 * @param {Media} media
 * @param {Box} box
 */
export async function items(media, box) {
  /** @type {Item[]} */
  const all = [];
  const version = await media.reader.uint(box.body, 1);
  await media.within(box, {
    infe: async (each) => {
      if (all.push(item(media, each, await media.whole(each))) > MOST) throw new Malformed("file has too many pictures");
    },
  }, { from: version ? 8 : 6, several: ["infe"] });
  return all;
}

/**
 * @param {Media} media
 * @param {Box} box
 * @param {Uint8Array} bytes
 * @returns {Item}
 */
function item(media, box, bytes) {
  const cursor = new Cursor(bytes);
  const version = cursor.uint(1);
  cursor.take(3);
  if (version !== 2 && version !== 3) throw new Malformed("item of an unknown version");
  const id = cursor.uint(version === 3 ? 4 : 2);
  if (cursor.uint(2) !== 0) throw new Malformed("item is protected");
  const type = ascii(cursor.take(4));
  // The name is usually empty.
  const content = type === "mime" && ascii(bytes.subarray(cursor.at + 1)).startsWith(`${XMP}\0`) ? XMP : "";
  const kept = content && bytes[cursor.at] === 0 ? 2 + XMP.length : 0;
  media.limit(box, cursor.at + kept);
  return { id, type, content };
}

/**
 * Return the parts of each item by its id (8.11.3); throws Malformed.
 * @param {Media} media
 * @param {Box} box
 */
export async function locations(media, box) {
  const cursor = new Cursor(await media.whole(box));
  const version = cursor.uint(1);
  cursor.take(3);
  const widths = [...cursor.take(2)].flatMap((byte) => [byte >> 4, byte & 15]);
  const [offset = 0, length = 0, base = 0, index = 0] = widths;
  if (version > 2 || !widths.every((width) => WIDTHS.includes(width))) throw new Malformed("places are of an unknown form");
  /** @type {Map<number, Part[]>} */
  const all = new Map();
  for (let left = cursor.uint(version < 2 ? 2 : 4); left > 0; left -= 1) {
    const id = cursor.uint(version < 2 ? 2 : 4);
    const method = version ? cursor.uint(2) & 15 : 0;
    if (cursor.uint(2) !== 0 || method > 1 || all.has(id)) throw new Malformed("place of an item is unexpected");
    const from = cursor.uint(base);
    const parts = [];
    for (let extents = cursor.uint(2); extents > 0; extents -= 1) {
      if (version) cursor.take(index);
      const at = from + cursor.uint(offset);
      const size = cursor.uint(length);
      if (size === 0) throw new Malformed("item is the whole file");
      parts.push({ at, size, isInside: method === 1 });
    }
    all.set(id, parts);
  }
  media.limit(box, cursor.at);
  return all;
}

/**
 * Return the references (8.11.12), and remove those of unknown types; throws Malformed.
 * @param {Media} media
 * @param {Box} box
 */
export async function references(media, box) {
  /** @type {Reference[]} */
  const all = [];
  const width = (await media.reader.uint(box.body, 1)) ? 4 : 2;
  const read = async (/** @type {Box} */ each) => {
    const cursor = new Cursor(await media.whole(each));
    const from = cursor.uint(width);
    const to = Array.from({ length: cursor.uint(2) }, () => cursor.uint(width));
    all.push({ type: each.type, from, to });
    media.limit(each, cursor.at);
  };
  const types = Object.fromEntries(REFERENCES.map((type) => [type, read]));
  await media.within(box, types, { from: 4, several: REFERENCES });
  return all;
}
