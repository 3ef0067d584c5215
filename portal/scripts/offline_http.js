// @ts-check
/** In place of http.js in the offline form: what the portal would answer, from files that the person brings. */

import { Failure } from "./failure.js";

/** @type {Map<string, Uint8Array<ArrayBuffer>>} */
const brought = new Map();

/**
 * Let `bytes` be the answer at `path` from now on.
 * @param {string} path
 * @param {Uint8Array<ArrayBuffer>} bytes
 */
export function bring(path, bytes) {
  brought.set(path, bytes);
}

/**
 * Return what was brought for `path`, whatever else the request holds; throws Failure if nothing was.
 * @param {string} path
 * @param {import("./http.js").Asked} [_asked]
 * @returns {Promise<{ headers: Headers, bytes: Uint8Array<ArrayBuffer> }>}
 */
export async function ask(path, _asked) {
  const bytes = brought.get(path);
  if (!bytes) throw new Failure("file-not-brought");
  return { headers: new Headers(), bytes };
}
