// @ts-check
/** Clean WebP files (RFC 9649), still or animated: remove Exif, XMP, colour profiles and unknown chunks. */

import { concat, utf8 } from "./bytes.js";
import { Malformed } from "./errors.js";
import { found } from "./findings.js";
import { ascii, Cleaning, slice, startsWith, text, view } from "./images.js";

/** @typedef {{ type: string, data: Uint8Array }} Chunk */

const PICTURES = ["VP8 ", "VP8L", "ANMF"];
const KEPT = [...PICTURES, "VP8X", "ALPH", "ANIM"];
const FRAME = ["ALPH", "VP8 ", "VP8L"];
const FRAME_HEADER = 16;
const FEATURES = 10;
// The flags that a cleaned file keeps: transparency and animation.
const STAYING = 0x12;
const EXIF = 0x08;

/**
 * Return only the picture; throws Malformed if a decoder could not read it to the end.
 * @param {Uint8Array} bytes
 * @returns {import("./images.js").Clean}
 */
export function clean(bytes) {
  if (!startsWith(bytes, "RIFF") || !startsWith(bytes, "WEBP", 8)) throw new Malformed("not a WebP");
  const cleaning = new Cleaning();
  const size = view(bytes).getUint32(4, true);
  const chunks = chunksOf(slice(bytes, 12, size - 4));
  if (!chunks.some(({ type }) => PICTURES.includes(type))) throw new Malformed("WebP holds no picture");
  for (const { type, data } of chunks) if (!KEPT.includes(type)) take(cleaning, type, data);
  cleaning.takeTrailer(bytes.subarray(8 + size + (size % 2)));
  const kept = chunks.filter(({ type }) => KEPT.includes(type)).flatMap((chunk) => rewritten(chunk, cleaning));
  if (chunks[0]?.type === "VP8X" && cleaning.upright) kept.push(...encoded("EXIF", cleaning.upright));
  return { parts: [heading(kept), ...kept], findings: cleaning.findings };
}

/**
 * @param {Cleaning} cleaning
 * @param {string} type
 * @param {Uint8Array} data
 */
function take(cleaning, type, data) {
  // Some programs write the JPEG prefix before the Exif data.
  if (type === "EXIF") cleaning.takeExif(startsWith(data, "Exif\0\0") ? data.subarray(6) : data);
  else if (type === "XMP ") cleaning.takeXmp(text(data));
  else if (type === "ICCP") cleaning.findings.push(found("found-profile"));
  else cleaning.findings.push(found("found-more", type));
}

/**
 * @param {Chunk} chunk
 * @param {Cleaning} cleaning
 * @returns {Uint8Array[]}
 */
function rewritten({ type, data }, cleaning) {
  if (type === "ANMF") return encoded(type, frame(data));
  if (type !== "VP8X") return encoded(type, data);
  const features = slice(data, 0, FEATURES).slice();
  features[0] = (Number(features[0]) & STAYING) | (cleaning.upright ? EXIF : 0);
  return encoded(type, features.fill(0, 1, 4));
}

/** @param {Uint8Array} data of an animation frame, which contains chunks */
function frame(data) {
  const kept = chunksOf(data.subarray(FRAME_HEADER)).filter(({ type }) => FRAME.includes(type));
  return concat([slice(data, 0, FRAME_HEADER), ...kept.flatMap((chunk) => encoded(chunk.type, chunk.data))]);
}

/**
 * @param {Uint8Array} bytes
 * @returns {Chunk[]}
 */
function chunksOf(bytes) {
  const chunks = [];
  for (let at = 0; at < bytes.length; ) {
    const size = view(slice(bytes, at, 8)).getUint32(4, true);
    chunks.push({ type: ascii(bytes.subarray(at, at + 4)), data: slice(bytes, at + 8, size) });
    at += 8 + size + (size % 2);
  }
  return chunks;
}

/**
 * @param {string} type
 * @param {Uint8Array} data
 * @returns {Uint8Array[]}
 */
function encoded(type, data) {
  const size = new Uint8Array(4);
  view(size).setUint32(0, data.length, true);
  return [concat([utf8(type), size]), data, new Uint8Array(data.length % 2)];
}

/** @param {readonly Uint8Array[]} parts */
function heading(parts) {
  const size = new Uint8Array(4);
  view(size).setUint32(0, 4 + parts.reduce((total, part) => total + part.length, 0), true);
  return concat([utf8("RIFF"), size, utf8("WEBP")]);
}
