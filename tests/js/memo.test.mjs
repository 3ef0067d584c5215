/** What the vectors do not test of memo.js: the sizes of memos, and what it refuses to seal or open. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { chacha20poly1305 } from "@noble/ciphers/chacha.js";
import { concat, utf8 } from "../../portal/scripts/bytes.js";
import { Malformed, Tampered } from "../../portal/scripts/errors.js";
import * as memo from "../../portal/scripts/memo.js";
import { flipped, noise, toHex } from "./helpers.mjs";

const KEY = noise(32);
const BOUND = { deployment: noise(16, 2), caseId: noise(32, 3) };
const DAY = "2026-11-24";
const NOTE = { channel: "a", day: DAY };

test("a memo opens, and has the same size for every channel and day", () => {
  for (const note of [NOTE, { channel: "z".repeat(28), day: "2000-01-01" }, { channel: "inspection", day: "2199-12-31" }]) {
    const sealed = memo.seal(note, KEY, BOUND);
    assert.equal(sealed.length, memo.SIZE);
    assert.deepEqual(memo.unseal(sealed, KEY, BOUND), note);
  }
});

test("two memos with the same content differ", () => {
  assert.notEqual(toHex(memo.seal(NOTE, KEY, BOUND)), toHex(memo.seal(NOTE, KEY, BOUND)));
});

test("a memo with a flipped bit does not open", () => {
  const sealed = memo.seal(NOTE, KEY, BOUND);
  for (let at = 0; at < memo.SIZE; at += 1) assert.throws(() => memo.unseal(flipped(sealed, at), KEY, BOUND), Tampered);
});

test("a memo of another case does not open", () => {
  const sealed = memo.seal(NOTE, KEY, BOUND);
  assert.throws(() => memo.unseal(sealed, KEY, { ...BOUND, caseId: noise(32, 4) }), Tampered);
});

test("an invalid channel id is neither sealed nor returned", () => {
  for (const channel of ["", "A", "-a", "a b", "a".repeat(29), "é"]) {
    assert.throws(() => memo.seal({ channel, day: DAY }, KEY, BOUND), Malformed);
  }
  for (const plain of ["", "A", "a\0b", "é"]) {
    const nonce = noise(12);
    const padded = concat([new Uint8Array([0, 0, 80, 0]), utf8(plain), new Uint8Array(28)]).subarray(0, 32);
    const cipher = chacha20poly1305(KEY, nonce, concat([BOUND.deployment, BOUND.caseId]));
    assert.throws(() => memo.unseal(concat([nonce, cipher.encrypt(padded)]), KEY, BOUND), Malformed);
  }
});

test("an invalid day is not sealed", () => {
  for (const day of ["", "1999-12-31", "2200-01-01", "2026-02-30", "2026-11-24T00:00:00Z"]) {
    assert.throws(() => memo.seal({ channel: "a", day }, KEY, BOUND), Malformed);
  }
});
