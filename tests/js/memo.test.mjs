/** memo.js beyond the vectors. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { chacha20poly1305 } from "@noble/ciphers/chacha.js";
import { concat, utf8 } from "../../portal/scripts/bytes.js";
import { Malformed, Tampered } from "../../portal/scripts/errors.js";
import * as memo from "../../portal/scripts/memo.js";
import { flipped, noise, toHex } from "./helpers.mjs";

const KEY = noise(32);
const BOUND = { deployment: noise(16, 2), caseId: noise(32, 3) };

test("a memo has one size, whatever the channel, and opens", () => {
  for (const channel of ["a", "inspection", "z".repeat(32)]) {
    const sealed = memo.seal(channel, KEY, BOUND);
    assert.equal(sealed.length, memo.SIZE);
    assert.equal(memo.unseal(sealed, KEY, BOUND), channel);
  }
});

test("two memos of one channel differ", () => {
  assert.notEqual(toHex(memo.seal("a", KEY, BOUND)), toHex(memo.seal("a", KEY, BOUND)));
});

test("no flipped bit opens", () => {
  const sealed = memo.seal("a", KEY, BOUND);
  for (let at = 0; at < memo.SIZE; at += 1) assert.throws(() => memo.unseal(flipped(sealed, at), KEY, BOUND), Tampered);
});

test("a memo of another case does not open", () => {
  const sealed = memo.seal("a", KEY, BOUND);
  assert.throws(() => memo.unseal(sealed, KEY, { ...BOUND, caseId: noise(32, 4) }), Tampered);
});

test("what is no channel id is neither sealed nor returned", () => {
  for (const channel of ["", "A", "-a", "a b", "a".repeat(33), "é"]) {
    assert.throws(() => memo.seal(channel, KEY, BOUND), Malformed);
  }
  for (const plain of ["", "A", "a\0b", "é"]) {
    const nonce = noise(12);
    const padded = concat([utf8(plain), new Uint8Array(32)]).subarray(0, 32);
    const cipher = chacha20poly1305(KEY, nonce, concat([BOUND.deployment, BOUND.caseId]));
    assert.throws(() => memo.unseal(concat([nonce, cipher.encrypt(padded)]), KEY, BOUND), Malformed);
  }
});
