// @ts-check
/** In place of http.js in the offline form: what the portal would answer, from files that the person brings. */

import { Failure } from "./failure.js";

/** @type {Map<string, Uint8Array<ArrayBuffer>>} */
const brought = new Map();

/** Never thrown here, where nothing is asked over a network. */
export class Refused extends Failure {}

/** Never thrown here either. */
export class Offline extends Failure {}

/**
 * Let `bytes` be the answer at `path` from now on.
 * @param {string} path
 * @param {Uint8Array<ArrayBuffer>} bytes
 */
export function bring(path, bytes) {
  brought.set(path, bytes);
}

/**
 * Return what was brought for `path`; throws Failure if nothing was.
 * @param {string} path
 * @returns {Promise<{ headers: Headers, bytes: Uint8Array<ArrayBuffer> }>}
 */
export async function ask(path) {
  const bytes = brought.get(path);
  if (!bytes) throw new Failure("file-not-brought");
  return { headers: new Headers(), bytes };
}
