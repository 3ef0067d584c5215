// @ts-check
/** The signed list of the files that a site serves, with their digests (SPEC 7.5); mirrors crypto/pages.py. */

import { equal } from "./bytes.js";
import { CryptoError, Malformed } from "./errors.js";
import { binary, day, file, integer, listOf, record, text } from "./shape.js";
import * as signing from "./signing.js";

/** @typedef {import("./shape.js").Value<typeof PAGES>} Pages */

const MOST = 1_000;

/** The list has expired, so nobody vouches for what the site serves today. */
export class PagesExpired extends CryptoError {
  /** @override */
  code = "pages-expired";
}

export const PAGES = file("pages", {
  deployment: binary(signing.DEPLOYMENT),
  serial: integer(1),
  valid_until: day,
  policy: text(4_000),
  files: listOf(record({ path: text(1_000, /^\/[\w./-]*$/), type: text(127), hash: binary(32) }), MOST),
});

/**
 * Return the list if the root key (32 bytes) signed it for this deployment; throws Malformed or Tampered.
 * @param {Uint8Array} raw manifest.json
 * @param {Uint8Array} signature manifest.sig
 * @param {{ rootKey: Uint8Array, deployment: Uint8Array }} trusted
 * @returns {Pages}
 */
export function openPages(raw, signature, { rootKey, deployment }) {
  signing.verify(signing.Label.PAGES, deployment, raw, signature, rootKey);
  const pages = PAGES.parse(raw);
  if (!equal(pages.deployment, deployment)) throw new Malformed("manifest of the pages is of another deployment");
  const paths = pages.files.map(({ path }) => path);
  if (paths.some((path, at) => path <= (paths[at - 1] ?? ""))) {
    throw new Malformed("manifest of the pages is not sorted, or lists a path twice");
  }
  return pages;
}

/**
 * Throw PagesExpired unless `today` is within the list's days.
 * @param {Pages} pages
 * @param {string} today
 */
export function checkDay({ valid_until }, today) {
  if (today > valid_until) throw new PagesExpired("manifest of the pages is past its date: a new one must be signed");
}
