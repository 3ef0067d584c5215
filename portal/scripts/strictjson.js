// @ts-check
/** Strict JSON, which Python and JavaScript read the same way (SPEC 1.3); mirrors crypto/strictjson.py. */

import { equal, utf8 } from "./bytes.js";
import { Malformed } from "./errors.js";

/** @typedef {null | boolean | number | string | Json[] | { [key: string]: Json }} Json */

export const LARGEST = Number.MAX_SAFE_INTEGER;
const DEEPEST = 8;

const KEY = /^[a-z][a-z0-9_.-]*$/;
const LONE = /\p{Surrogate}/u;

/**
 * Return the value of `raw`; throws Malformed unless encoding the value gives the same bytes.
 * @param {Uint8Array} raw
 * @returns {Json}
 */
export function decode(raw) {
  const value = parse(raw);
  if (!equal(encode(value), raw)) throw new Malformed("JSON is not in its compact form");
  return value;
}

/**
 * Return `value` as compact UTF-8; throws Malformed if SPEC 1.3 does not allow it.
 * @param {Json} value
 * @returns {Uint8Array<ArrayBuffer>}
 */
export function encode(value) {
  check(value, DEEPEST);
  return utf8(JSON.stringify(value));
}

/**
 * @param {Uint8Array} raw
 * @returns {Json}
 */
function parse(raw) {
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(raw));
  } catch {
    throw new Malformed("text is not JSON as SPEC 1.3 has it");
  }
}

/**
 * @param {unknown} value
 * @param {number} depth how many more levels of arrays and objects are allowed
 */
function check(value, depth) {
  if (value === null || typeof value === "boolean") return;
  if (typeof value === "number") checkNumber(value);
  else if (typeof value === "string") checkText(value);
  else if (typeof value !== "object") throw new Malformed("value has no form in JSON here");
  else if (depth === 0) throw new Malformed("JSON is nested too deeply");
  else if (Array.isArray(value)) value.forEach((item) => check(item, depth - 1));
  else Object.entries(value).forEach(([key, member]) => checkMember(key, member, depth - 1));
}

/** @param {number} value */
function checkNumber(value) {
  if (!Number.isSafeInteger(value)) throw new Malformed("JSON numbers are integers that a browser can hold");
}

/** @param {string} value */
function checkText(value) {
  if (LONE.test(value)) throw new Malformed("JSON text holds half a surrogate pair");
}

/**
 * @param {string} key
 * @param {unknown} member
 * @param {number} depth
 */
function checkMember(key, member, depth) {
  if (!KEY.test(key)) throw new Malformed("JSON key has an unexpected form");
  check(member, depth);
}
