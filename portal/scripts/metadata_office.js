// @ts-check
/** Office documents in ZIP files (OOXML, OpenDocument): what their properties reveal about people and days. */

import { bytesOf, unpacked } from "./blobs.js";
import { view } from "./images.js";
import * as xmp from "./metadata_xmp.js";

/** @typedef {import("./findings.js").Finding} Finding */

const PROPERTIES = ["docProps/core.xml", "docProps/app.xml", "docProps/custom.xml", "meta.xml"];
const END = 0x06054b50;
const ENTRY = 0x02014b50;
const END_SIZE = 22;
const ENTRY_SIZE = 46;
const LOCAL_SIZE = 30;
const LONGEST_COMMENT = 65_535;
const LARGEST_DIRECTORY = 4 << 20;
const LARGEST_TEXT = 1 << 20;

/**
 * Return the findings in a document's properties, or null if it is another kind of ZIP file or cannot be read.
 * @param {Blob} file
 * @returns {Promise<Finding[] | null>}
 */
export async function read(file) {
  const entries = await directory(file);
  const names = entries.map(({ name }) => name);
  if (!names.includes("[Content_Types].xml") && !names.includes("meta.xml")) return null;
  const texts = entries.filter(({ name }) => PROPERTIES.includes(name)).map((entry) => text(file, entry));
  return (await Promise.all(texts)).flatMap(xmp.read);
}

/** @typedef {{ name: string, method: number, size: number, at: number }} Entry size as packed */

/**
 * @param {Blob} file
 * @returns {Promise<Entry[]>} none if there is no directory
 */
async function directory(file) {
  const tail = await bytesOf(file.slice(Math.max(0, file.size - LONGEST_COMMENT - END_SIZE)));
  let end = tail.length - END_SIZE;
  while (end >= 0 && view(tail).getUint32(end, true) !== END) end -= 1;
  if (end < 0) return [];
  const size = view(tail).getUint32(end + 12, true);
  const at = view(tail).getUint32(end + 16, true);
  return entriesOf(await bytesOf(file.slice(at, at + Math.min(size, LARGEST_DIRECTORY))));
}

/** @param {Uint8Array} bytes */
function entriesOf(bytes) {
  const data = view(bytes);
  const entries = [];
  for (let at = 0; at + ENTRY_SIZE <= bytes.length && data.getUint32(at, true) === ENTRY; ) {
    const [name = 0, extra = 0, comment = 0] = [28, 30, 32].map((place) => data.getUint16(at + place, true));
    entries.push({
      name: new TextDecoder().decode(bytes.subarray(at + ENTRY_SIZE, at + ENTRY_SIZE + name)),
      method: data.getUint16(at + 10, true),
      size: data.getUint32(at + 20, true),
      at: data.getUint32(at + 42, true),
    });
    at += ENTRY_SIZE + name + extra + comment;
  }
  return entries;
}

/**
 * @param {Blob} file
 * @param {Entry} entry
 */
async function text(file, { at, size, method }) {
  const head = await bytesOf(file.slice(at, at + LOCAL_SIZE));
  if (head.length < LOCAL_SIZE) return "";
  const start = at + LOCAL_SIZE + view(head).getUint16(26, true) + view(head).getUint16(28, true);
  const packed = file.slice(start, start + Math.min(size, LARGEST_TEXT));
  return new TextDecoder().decode(method === 0 ? await bytesOf(packed) : await unpacked(packed, "deflate-raw"));
}
