/** casetoken.js beyond the vectors: tokens as people type them. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { wordlist as english } from "@scure/bip39/wordlists/english.js";
import { wordlist as french } from "@scure/bip39/wordlists/french.js";
import * as casetoken from "../../portal/scripts/casetoken.js";
import { LISTS } from "../../portal/scripts/wordlists.js";
import { Malformed } from "../../portal/scripts/errors.js";
import { flipped, noise, toHex } from "./helpers.mjs";

/**
 * @param {string[]} words
 * @param {number} at
 * @param {string} word
 */
const replaced = (words, at, word) => words.map((each, place) => (place === at ? word : each)).join(" ");

test("new tokens have 16 bytes and are all different", () => {
  const made = Array.from({ length: 50 }, casetoken.generate);
  assert.ok(made.every((entropy) => entropy.length === casetoken.ENTROPY));
  assert.equal(new Set(made.map(toHex)).size, made.length);
});

test("the words of a token can be typed in full or by their first four letters, in both languages", () => {
  for (const language of casetoken.LANGUAGES) {
    for (let seed = 1; seed <= 20; seed += 1) {
      const entropy = noise(16, seed);
      const words = casetoken.words(entropy, LISTS[language]);
      assert.equal(words.length, casetoken.WORDS);
      for (const text of [words.join(" "), words.join("\n"), words.map((word) => word.slice(0, 4)).join(", ")]) {
        assert.deepEqual(casetoken.parse(text)[language], entropy);
      }
    }
  }
});

test("no two words of a list share their first four letters", () => {
  for (const list of [english, french]) {
    const starts = list.map((word) => word.normalize("NFKD").replace(/[\u0300-\u036f]/g, "").slice(0, 4));
    assert.equal(new Set(starts).size, 2_048);
  }
});

test("the error for a wrong token tells the mistake and its place", () => {
  const words = casetoken.words(noise(16), LISTS.en);
  assert.throws(() => casetoken.parse(words.slice(1).join(" ")), { code: "wrong-count", count: 11 });
  assert.throws(() => casetoken.parse(replaced(words, 3, "zzz")), { code: "unknown-word", index: 3 });
  assert.throws(() => casetoken.parse(words.reverse().join(" ")), { code: "wrong-checksum" });
  assert.throws(() => casetoken.parse(""), casetoken.WrongCount);
});

test("the error for a wrong token contains none of its words", () => {
  const text = replaced(casetoken.words(noise(16), LISTS.en), 3, "secretly");
  assert.throws(() => casetoken.parse(text), (/** @type {Error} */ error) => {
    assert.ok(!JSON.stringify([error.message, { ...error }]).includes("secretly"));
    return true;
  });
});

test("keys depend on the deployment and on every bit of the token", async () => {
  const deployment = noise(16, 9);
  const made = await Promise.all([
    casetoken.derive(noise(16), deployment),
    casetoken.derive(noise(16), noise(16, 10)),
    casetoken.derive(flipped(noise(16), 15), deployment),
  ]);
  assert.equal(new Set(made.map((keys) => toHex(keys.caseId))).size, 3);
  const secrets = made.flatMap((keys) => [keys.authorSeed, keys.memoKey, keys.withdrawKey, keys.salt]);
  assert.equal(new Set(secrets.map(toHex)).size, 12);
});

test("a token or deployment id of the wrong length is refused", async () => {
  await assert.rejects(casetoken.derive(noise(15), noise(16)), Malformed);
  await assert.rejects(casetoken.derive(noise(16), noise(17)), Malformed);
  assert.throws(() => casetoken.words(noise(17), LISTS.fr), Malformed);
});
