// @ts-check
/**
 * Exif data that cameras write into pictures: what it reveals about place, device, day and person, and the orientation.
 */

import { concat, utf8 } from "./bytes.js";
import { found } from "./findings.js";

/** @typedef {import("./findings.js").Finding} Finding */
/** @typedef {Map<number, string | number[]>} Tags values by tag: text or numbers */

const ORIENTATION = 0x0112;
const EXIF = 0x8769;
const GPS = 0x8825;
const TEXTS = [
  { tags: [0x010f, 0x0110, 0xa434, 0xa431, 0xc62f], code: "found-device" },
  { tags: [0x0131, 0x013c], code: "found-program" },
  { tags: [0x9003, 0x9004, 0x0132], code: "found-day" },
  { tags: [0x013b, 0x8298, 0xa430], code: "found-person" },
  { tags: [0x010e], code: "found-text" },
];
const DAY = /^(\d{4}):(\d\d):(\d\d)/;
// Unknown types count as bytes.
const WIDTHS = [1, 1, 1, 2, 4, 8, 1, 1, 2, 4, 8, 4, 8];
const MOST_TAGS = 500;
const ASCII = 2;
const SHORT = 3;
const RATIONALS = [5, 10];

/**
 * Return the findings in Exif data, and the orientation (1 by default). Never throws, because all Exif is removed.
 * @param {Uint8Array} tiff starting at its byte order mark
 * @returns {{ findings: Finding[], orientation: number }}
 */
export function read(tiff) {
  const reader = new Reader(tiff);
  const main = reader.directory(reader.uint(4, 4));
  const exif = reader.directory(first(main.tags.get(EXIF)));
  const gps = reader.directory(first(main.tags.get(GPS))).tags;
  const all = new Map([...main.tags, ...exif.tags]);
  const findings = TEXTS.flatMap(({ tags, code }) => {
    const value = [...new Set(tags.map((tag) => all.get(tag)).filter((each) => typeof each === "string" && each))];
    return value.length ? [found(code, value.join(" ").replace(DAY, "$1-$2-$3"))] : [];
  });
  const place = placeOf(gps);
  if (place) findings.unshift(found("found-place", place));
  if (main.next) findings.push(found("found-preview"));
  const orientation = first(main.tags.get(ORIENTATION));
  return { findings, orientation: orientation >= 1 && orientation <= 8 ? orientation : 1 };
}

/**
 * Return Exif data with the orientation only.
 * @param {number} orientation 1 to 8
 * @returns {Uint8Array<ArrayBuffer>}
 */
export function onlyOrientation(orientation) {
  const entry = [0x01, 0x12, 0, SHORT, 0, 0, 0, 1, 0, orientation, 0, 0];
  return concat([utf8("MM\0*"), new Uint8Array([0, 0, 0, 8, 0, 1, ...entry, 0, 0, 0, 0])]);
}

/** The directories of a TIFF file. Bytes outside the file are read as zero, so that broken files can be examined too. */
class Reader {
  #view;
  #little;

  /** @param {Uint8Array} tiff */
  constructor(tiff) {
    this.#view = new DataView(tiff.buffer, tiff.byteOffset, tiff.length);
    this.#little = tiff[0] === 0x49;
  }

  /**
   * @param {number} at
   * @param {number} width 1, 2 or 4
   */
  uint(at, width) {
    if (at < 0 || at + width > this.#view.byteLength) return 0;
    if (width === 1) return this.#view.getUint8(at);
    return width === 2 ? this.#view.getUint16(at, this.#little) : this.#view.getUint32(at, this.#little);
  }

  /**
   * @param {number} at 0 if there is no directory
   * @returns {{ tags: Tags, next: number }}
   */
  directory(at) {
    /** @type {Tags} */
    const tags = new Map();
    const count = at ? Math.min(this.uint(at, 2), MOST_TAGS) : 0;
    for (let each = 0; each < count; each += 1) {
      const entry = at + 2 + each * 12;
      tags.set(this.uint(entry, 2), this.#value(entry));
    }
    return { tags, next: count ? this.uint(at + 2 + count * 12, 4) : 0 };
  }

  /** @param {number} entry */
  #value(entry) {
    const type = this.uint(entry + 2, 2);
    const count = Math.min(this.uint(entry + 4, 4), 256);
    const width = WIDTHS[type] ?? 1;
    const at = width * count <= 4 ? entry + 8 : this.uint(entry + 8, 4);
    if (type === ASCII) return this.#text(at, count);
    const numbers = [];
    for (let each = 0; each < Math.min(count, 4); each += 1) numbers.push(this.#number(at + each * width, type));
    return numbers;
  }

  /**
   * @param {number} at
   * @param {number} type
   */
  #number(at, type) {
    if (RATIONALS.includes(type)) return this.uint(at, 4) / (this.uint(at + 4, 4) || 1);
    return this.uint(at, Math.min(WIDTHS[type] ?? 1, 4));
  }

  /**
   * @param {number} at
   * @param {number} count
   */
  #text(at, count) {
    const bytes = Array.from({ length: count }, (_, each) => this.uint(at + each, 1));
    return new TextDecoder().decode(new Uint8Array(bytes)).replace(/\0[^]*$/, "").trim();
  }
}

/** @param {Tags} gps */
function placeOf(gps) {
  const latitude = degrees(gps.get(2), gps.get(1));
  const longitude = degrees(gps.get(4), gps.get(3));
  return latitude && longitude ? `${latitude}, ${longitude}` : "";
}

/**
 * @param {string | number[] | undefined} value degrees, minutes, seconds
 * @param {string | number[] | undefined} side N, S, E or W
 */
function degrees(value, side) {
  if (!Array.isArray(value)) return "";
  const [whole = 0, minutes = 0, seconds = 0] = value;
  return `${(whole + minutes / 60 + seconds / 3600).toFixed(4)}° ${typeof side === "string" ? side : ""}`.trim();
}

/** @param {string | number[] | undefined} value */
function first(value) {
  return Array.isArray(value) ? value[0] ?? 0 : 0;
}
