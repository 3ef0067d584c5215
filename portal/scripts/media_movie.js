// @ts-check
/** The film itself and its tracks (ISO 14496-12, 8.2 to 8.5). Tracks of anything but picture and sound are removed. */

import { child } from "./boxes.js";
import { Malformed } from "./errors.js";
import { isCut } from "./media_edits.js";
import { table } from "./media_tables.js";
import { refuse } from "./media_plan.js";

/** @typedef {import("./boxes.js").Box} Box */
/** @typedef {import("./media_plan.js").Media} Media */
/** @typedef {{ elst?: Box, mdhd?: Box }} Cut the boxes that say which parts of a track are shown */

const MOST_TRACKS = 32;
const SOUND = "soun";
const PICTURES = ["vide", "pict", "auxv"];
/** The kinds of handlers in QuickTime; ISO files have zeros in this place. */
const COMPONENTS = ["mhlr", "dhlr"];
/** The language code “und” (8.4.2.3). */
const NO_LANGUAGE = new Uint8Array([0x55, 0xc4, 0, 0]);
/** Seconds from 1904, when the clock of these files begins, to 1970. */
const SINCE_1904 = 2_082_844_800;

/**
 * @param {Media} media
 * @param {Box} box
 */
export async function movie(media, box) {
  /** @type {string[]} */
  const kinds = [];
  /** @type {Cut[]} */
  const edited = [];
  /** @type {Box | undefined} */
  let mvhd;
  await media.within(box, {
    mvhd: async (header) => {
      mvhd = header;
      const end = await times(media, header, 100, 112);
      for (const [at, size] of /** @type {const} */ ([[74, 10], [28, 24]])) media.patches.fill(end - at, size);
    },
    trak: async (each) => {
      const kind = await kindOf(media, each);
      if (kinds.push(kind) > MOST_TRACKS) throw new Malformed("film has too many tracks");
      if (kind === SOUND || PICTURES.includes(kind)) edited.push(await track(media, each, kind === SOUND));
      else await media.remove(each);
    },
    cmov: refuse("film is compressed"),
    mvex: refuse("film is in fragments"),
    rmra: refuse("film is in other files"),
  }, { several: ["trak"] });
  if (kinds.filter((kind) => PICTURES.includes(kind)).length > 1) media.staying.add("stays-pictures");
  if (kinds.filter((kind) => kind === SOUND).length > 1) media.staying.add("stays-sounds");
  for (const { elst, mdhd } of edited) {
    if (elst && mdhd && mvhd && (await isCut(media.reader, { elst, mdhd, mvhd }))) media.staying.add("stays-cut");
  }
}

/**
 * Return the kind of a track, or "" if it has none.
 * @param {Media} media
 * @param {Box} box
 */
async function kindOf({ reader }, box) {
  const found = await child(reader, await child(reader, box, "mdia"), "hdlr");
  return found && found.end - found.body >= 12 ? reader.type(found.body + 8) : "";
}

/**
 * @param {Media} media
 * @param {Box} box
 * @param {boolean} isSound
 * @returns {Promise<Cut>}
 */
async function track(media, box, isSound) {
  const named = (/** @type {Box} */ each) => handler(media, each);
  const keepRows = media.rows(12, 20);
  let isTable = false;
  /** @type {Cut} */
  const cut = {};
  await media.within(box, {
    tkhd: async (header) => {
      const end = await times(media, header, 84, 96);
      // Reserved fields: after the number of the track, after its duration, and after its volume.
      const afterNumber = end - header.body === 84 ? 68 : 72;
      for (const [at, size] of /** @type {const} */ ([[afterNumber, 4], [60, 8], [46, 2]])) {
        media.patches.fill(end - at, size);
      }
    },
    edts: (edits) => media.within(edits, { elst: async (list) => {
      await keepRows(list);
      cut.elst = list;
    } }),
    mdia: (own) => media.within(own, {
      mdhd: async (header) => {
        media.patches.write((await times(media, header, 24, 36)) - 4, NO_LANGUAGE);
        cut.mdhd = header;
      },
      hdlr: named,
      minf: (information) => media.within(information, {
        vmhd: media.fixed(12),
        smhd: media.fixed(8),
        hdlr: named,
        dinf: (where) => media.within(where, { dref: (list) => references(media, list) }),
        stbl: async (tables) => {
          await table(media, tables, isSound);
          isTable = true;
        },
      }),
    }),
  });
  if (!isTable) throw new Malformed("track has no samples");
  return cut;
}

/**
 * Overwrite the times at the beginning of a header, and everything after it. Return the offset of its end; throws
 * Malformed if it is too short or of an unknown version.
 * @param {Media} media
 * @param {Box} box
 * @param {number} short the size of version 0
 * @param {number} long the size of version 1
 */
async function times(media, box, short, long) {
  const version = await media.reader.uint(box.body, 1);
  if (version > 1) throw new Malformed("header has an unknown version");
  const size = version ? long : short;
  media.limit(box, size);
  const width = version ? 8 : 4;
  for (const at of [box.body + 4, box.body + 4 + width]) day(media, await media.reader.uint(at, width));
  media.patches.fill(box.body + 4, 2 * width);
  return box.body + size;
}

/**
 * @param {Media} media
 * @param {number} seconds since 1904, or since 1970 in the files of some devices
 */
function day(media, seconds) {
  const date = new Date((seconds < SINCE_1904 ? seconds : seconds - SINCE_1904) * 1_000);
  if (seconds && !Number.isNaN(date.getTime())) media.find("found-day", date.toISOString().slice(0, 10));
}

/**
 * Overwrite the maker and the name of a handler (8.4.3); its kind stays.
 * @param {Media} media
 * @param {Box} box
 */
export async function handler(media, box) {
  if (box.end - box.body < 24) throw new Malformed("box is too short");
  if (!COMPONENTS.includes(await media.reader.type(box.body + 4))) media.patches.fill(box.body + 4, 4);
  media.limit(box, 12);
}

/**
 * Check that a track has its samples in this file (8.7.2), and overwrite the names of other files and disks.
 * @param {Media} media
 * @param {Box} list
 */
export async function references(media, list) {
  const inside = async (/** @type {Box} */ { body, end }) => {
    if (end - body < 4 || (await media.reader.uint(body, 4)) !== 1) throw new Malformed("samples are in another file");
    media.patches.fill(body + 4, end - body - 4);
  };
  await media.within(list, { "url ": inside, "urn ": inside, "alis": inside, "rsrc": inside }, { from: 8 });
}
