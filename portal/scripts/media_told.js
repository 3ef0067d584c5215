// @ts-check
/** What removed boxes tell, in the forms of QuickTime, iTunes, 3GPP (TS 26.244) and Android. */

import { child, uint } from "./boxes.js";
import { Malformed } from "./errors.js";
import { ascii, text, view } from "./images.js";
import * as xmp from "./metadata_xmp.js";

/** @typedef {import("./boxes.js").Box} Box */
/** @typedef {import("./media_plan.js").Media} Media */

const XMP = "\xbe\x7a\xcf\xcb\x97\xa9\x42\xe8\x9c\x71\x99\x94\x91\xe3\xaf\xac";
const SPARE = ["free", "skip", "wide"];
const LONGEST = 400;
const LONGEST_XMP = 1 << 16;
const MOST = 100;
/** Notes that begin with version, flags and language (TS 26.244, 8). */
const LABELLED = ["titl", "dscp", "cprt", "perf", "auth", "gnre", "albm", "kywd", "clsf", "yrrc"];
const MEASURES = ["meta", "camm", "gpmd"];
const PICTURES = [13, 14, 27];
const CODES = /** @type {[RegExp, string][]} */ ([
  [/xyz$|location/i, "found-place"],
  [/^.(?:mak|mod)$|^manu$|^modl$|make$|model$|manufacturer$|camera/i, "found-device"],
  [/^.day$|date$|time$|^yrrc$/i, "found-day"],
  [/^.(?:swr|too|enc)$|software$|encoder$|version$/i, "found-program"],
  [/^.(?:aut|ART|dir|prd|wrt|own|cpy)$|^(?:auth|perf|cprt|name)$|author|artist|owner|copyright|user/i, "found-person"],
  [/^.(?:nam|cmt|des|inf|key|alb|gen)$|^(?:titl|dscp|desc|albm|gnre|kywd)$|title|comment|description/i, "found-text"],
]);
const READABLE = /[\x20-\x7e]{4,}/;

/**
 * List what a box tells that is removed. A box of an unexpected form is named, but not read. Throws any error from
 * reading.
 * @param {Media} media
 * @param {Box} box
 */
export async function tell(media, box) {
  if (SPARE.includes(box.type)) return;
  let isTold = false;
  try {
    isTold = await read(media, box);
  } catch (error) {
    if (!(error instanceof Malformed)) throw error;
  }
  if (!isTold) media.find("found-more", box.type);
}

/**
 * @param {Media} media
 * @param {Box} box
 * @returns {Promise<boolean>} whether the form of the box is known
 */
async function read(media, box) {
  const { aside: reader } = media;
  const { type, body, end } = box;
  if (type === "udta") await notes(media, box, []);
  else if (type === "meta") await meta(media, box);
  else if (type === "trak") {
    const handler = await child(reader, await child(reader, box, "mdia"), "hdlr");
    const kind = handler ? await reader.type(handler.body + 8) : type;
    if (MEASURES.includes(kind)) media.find("found-measures");
    else media.find("found-more", kind);
  } else if (type === "uuid" && ascii(await reader.bytes(body, 16)) === XMP) {
    const told = text(await reader.bytes(body + 16, Math.min(end - body - 16, LONGEST_XMP)));
    const findings = xmp.read(told);
    for (const { code, value } of findings) media.find(code, value);
    if (findings.length === 0) media.find("found-more", "XMP");
  } else return false;
  return true;
}

/**
 * @param {Media} media
 * @param {Box} box with or without version and flags, which QuickTime does not have
 */
async function meta(media, box) {
  const { aside: reader } = media;
  const from = (await reader.type(box.body + 4)) === "hdlr" ? 0 : 4;
  const keys = await child(reader, box, "keys", from);
  const list = await child(reader, box, "ilst", from);
  if (list) await notes(media, list, keys ? await names(reader, keys) : []);
}

/**
 * @param {import("./boxes.js").Reader} reader
 * @param {Box} keys
 */
async function names(reader, { body, end }) {
  const all = [];
  for (let at = body + 8; end - at >= 8 && all.length < MOST; ) {
    const { body: from, end: to } = await reader.box(at, end);
    all.push(ascii(await reader.bytes(from, Math.min(to - from, LONGEST))));
    at = to;
  }
  return all;
}

/**
 * @param {Media} media
 * @param {Box} list
 * @param {readonly string[]} keys the names of notes that have a number instead of a type
 */
async function notes(media, { body, end }, keys) {
  let at = body;
  for (let count = 0; end - at >= 8 && count < MOST; count += 1) {
    const box = await media.aside.box(at, end);
    const number = view(Uint8Array.from(box.type, (letter) => letter.charCodeAt(0))).getUint32(0);
    if (box.type === "meta") await meta(media, box);
    else if (number > 0) await note(media, box, keys[number - 1] ?? box.type);
    at = box.end;
  }
}

/**
 * @param {Media} media
 * @param {Box} box
 * @param {string} name
 */
async function note(media, box, name) {
  const { aside: reader } = media;
  const data = await child(reader, box, "data").catch(() => undefined);
  const { body, end } = data ?? box;
  const bytes = await reader.bytes(body, Math.min(end - body, LONGEST));
  const code = CODES.find(([form]) => form.test(name))?.[1];
  if (data && PICTURES.includes(uint(bytes.subarray(1, 4)))) media.find("found-preview");
  else if (name === "loci") media.find("found-place", place(bytes));
  else if (code) media.find(code, plain(data ? bytes.subarray(8) : value(name, bytes)));
  else media.find("found-more", [name, READABLE.exec(ascii(data ? bytes.subarray(8) : bytes))?.[0] ?? ""].join(" "));
}

/**
 * @param {string} type
 * @param {Uint8Array} bytes
 */
function value(type, bytes) {
  if (type.startsWith("\xa9")) return bytes.subarray(4, 4 + uint(bytes.subarray(0, 2)));
  return LABELLED.includes(type) ? bytes.subarray(6) : bytes;
}

/** @param {Uint8Array} bytes that are UTF-8, or UTF-16 if it begins with a mark of the byte order */
function plain(bytes) {
  const isWide = bytes[0] === 0xfe && bytes[1] === 0xff;
  return (isWide ? new TextDecoder("utf-16be").decode(bytes.subarray(2)) : text(bytes)).replace(/\0[^]*$/, "");
}

/**
 * Return the name and the coordinates of a place (TS 26.244, 8.10).
 * @param {Uint8Array} bytes
 */
function place(bytes) {
  const end = bytes.indexOf(0, 6);
  if (end < 0 || bytes.length < end + 10) return "";
  const [longitude, latitude] = [2, 6].map((at) => (view(bytes).getInt32(end + at) / 65_536).toFixed(4));
  return `${text(bytes.subarray(6, end))} ${latitude}, ${longitude}`.trim();
}
