// @ts-check
/** Replaces http.js in the offline form: files that the person chooses replace the portal's answers. */

import { Failure } from "./failure.js";

/** @type {Map<string, Uint8Array<ArrayBuffer>>} */
const brought = new Map();

/**
 * Use `bytes` as the answer for `path` from now on.
 * @param {string} path
 * @param {Uint8Array<ArrayBuffer>} bytes
 */
export function bring(path, bytes) {
  brought.set(path, bytes);
}

/**
 * Return the file for `path` and ignore the rest of the request; throws Failure if there is no file.
 * @param {string} path
 * @param {import("./http.js").Asked} [_asked]
 * @returns {Promise<{ headers: Headers, bytes: Uint8Array<ArrayBuffer> }>}
 */
export async function ask(path, _asked) {
  const bytes = brought.get(path);
  if (!bytes) throw new Failure("file-not-brought");
  return { headers: new Headers(), bytes };
}
