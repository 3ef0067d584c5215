/** typos.js and completion.js: finding a mistyped word of a token, and suggesting the right one. */

import assert from "node:assert/strict";
import { test } from "node:test";

globalThis.document = /** @type {any} */ ({
  documentElement: { lang: "fr", dataset: { deployment: "", rootKey: "" } },
  querySelectorAll: () => [],
});
const { LISTS } = await import("../../portal/scripts/wordlists.js");
const { plain } = await import("../../portal/scripts/casetoken.js");
const { firstUnknown, nearest } = await import("../../portal/scripts/typos.js");
const { helpFor, withWord } = await import("../../portal/scripts/completion.js");

test("nothing is suggested for a word that resembles no word or too many", () => {
  for (const word of ["qqqqqqqq", "zzz", "aaa"]) assert.deepEqual(nearest(word, []), [], word);
});

test("a word with a swapped, missing, added or wrong letter is found in either list", () => {
  for (const word of ["exilre", "exler", "exxiler", "exilez"]) assert.deepEqual(nearest(word, ["vipere"]), ["exiler"], word);
  for (const word of ["zebar", "zbra", "zebrra", "zabra"]) assert.deepEqual(nearest(word, ["zoo"]), ["zebra"], word);
});

test("a word is suggested with its accents", () => {
  assert.deepEqual(nearest("vipree", ["exiler"]), ["vipère"]);
});

test("two typos are accepted only in longer words", () => {
  assert.deepEqual(nearest("abandno", []), ["abandon"]);
  assert.deepEqual(nearest("abnadno", []), ["abandon"]);
  assert.deepEqual(nearest("exi", ["vipere"]), []);
});

test("the first four letters of a word may be mistyped, too", () => {
  assert.ok(nearest("exli", ["vipere"]).includes("exiler"));
});

test("the right word comes from the list of the other words", () => {
  assert.deepEqual(nearest("zebar", ["exiler", "vipere"]), ["zèbre"]);
  assert.deepEqual(nearest("zebar", ["zoo"]), ["zebra"]);
});

test("swapping the middle letters of any word still suggests the word", () => {
  for (const list of Object.values(LISTS)) {
    const forms = list.map((word) => plain(word).join(""));
    for (const [at, form] of forms.entries()) {
      const half = form.length >> 1;
      const swapped = form.slice(0, half - 1) + form[half] + form[half - 1] + form.slice(half + 1);
      if (at % 16 || forms.includes(swapped)) continue;
      const found = nearest(swapped, [form]);
      assert.ok(found.length === 0 || found.some((word) => plain(word).join("") === form), `${swapped}: ${found}`);
    }
  }
});

test("a word of the other list is found among words of one list", () => {
  assert.equal(firstUnknown(["vipere", "zoo"]), -1, "one word of each list: either may be wrong");
  assert.equal(firstUnknown(["zoo", "vipere", "exiler"]), 0);
  assert.equal(firstUnknown(["abandon", "vipere"]), -1, "abandon is in both");
  assert.equal(firstUnknown(["abandon", "abandonn"]), 1);
  assert.equal(firstUnknown([]), -1);
});

const ELEVEN = "abandon ".repeat(11);

test("a word that is still being typed is not reported as mistyped", () => {
  for (const text of ["abandon abandonn", `${ELEVEN}ab`, `${ELEVEN}aband`]) assert.equal(helpFor(text, false).say, "words-typed", text);
  assert.deepEqual(helpFor("vipère exil", false), { say: "words-typed", offered: ["exiler"], at: 1 });
});

test("a mistyped word is reported after a space, and the twelfth word as soon as no word fits", () => {
  assert.deepEqual(helpFor("vipère exilre ", false), { say: "mistyped", offered: ["exiler"], at: 1, isMistyped: true });
  assert.deepEqual(helpFor(`${ELEVEN}exilre`, false), { say: "mistyped", offered: ["exiler", "exile"], at: 11, isMistyped: true });
});

test("no word is shown while the field is hidden", () => {
  assert.deepEqual(helpFor("vipère exilre ", true), { say: "mistyped-veiled", offered: [], at: 1, isMistyped: true });
  assert.deepEqual(helpFor("vipère qqqqqqqq ", true), { say: "unknown-word", offered: [], at: 1, isMistyped: true });
  assert.deepEqual(helpFor("vipèr", true).offered, []);
});

test("only the mistyped word is replaced, at any position", () => {
  assert.equal(withWord("1. Vipère,\n2. exilre, zoo", 1, "exiler"), "1. Vipère,\n2. exiler, zoo");
  assert.equal(withWord("vipère exilre", 1, "exiler"), "vipère exiler ");
  assert.equal(withWord("exilre", 3, "exiler"), "exilre");
});
