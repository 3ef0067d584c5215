// @ts-check
/** How the samples of a track are coded (ISO 14496-12, 8.5.2, and the formats of each codec); names are overwritten. */

import { Malformed } from "./errors.js";
import { ascii } from "./images.js";
import { types } from "./media_settings.js";
import { NO_CODEC } from "./media_units.js";

/** @typedef {import("./boxes.js").Box} Box */
/** @typedef {import("./media_plan.js").Media} Media */
/** @typedef {import("./media_units.js").Codec} Codec */

// Codecs that are understood. The settings of `avc` and `hevc` say how wide the sizes of units are.
const FORMS = /** @type {Record<string, Codec["form"]>} */ ({
  avc1: "avc", avc3: "avc", dva1: "avc", dvav: "avc", hvc1: "hevc", hev1: "hevc", dvh1: "hevc", dvhe: "hevc",
  mp4v: "mpeg4", s263: "", h263: "", av01: "av1", vp08: "", vp09: "", ap4h: "prores", ap4x: "prores", apch: "prores",
  apcn: "prores", apco: "prores", apcs: "prores",
});
/** Codecs of H.265 with Dolby Vision. */
const DOLBY = ["dvh1", "dvhe"];
const SOUNDS = ["mp4a", "samr", "sawb", "alac", "ac-3", "ec-3", "Opus", "fLaC", "apac", ".mp3"];
/** Uncompressed sound. */
const PLAIN = ["lpcm", "sowt", "twos", "in24", "in32", "fl32", "fl64", "raw ", "ipcm", "fpcm", "ulaw", "alaw"];
const MOST = 16;

/**
 * Return the codec of each description. Throws Malformed if a codec is unknown.
 * @param {Media} media
 * @param {Box} box
 * @param {boolean} isSound
 * @returns {Promise<Codec[]>}
 */
export async function descriptions(media, { body, end }, isSound) {
  const count = await media.reader.uint(body + 4, 4);
  if (count > MOST) throw new Malformed("track has too many descriptions");
  const version = await media.reader.uint(body, 1);
  const codecs = [];
  let at = body + 8;
  while (codecs.length < count) {
    const box = await media.reader.box(at, end);
    codecs.push(await (isSound ? sound(media, box, version) : picture(media, box)));
    at = box.end;
  }
  media.patches.fill(at, end - at);
  return codecs;
}

/**
 * @param {Media} media
 * @param {Box} box
 */
async function picture(media, box) {
  const form = FORMS[box.type];
  if (form === undefined) throw new Malformed("codec of a picture is unknown");
  const { body } = box;
  // The maker, the name of the program, and reserved fields.
  const name = ascii(await media.reader.bytes(body + 43, 31)).replace(/\0[^]*/, "");
  if (name) media.find("found-program", name);
  for (const [from, to] of /** @type {const} */ ([[0, 6], [8, 24], [36, 40], [42, 74]])) {
    media.patches.fill(body + from, to - from);
  }
  /** @type {Map<string, number>} */
  const widths = new Map();
  const settings = types(media, (each, width) => widths.set(each, width));
  const crop = (/** @type {Box} */ each) => {
    media.staying.add("stays-cropped");
    media.limit(each, 32);
  };
  let isDolby = DOLBY.includes(box.type);
  const dolby = (/** @type {Box} */ each) => {
    isDolby = true;
    media.limit(each, 24);
  };
  const kept = { ...settings, clap: crop, dvcC: dolby, dvvC: dolby };
  await media.within(box, kept, { from: 78, several: ["colr"] });
  const width = widths.get(form);
  if (width === undefined && (form === "avc" || form === "hevc")) throw new Malformed("codec has no settings");
  return { form: form === "hevc" && isDolby ? "dolby" : form, width: width ?? 0, frame: 0 };
}

/**
 * @param {Media} media
 * @param {Box} box
 * @param {number} version of the list of descriptions; in version 0, QuickTime may have more fields
 */
async function sound(media, box, version) {
  const { reader, patches } = media;
  const { body, type } = box;
  if (![...SOUNDS, ...PLAIN].includes(type)) throw new Malformed("codec of a sound is unknown");
  const more = version === 0 ? await reader.uint(body + 8, 2) : 0;
  const [from, frame] = await fields(reader, box, more);
  patches.fill(body, 6);
  patches.fill(body + 10, 6);
  await media.within(box, types(media, () => undefined), { from });
  return { ...NO_CODEC, frame };
}

/**
 * Return the number of bytes before the boxes, and the size of a sample of uncompressed sound in bytes. Throws Malformed.
 * @param {import("./boxes.js").Reader} reader
 * @param {Box} box
 * @param {number} version of the QuickTime description, 0 to 2
 * @returns {Promise<[number, number]>}
 */
async function fields(reader, { type, body }, version) {
  if (version === 0) {
    const [channels, bits] = [await reader.uint(body + 16, 2), await reader.uint(body + 18, 2)];
    return [28, PLAIN.includes(type) ? channels * Math.ceil(bits / 8) : 0];
  }
  if (version === 1) {
    const [samples, bytes] = [await reader.uint(body + 28, 4), await reader.uint(body + 36, 4)];
    return [44, samples ? bytes / samples : 0];
  }
  if (version === 2) return [64, await reader.uint(body + 56, 4)];
  throw new Malformed("description of a sound is of an unknown version");
}
