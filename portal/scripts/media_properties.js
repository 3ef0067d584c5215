// @ts-check
/** The properties of pictures in boxes (ISO 23008-12, 6.5): size, colours, rotation, settings of codecs. */

import { Malformed } from "./errors.js";
import { Cursor } from "./cursor.js";
import { ascii } from "./images.js";
import { types } from "./media_settings.js";

/** @typedef {import("./boxes.js").Box} Box */
/** @typedef {import("./media_plan.js").Media} Media */
/** @typedef {{ widths: Map<string, number>, isCropped: boolean }} Properties `widths` has the width of sizes by codec */

/** The name of a layer besides the picture, such as its depth; it ends with a zero. */
const LAYER = /^urn:(?:mpeg:hevc:2015:auxid:\d{1,3}|mpeg:[\w:]{1,40}:auxiliary:(?:alpha|depth)|com:apple:photo:20\d\d:aux:[a-z]{1,40})\0/;
const LONGEST_LAYER = 1_024;
const MOST_BITS = 32;

/** @returns {Properties} */
export function nothing() {
  return { widths: new Map(), isCropped: false };
}

/**
 * Keep the properties that a decoder needs; throws Malformed.
 * @param {Media} media
 * @param {Box} box
 */
export async function properties(media, box) {
  const found = nothing();
  const settings = types(media, (form, width) => {
    if ((found.widths.get(form) ?? width) !== width) throw new Malformed("pictures differ in their form");
    found.widths.set(form, width);
  });
  /** @type {typeof settings} */
  const kept = {
    ...settings,
    ispe: media.fixed(12),
    pixi: (each) => depths(media, each),
    irot: media.fixed(1),
    imir: media.fixed(1),
    rloc: media.fixed(12),
    lsel: media.fixed(2),
    a1op: media.fixed(1),
    a1lx: async (each) => media.limit(each, (await media.reader.uint(each.body, 1)) & 1 ? 13 : 7),
    amve: media.fixed(8),
    clap: (each) => {
      found.isCropped = true;
      media.limit(each, 32);
    },
    auxC: (each) => layer(media, each),
  };
  await media.within(box, {
    ipco: (list) => media.within(list, kept, { several: Object.keys(kept) }),
    ipma: (each) => associations(media, each),
  }, { several: ["ipma"] });
  return found;
}

/**
 * Keep how many bits each channel has (ISO 23008-12, 6.5.6); throws Malformed if they are no such numbers.
 * @param {Media} media
 * @param {Box} box
 */
async function depths(media, box) {
  const count = await media.reader.uint(box.body + 4, 1);
  media.limit(box, 5 + count);
  const bits = await media.reader.bytes(box.body + 5, count);
  if (bits.some((each) => each > MOST_BITS)) throw new Malformed("picture has too many bits");
}

/**
 * @param {Media} media
 * @param {Box} box
 */
async function layer(media, box) {
  const size = box.end - box.body;
  const name = size > LONGEST_LAYER ? "" : ascii(await media.reader.bytes(box.body + 4, size - 4));
  const known = LAYER.exec(name)?.[0];
  if (known) media.limit(box, 4 + known.length);
  else await media.remove(box);
}

/**
 * Overwrite what follows the rows of properties by item (ISO 23008-12, 9.3); throws Malformed.
 * @param {Media} media
 * @param {Box} box
 */
async function associations(media, box) {
  const cursor = new Cursor(await media.whole(box));
  const id = cursor.uint(1) ? 4 : 2;
  const width = cursor.uint(3) & 1 ? 2 : 1;
  for (let items = cursor.uint(4); items > 0; items -= 1) {
    cursor.take(id);
    cursor.take(width * cursor.uint(1));
  }
  media.limit(box, cursor.at);
}
