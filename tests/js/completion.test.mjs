/** completion.js: what a word that is being typed may become. */

import assert from "node:assert/strict";
import { test } from "node:test";

globalThis.document = /** @type {any} */ ({
  documentElement: { lang: "fr", dataset: { deployment: "", rootKey: "" } },
});
const { completions } = await import("../../portal/scripts/completion.js");

test("nothing is offered for one letter, for too many words, for none, or between words", () => {
  for (const text of ["", "a", "co", "zzz", "abandon "]) assert.deepEqual(completions(text), [], text);
});

test("a word is offered with its accents, however it was begun", () => {
  for (const text of ["vipe", "VIPÈ", "1. vipè"]) assert.deepEqual(completions(text), ["vipère"]);
});

test("words of both lists are offered until a word of one list alone decides", () => {
  assert.deepEqual(completions("zebr"), ["zèbre", "zebra"]);
  assert.deepEqual(completions("zoo zebr"), ["zebra"]);
  assert.deepEqual(completions("vipère zebr"), ["zèbre"]);
});
