/** completion.js: suggestions for the word that is being typed. */

import assert from "node:assert/strict";
import { test } from "node:test";

globalThis.document = /** @type {any} */ ({
  documentElement: { lang: "fr", dataset: { deployment: "", rootKey: "" } },
  querySelectorAll: () => [],
});
const { completions, helpFor } = await import("../../portal/scripts/completion.js");
const { LISTS } = await import("../../portal/scripts/wordlists.js");

test("nothing is suggested for one letter, after a space, or if no word or too many words match", () => {
  for (const text of ["", "a", "co", "zzz", "abandon "]) assert.deepEqual(completions(text), [], text);
});

test("a word is suggested with its accents, whether they were typed or not", () => {
  for (const text of ["vipe", "VIPÈ", "1. vipè"]) assert.deepEqual(completions(text), ["vipère"]);
});

test("words of both lists are suggested until an earlier word shows which list is used", () => {
  assert.deepEqual(completions("zebr"), ["zèbre", "zebra"]);
  assert.deepEqual(completions("zoo zebr"), ["zebra"]);
  assert.deepEqual(completions("vipère zebr"), ["zèbre"]);
});

test("four letters of the last word are enough, even if they are a word of the other list", () => {
  for (const [list, one] of /** @type {const} */ ([[LISTS.fr, "vipère "], [LISTS.en, "zoo "]])) {
    for (const word of list.map((each) => each.normalize("NFC"))) {
      const begun = [...word].slice(0, 4).join("");
      const { offered } = helpFor(one.repeat(11) + begun, false);
      assert.deepEqual(offered, begun === word ? [] : [word]);
    }
  }
});
