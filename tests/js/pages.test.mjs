/** pages.js: a list of pages must be sorted, valid and of this deployment. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { Malformed, Tampered } from "../../portal/scripts/errors.js";
import { checkDay, openPages, PAGES, PagesExpired } from "../../portal/scripts/pages.js";
import { Label, publicKey, sign } from "../../portal/scripts/signing.js";
import { noise } from "./helpers.mjs";

const SEED = noise(32);
const trusted = { rootKey: publicKey(SEED), deployment: noise(16, 2) };
const page = (/** @type {string} */ path) => ({ path, type: "text/html", hash: noise(32, 5) });
const LIST = {
  deployment: trusted.deployment,
  serial: 3,
  valid_until: "2030-06-01",
  policy: "default-src 'none'",
  files: [page("/"), page("/fr/")],
};

/**
 * @param {import("../../portal/scripts/pages.js").Pages} list
 * @param {Uint8Array} [deployment] that the signature covers
 */
function opened(list, deployment = trusted.deployment) {
  const raw = PAGES.encode(list);
  return openPages(raw, sign(Label.PAGES, deployment, raw, SEED), trusted);
}

test("a list that the root key signed is read unchanged", () => {
  assert.deepEqual(opened(LIST).files.map(({ path }) => path), ["/", "/fr/"]);
  assert.equal(opened(LIST).serial, 3);
});

test("a list of another deployment, inside or in its signature, is refused", () => {
  assert.throws(() => opened({ ...LIST, deployment: noise(16, 9) }), Malformed);
  assert.throws(() => opened(LIST, noise(16, 9)), Tampered);
});

test("a list that is not sorted, or names a path twice, is refused", () => {
  for (const files of [["/fr/", "/"], ["/", "/"], ["fr"]]) {
    assert.throws(() => opened({ ...LIST, files: files.map(page) }), Malformed);
  }
});

test("a list is valid through its last day", () => {
  checkDay(opened(LIST), "2030-06-01");
  assert.throws(() => checkDay(opened(LIST), "2030-06-02"), PagesExpired);
});
