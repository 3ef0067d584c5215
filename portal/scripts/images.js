// @ts-check
/** Shared code to remove everything but the picture from picture files, without decoding them. */

import { Malformed } from "./errors.js";
import { found } from "./findings.js";
import * as exif from "./metadata_exif.js";
import * as xmp from "./metadata_xmp.js";

/** @typedef {import("./findings.js").Finding} Finding */
/** @typedef {{ parts: Uint8Array[], findings: Finding[] }} Clean the parts of the picture, and what was removed */

/** Collects the parts of a picture. */
export class Cleaning {
  /** @type {Uint8Array[]} */
  parts = [];
  /** @type {Finding[]} */
  findings = [];
  orientation = 1;

  /** @param {Uint8Array} tiff Exif data to remove; the orientation is remembered */
  takeExif(tiff) {
    const { findings, orientation } = exif.read(tiff);
    this.findings.push(...(findings.length ? findings : [found("found-more", "Exif")]));
    if (orientation > 1) this.orientation = orientation;
  }

  /** @param {string} xml XMP data to remove */
  takeXmp(xml) {
    const findings = xmp.read(xml);
    this.findings.push(...(findings.length ? findings : [found("found-more", "XMP")]));
  }

  /** @param {Uint8Array} rest the bytes after the end of the picture */
  takeTrailer(rest) {
    if (rest.length) this.findings.push(found("found-trailer"));
  }

  /** @returns {Uint8Array<ArrayBuffer> | null} Exif with the orientation, if it is not the default one */
  get upright() {
    return this.orientation > 1 ? exif.onlyOrientation(this.orientation) : null;
  }
}

/**
 * Return `size` bytes from `at`; throws Malformed if the picture ends within them.
 * @param {Uint8Array} bytes
 * @param {number} at
 * @param {number} size
 */
export function slice(bytes, at, size) {
  const part = bytes.subarray(at, at + size);
  if (part.length < size) throw new Malformed("picture ends early");
  return part;
}

/**
 * Return whether `text` (ASCII) is at offset `at`.
 * @param {Uint8Array} bytes
 * @param {string} text
 * @param {number} [at]
 */
export function startsWith(bytes, text, at = 0) {
  return ascii(bytes.subarray(at, at + text.length)) === text;
}

/**
 * Return bytes as Latin-1 characters.
 * @param {Uint8Array} bytes at most a few thousand
 */
export function ascii(bytes) {
  return String.fromCharCode(...bytes);
}

/** @param {Uint8Array} bytes that are UTF-8 or almost */
export function text(bytes) {
  return new TextDecoder().decode(bytes);
}

/** @param {Uint8Array} bytes */
export function view(bytes) {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
}
