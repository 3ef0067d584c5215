// @ts-check
/** Keep the colours of a profile (ICC.1), and overwrite its names, times and makers. */

import { uint, WINDOW } from "./boxes.js";
import { Malformed } from "./errors.js";
import { ascii } from "./images.js";

const HEADER = 128;
const MOST_TAGS = 100;
/** Kinds of tags with colours, curves and tables, but without texts. */
const COLOURS = ["XYZ ", "curv", "para", "sf32", "mft1", "mft2", "mAB ", "mBA ", "mpet", "chrm", "cicp"];
/** The sizes of tags that always have the same size. */
const SIZES = /** @type {Record<string, number>} */ ({ "XYZ ": 20, sf32: 44, cicp: 12 });
/** The number of parameters of each kind of curve (ICC.1, 10.18). */
const PARAMETERS = [1, 3, 4, 5, 7];
// Fields of the header: the program, the time, platform, flags, maker, model, attributes, creator, checksum.
const NAMES = /** @type {const} */ ([[4, 4], [24, 12], [40, 24], [80, 48]]);

/**
 * @param {import("./media_plan.js").Media} media
 * @param {import("./boxes.js").Box} box with a profile after the type of its colours; throws Malformed if it is unsound
 */
export async function profile(media, box) {
  const from = box.body + 4;
  const size = box.end - from;
  if (size > WINDOW) return media.remove(box);
  const bytes = await media.reader.bytes(from, size);
  const count = uint(bytes.subarray(HEADER, HEADER + 4));
  const end = HEADER + 4 + 12 * count;
  if (count > MOST_TAGS || end > size) throw new Malformed("profile of colours is unsound");
  for (const [at, length] of NAMES) media.patches.fill(from + at, length);
  const tags = Array.from({ length: count }, (_, tag) => {
    const row = bytes.subarray(HEADER + 4 + 12 * tag, HEADER + 16 + 12 * tag);
    return { at: uint(row.subarray(4, 8)), size: uint(row.subarray(8)) };
  });
  let done = end;
  let last = { at: 0, size: 0 };
  for (const tag of tags.sort((one, other) => one.at - other.at || one.size - other.size)) {
    // Tags may share a part of the profile, but only the same part.
    const isShared = tag.at === last.at && tag.size === last.size;
    const isApart = tag.at >= Math.max(end, last.at + last.size);
    if (!isShared && (!isApart || tag.at + tag.size > size)) throw new Malformed("profile of colours is unsound");
    last = tag;
    if (isShared || !COLOURS.includes(ascii(bytes.subarray(tag.at, tag.at + 4)))) continue;
    media.patches.fill(from + done, tag.at - done);
    done = tag.at + Math.min(tag.size, needed(bytes.subarray(tag.at, tag.at + tag.size)));
  }
  media.patches.fill(from + done, size - done);
  media.find("found-profile");
  return undefined;
}

/**
 * Return how many bytes a tag needs at most; bytes after these have no meaning.
 * @param {Uint8Array} tag
 * @returns {number}
 */
function needed(tag) {
  const type = ascii(tag.subarray(0, 4));
  if (type === "curv") return 12 + 2 * uint(tag.subarray(8, 12));
  if (type === "chrm") return 12 + 8 * uint(tag.subarray(8, 10));
  if (type === "para") return 12 + 4 * (PARAMETERS[uint(tag.subarray(8, 10))] ?? 0);
  return SIZES[type] ?? tag.length;
}
