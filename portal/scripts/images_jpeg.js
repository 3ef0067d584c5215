// @ts-check
/** Clean JPEG files (ITU-T T.81): remove Exif, XMP, IPTC, colour profiles, comments, previews and trailing bytes. */

import { breathe } from "./breathe.js";
import { concat, utf8 } from "./bytes.js";
import { Malformed } from "./errors.js";
import { found } from "./findings.js";
import { ascii, Cleaning, slice, startsWith, text, view } from "./images.js";

const START = 0xd8;
const END = 0xd9;
const SCAN = 0xda;
const COMMENT = 0xfe;
const APP0 = 0xe0;
const APP1 = 0xe1;
const APP2 = 0xe2;
const APP13 = 0xed;
const ADOBE = 0xee;
const APP15 = 0xef;
// Segments that a decoder needs: tables, restart intervals, numbers of lines.
const TABLES = [0xc4, 0xcc, 0xdb, 0xdc, 0xdd];
const EXIF = "Exif\0\0";
const XMP = "http://ns.adobe.com/xap/1.0/\0";
const JFIF_SIZE = 18;
const ADOBE_SIZE = 16;
// How many stuffed bytes are skipped without a pause, which takes about 20 ms without JIT.
const STEPS = 2_048;

/**
 * Return only the picture; throws Malformed if a decoder could not read it to the end.
 * @param {Uint8Array} bytes
 * @returns {Promise<import("./images.js").Clean>}
 */
export async function clean(bytes) {
  const cleaning = new Cleaning();
  if (bytes[0] !== 0xff || bytes[1] !== START) throw new Malformed("not a JPEG");
  let at = 2;
  let scans = 0;
  for (let marker = markerAt(bytes, at); marker.code !== END; marker = markerAt(bytes, at)) {
    const segment = slice(bytes, marker.at, 2 + length(bytes, marker.at + 2));
    at = marker.at + segment.length;
    take(cleaning, marker.code, segment);
    if (marker.code === SCAN) {
      const end = await endOfScan(bytes, at);
      cleaning.parts.push(bytes.subarray(at, end));
      at = end;
      scans += 1;
    }
  }
  if (scans === 0) throw new Malformed("JPEG holds no picture");
  const end = markerAt(bytes, at).at + 2;
  cleaning.takeTrailer(bytes.subarray(end));
  const parts = [...beginning(cleaning), ...cleaning.parts, new Uint8Array([0xff, END])];
  return { parts, findings: cleaning.findings };
}

/**
 * @param {Cleaning} cleaning
 * @param {number} code
 * @param {Uint8Array} segment with its marker
 */
function take(cleaning, code, segment) {
  if (code === SCAN || isFrame(code) || TABLES.includes(code)) cleaning.parts.push(segment);
  else if (code === APP0) takeJfif(cleaning, segment);
  else if (code === ADOBE && startsWith(segment, "Adobe", 4)) takeAdobe(cleaning, segment);
  else if (code >= APP0 && code <= APP15) takeApplication(cleaning, code, segment);
  else if (code === COMMENT) cleaning.findings.push(found("found-text", text(segment.subarray(4, 404))));
  else throw new Malformed("JPEG holds an unexpected marker");
}

/**
 * @param {Cleaning} cleaning
 * @param {Uint8Array} segment
 */
function takeJfif(cleaning, segment) {
  if (!startsWith(segment, "JFIF\0", 4) || segment.length < JFIF_SIZE) {
    cleaning.findings.push(found("found-preview"));
    return;
  }
  if (segment.length > JFIF_SIZE) cleaning.findings.push(found("found-preview"));
  // Keep the density, but no preview.
  const start = new Uint8Array([0xff, APP0, 0, JFIF_SIZE - 2]);
  cleaning.parts.push(concat([start, segment.subarray(4, 16), new Uint8Array(2)]));
}

/**
 * Keep the information on the colours, but no bytes after it.
 * @param {Cleaning} cleaning
 * @param {Uint8Array} segment
 */
function takeAdobe(cleaning, segment) {
  const fields = slice(segment, 4, ADOBE_SIZE - 4);
  if (segment.length > ADOBE_SIZE) cleaning.findings.push(found("found-more", "Adobe"));
  cleaning.parts.push(concat([new Uint8Array([0xff, ADOBE, 0, ADOBE_SIZE - 2]), fields]));
}

/**
 * @param {Cleaning} cleaning
 * @param {number} code
 * @param {Uint8Array} segment
 */
function takeApplication(cleaning, code, segment) {
  if (code === APP1 && startsWith(segment, EXIF, 4)) {
    cleaning.takeExif(segment.subarray(4 + EXIF.length));
  } else if (code === APP1 && startsWith(segment, XMP, 4)) {
    cleaning.takeXmp(text(segment.subarray(4 + XMP.length)));
  } else if (code === APP2 && startsWith(segment, "ICC_PROFILE", 4)) {
    cleaning.findings.push(found("found-profile"));
  } else {
    const name = /^[\x20-\x7e]*/.exec(ascii(segment.subarray(4, 24)))?.[0] ?? "";
    cleaning.findings.push(found("found-more", code === APP13 ? "IPTC" : name || `APP${code - APP0}`));
  }
}

/** @param {Cleaning} cleaning */
function beginning({ upright }) {
  const start = new Uint8Array([0xff, START]);
  if (!upright) return [start];
  const size = 2 + EXIF.length + upright.length;
  return [concat([start, new Uint8Array([0xff, APP1, 0, size]), utf8(EXIF), upright])];
}

/**
 * @param {Uint8Array} bytes
 * @param {number} at
 * @returns {{ code: number, at: number }} the marker after fill bytes
 */
function markerAt(bytes, at) {
  if (bytes[at] !== 0xff) throw new Malformed("JPEG lacks a marker");
  let last = at;
  while (bytes[last + 1] === 0xff) last += 1;
  const code = bytes[last + 1];
  if (code === undefined) throw new Malformed("JPEG ends early");
  return { code, at: last };
}

/**
 * @param {Uint8Array} bytes
 * @param {number} at
 */
function length(bytes, at) {
  const size = view(slice(bytes, at, 2)).getUint16(0);
  if (size < 2) throw new Malformed("JPEG holds a segment without size");
  return size;
}

/** @param {number} code whether it begins a frame: SOF0 to SOF15 without DHT, JPG and DAC */
function isFrame(code) {
  return code >= 0xc0 && code <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(code);
}

/**
 * @param {Uint8Array} bytes
 * @param {number} from
 * @returns {Promise<number>} where the coded data ends: the first marker that is not stuffing or a restart
 */
async function endOfScan(bytes, from) {
  let steps = 0;
  for (let at = bytes.indexOf(0xff, from); at >= 0; at = bytes.indexOf(0xff, at)) {
    const next = bytes[at + 1] ?? 0;
    if (next !== 0 && next !== 0xff && !(next >= 0xd0 && next <= 0xd7)) return at;
    at += next === 0xff ? 1 : 2;
    steps += 1;
    if (steps % STEPS === 0) await breathe();
  }
  throw new Malformed("JPEG ends early");
}
