// @ts-check
/** The tables of a track (ISO 14496-12, 8.6 and 8.7). */

import { Malformed } from "./errors.js";
import { chunks } from "./media_chunks.js";
import { descriptions } from "./media_codecs.js";

/** @typedef {import("./boxes.js").Box} Box */
/** @typedef {import("./media_plan.js").Media} Media */

/** Groups of samples that a player needs to begin within a film. */
const GROUPS = ["roll", "prol", "rap ", "sync"];
/** The largest description of a group in bytes. */
const LARGEST_GROUP = 2;

/**
 * Keep the tables that a player needs, and the samples that they describe; throws Malformed.
 * @param {Media} media
 * @param {Box} box
 * @param {boolean} isSound
 */
export async function table(media, box, isSound) {
  /** @type {Map<string, Box>} */
  const boxes = new Map();
  /** @type {readonly import("./media_units.js").Codec[]} */
  let codecs = [];
  const keep = (/** @type {import("./media_plan.js").Take} */ check) => async (/** @type {Box} */ each) => {
    await check(each);
    boxes.set(each.type, each);
  };
  await media.within(box, {
    stsd: async (each) => {
      codecs = await descriptions(media, each, isSound);
    },
    stts: media.rows(8),
    ctts: media.rows(8),
    stss: media.rows(4),
    stps: media.rows(4),
    cslg: async (each) => media.limit(each, (await media.reader.uint(each.body, 1)) ? 44 : 24),
    sdtp: keep(() => undefined),
    sgpd: (each) => groups(media, each),
    sbgp: (each) => grouped(media, each),
    stsc: keep(media.rows(12)),
    stco: keep(media.rows(4)),
    co64: keep(media.rows(8)),
    stsz: keep((each) => sizes(media, each)),
    stz2: keep((each) => sizes(media, each)),
  }, { several: ["sgpd", "sbgp"] });
  const [stsc, size, offsets] = [["stsc"], ["stsz", "stz2"], ["stco", "co64"]].map((types) => {
    const [one, ...others] = types.flatMap((type) => boxes.get(type) ?? []);
    if (others.length) throw new Malformed("track has two tables of one kind");
    return one;
  });
  if (!stsc || !size || !offsets) throw new Malformed("track lacks a table");
  const dependencies = boxes.get("sdtp");
  if (dependencies) media.limit(dependencies, 4 + (await media.reader.uint(size.body + 8, 4)));
  media.kept.push(chunks(media.reader, { stsc, sizes: size, offsets, codecs }));
}

/**
 * @param {Media} media
 * @param {Box} box
 */
async function sizes(media, box) {
  const count = await media.reader.uint(box.body + 8, 4);
  const field = await media.reader.uint(box.body + 4, 4);
  const bits = box.type === "stz2" ? field : field ? 0 : 32;
  media.limit(box, 12 + Math.ceil((bits * count) / 8));
}

/**
 * Keep descriptions of groups that all have the same few bytes (8.9.3), which need version 1.
 * @param {Media} media
 * @param {Box} box
 */
async function groups(media, box) {
  const { reader } = media;
  const isKnown = GROUPS.includes(await reader.type(box.body + 4)) && (await reader.uint(box.body, 1)) === 1;
  const size = isKnown ? await reader.uint(box.body + 8, 4) : 0;
  if (size === 0 || size > LARGEST_GROUP) return media.remove(box);
  return media.limit(box, 16 + size * (await reader.uint(box.body + 12, 4)));
}

/**
 * Keep the rows that say which samples are in which group (8.9.2).
 * @param {Media} media
 * @param {Box} box
 */
async function grouped(media, box) {
  const { reader } = media;
  if (!GROUPS.includes(await reader.type(box.body + 4))) return media.remove(box);
  const from = (await reader.uint(box.body, 1)) ? 12 : 8;
  return media.limit(box, from + 4 + 8 * (await reader.uint(box.body + from, 4)));
}
