// @ts-check
/**
 * Clean PNG files (third edition), including animated files: remove texts, times, Exif, colour profiles and unknown
 * chunks.
 */

import { concat, utf8 } from "./bytes.js";
import { Malformed } from "./errors.js";
import { found } from "./findings.js";
import { ascii, Cleaning, slice, text, view } from "./images.js";

const SIGNATURE = "\x89PNG\r\n\x1a\n";
const KEPT = ["IHDR", "PLTE", "tRNS", "gAMA", "cHRM", "sRGB", "sBIT", "acTL", "fcTL", "IDAT", "fdAT", "IEND"];
const PACKED_TEXTS = ["zTXt", "iTXt"];
const XMP = "XML:com.adobe.xmp\0";
const HEADER = 13;
const LARGEST = 2 ** 31;

/**
 * Return only the picture; throws Malformed if a decoder could not read it to the end.
 * @param {Uint8Array} bytes
 * @returns {import("./images.js").Clean}
 */
export function clean(bytes) {
  if (ascii(bytes.subarray(0, 8)) !== SIGNATURE) throw new Malformed("not a PNG");
  const cleaning = new Cleaning();
  let at = SIGNATURE.length;
  /** @type {string[]} */
  const seen = [];
  for (let type = ""; type !== "IEND"; seen.push(type)) {
    const size = view(slice(bytes, at, 4)).getUint32(0);
    type = ascii(slice(bytes, at + 4, 4));
    if (size >= LARGEST || !/^[A-Za-z]{4}$/.test(type)) throw new Malformed("PNG holds an unexpected chunk");
    const data = slice(bytes, at + 8, size);
    const chunk = slice(bytes, at, size + 12);
    if (KEPT.includes(type)) cleaning.parts.push(chunk);
    else take(cleaning, type, data);
    at += chunk.length;
  }
  const header = cleaning.parts[0]?.length === HEADER + 12 && seen[0] === "IHDR";
  if (!header || !seen.includes("IDAT")) throw new Malformed("PNG holds no picture");
  cleaning.takeTrailer(bytes.subarray(at));
  const [first = bytes, ...others] = cleaning.parts;
  const upright = cleaning.upright ? [chunkOf("eXIf", cleaning.upright)] : [];
  return { parts: [bytes.subarray(0, SIGNATURE.length), first, ...upright, ...others], findings: cleaning.findings };
}

/**
 * @param {Cleaning} cleaning
 * @param {string} type
 * @param {Uint8Array} data
 */
function take(cleaning, type, data) {
  const start = ascii(data.subarray(0, 200));
  if (type === "eXIf") cleaning.takeExif(data);
  else if (type === "iTXt" && start.startsWith(XMP)) cleaning.takeXmp(text(data.subarray(XMP.length + 4)));
  else if (type === "tEXt") cleaning.findings.push(found("found-text", start.replace("\0", ": ")));
  else if (PACKED_TEXTS.includes(type)) cleaning.findings.push(found("found-text", start.replace(/\0[^]*/, "")));
  else if (type === "tIME") cleaning.findings.push(found("found-day", dayOf(data)));
  else if (type === "iCCP") cleaning.findings.push(found("found-profile"));
  else cleaning.findings.push(found("found-more", type));
}

/** @param {Uint8Array} data */
function dayOf(data) {
  if (data.length !== 7) return "";
  return [view(data).getUint16(0), data[2], data[3]].map((each) => String(each).padStart(2, "0")).join("-");
}

/**
 * @param {string} type
 * @param {Uint8Array} data
 */
function chunkOf(type, data) {
  const [size, sum] = [new Uint8Array(4), new Uint8Array(4)];
  view(size).setUint32(0, data.length);
  const body = concat([utf8(type), data]);
  view(sum).setUint32(0, crc32(body));
  return concat([size, body, sum]);
}

/** @param {Uint8Array} bytes a few bytes only, so that no table is needed */
function crc32(bytes) {
  let sum = 0xffffffff;
  for (const byte of bytes) {
    sum ^= byte;
    for (let bit = 0; bit < 8; bit += 1) sum = (sum >>> 1) ^ (sum & 1 ? 0xedb88320 : 0);
  }
  return ~sum >>> 0;
}
