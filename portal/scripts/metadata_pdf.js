// @ts-check
/** PDF (ISO 32000): what its information dictionary and XMP reveal about people, programs and days. */

import { bytesOf, unpacked } from "./blobs.js";
import { found } from "./findings.js";
import * as xmp from "./metadata_xmp.js";

/** @typedef {import("./findings.js").Finding} Finding */

const CODES = [
  { key: "Author", code: "found-person" },
  { key: "Title", code: "found-text" },
  { key: "Subject", code: "found-text" },
  { key: "Keywords", code: "found-text" },
  { key: "Creator", code: "found-program" },
  { key: "Producer", code: "found-program" },
  { key: "CreationDate", code: "found-day" },
  { key: "ModDate", code: "found-day" },
];
const REFERENCE = /^\/Info\s+(\d+)\s+(\d+)\s+R/;
// A string in brackets, which may be nested, or in hexadecimal.
const STRING = "\\s*(?:\\(((?:[^\\\\()]|\\\\[^]|\\([^()]*\\))*)\\)|<([0-9A-Fa-f\\s]*)>)";
const LOOKED_AT = 8 << 20;
const MOST_STREAMS = 200;
const LONGEST_OBJECT = 20_000;
const LONGEST_NOTE = 200_000;

/**
 * Return the findings in a PDF. Of a large file, only the first and the last 8 MiB are examined.
 * @param {Blob} file
 * @returns {Promise<Finding[]>}
 */
export async function read(file) {
  const ends = file.size <= 2 * LOOKED_AT ? file : new Blob([file.slice(0, LOOKED_AT), file.slice(-LOOKED_AT)]);
  const source = new Source(await bytesOf(ends));
  const references = source.places("/Info").map((at) => REFERENCE.exec(source.excerpt(at, at + 40)));
  const known = new Map(references.flatMap((each) => (each ? [[String(each[1]), String(each[2])]] : [])));
  const plain = [...known].flatMap(([number, generation]) => plainObjects(source, number, generation));
  const packed = known.size ? await packedObjects(source, new Set(known.keys())) : [];
  const notes = source.places("<x:xmpmeta").map((at) => decoded(source.upTo(at, "</x:xmpmeta>", LONGEST_NOTE)));
  return [...[...plain, ...packed].flatMap(entries), ...notes.flatMap(xmp.read)];
}

/** Bytes to search as text with the browser's own functions, which are fast even without JIT. */
class Source {
  #bytes;
  #text;

  /** @param {Uint8Array} bytes */
  constructor(bytes) {
    this.#bytes = bytes;
    // One character for each byte. Only ASCII characters need to be right.
    this.#text = new TextDecoder("windows-1252").decode(bytes);
  }

  /**
   * @param {string} word
   * @returns {number[]} its offsets
   */
  places(word) {
    const found = [];
    for (let at = this.#text.indexOf(word); at >= 0; at = this.#text.indexOf(word, at + 1)) found.push(at);
    return found;
  }

  /**
   * @param {number} from
   * @param {number} to
   * @returns {string} a character for each byte
   */
  excerpt(from, to) {
    return latin1(this.#bytes.subarray(Math.max(0, from), to));
  }

  /**
   * @param {number} from
   * @param {string} end
   * @param {number} most
   */
  upTo(from, end, most) {
    const at = this.#text.indexOf(end, from);
    return this.excerpt(from, Math.min(at < 0 ? from : at, from + most));
  }

  /**
   * @param {number} from
   * @param {string} end
   * @returns {Uint8Array<ArrayBuffer>} empty if there is no end
   */
  bytesUpTo(from, end) {
    const at = this.#text.indexOf(end, from);
    return this.#bytes.slice(from, Math.max(from, at));
  }
}

/**
 * @param {Source} source
 * @param {string} number
 * @param {string} generation
 * @returns {string[]} every version of this object that is not compressed
 */
function plainObjects(source, number, generation) {
  const places = source.places(`${number} ${generation} obj`).filter((at) => !/\d/.test(source.excerpt(at - 1, at)));
  return places.map((at) => source.upTo(at, "endobj", LONGEST_OBJECT));
}

/**
 * @param {Source} source
 * @param {Set<string>} numbers
 * @returns {Promise<string[]>} these objects in compressed streams
 */
async function packedObjects(source, numbers) {
  const found = [];
  for (const place of source.places("/ObjStm").slice(0, MOST_STREAMS)) {
    const dictionary = /obj((?:(?!obj)[^])*)$/.exec(source.excerpt(place - 300, place))?.[1] ?? "";
    const head = /^[^]*?stream\r?\n/.exec(source.excerpt(place, place + 300))?.[0] ?? "";
    const first = Number(/\/First\s+(\d+)/.exec(dictionary + head)?.[1] ?? 0);
    const packed = source.bytesUpTo(place + head.length, "endstream");
    const body = latin1(await unpacked(new Blob([packed]), "deflate"));
    const pairs = (body.slice(0, first).match(/\d+\s+\d+/g) ?? []).map((pair) => pair.split(/\s+/));
    for (const [at, [number = "", offset]] of pairs.entries()) {
      const next = pairs[at + 1]?.[1];
      if (numbers.has(number)) found.push(body.slice(first + Number(offset), next ? first + Number(next) : undefined));
    }
  }
  return found;
}

/** @param {string} dictionary */
function entries(dictionary) {
  return CODES.flatMap(({ key, code }) => {
    const match = new RegExp(`/${key}${STRING}`).exec(dictionary);
    if (!match) return [];
    const bytes = match[2] === undefined ? unescaped(match[1] ?? "") : unhexed(match[2]);
    const value = wide(bytes).replace(/^D:(\d{4})(\d\d)(\d\d).*/, "$1-$2-$3");
    return value.trim() ? [found(code, value)] : [];
  });
}

/** @param {string} text between the brackets of a PDF string */
function unescaped(text) {
  return text.replace(/\\([0-7]{1,3}|\r?\n|[^])/g, (_, sign) => {
    if (/^[0-7]/.test(sign)) return String.fromCharCode(parseInt(sign, 8) & 0xff);
    return /\n/.test(sign) ? "" : sign.replace(/[nrtbf]/, " ");
  });
}

/** @param {string} digits */
function unhexed(digits) {
  return digits.replace(/\s/g, "").replace(/..?/g, (pair) => String.fromCharCode(parseInt(pair.padEnd(2, "0"), 16)));
}

/** @param {string} bytes as characters, which may be UTF-16 or UTF-8 after a byte order mark */
function wide(bytes) {
  if (bytes.startsWith("\xfe\xff")) return new TextDecoder("utf-16be").decode(bytesFrom(bytes.slice(2)));
  return bytes.startsWith("\xef\xbb\xbf") ? decoded(bytes.slice(3)) : bytes;
}

/** @param {string} bytes as characters */
function decoded(bytes) {
  return new TextDecoder().decode(bytesFrom(bytes));
}

/** @param {string} text */
function bytesFrom(text) {
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}

/**
 * @param {Uint8Array} bytes
 * @returns {string} a character for each
 */
function latin1(bytes) {
  let text = "";
  for (let at = 0; at < bytes.length; at += 8_192) text += String.fromCharCode(...bytes.subarray(at, at + 8_192));
  return text;
}
