/** recipients.js: a poisoned public key is refused when it is read. */

import assert from "node:assert/strict";
import { before, test } from "node:test";
import { bech32 } from "@scure/base";
import { identityToRecipient } from "age-encryption";
import { Malformed } from "../../portal/scripts/errors.js";
import * as recipients from "../../portal/scripts/recipients.js";
import { hex, noise, toHex } from "./helpers.mjs";

const IDENTITY = bech32.encodeFromBytes("AGE-SECRET-KEY-PQ-", noise(32)).toUpperCase();
let text = "";
before(async () => (text = await identityToRecipient(IDENTITY)));

/** @param {Uint8Array} raw */
const written = (raw, prefix = "age1pq") => bech32.encode(/** @type {any} */ (prefix), bech32.toWords(raw), false);

// RFC 7748 and its errata: the points that give zero with every secret, and two that are not reduced.
const SMALL = [
  "0000000000000000000000000000000000000000000000000000000000000000",
  "0100000000000000000000000000000000000000000000000000000000000000",
  "e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800",
  "5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157",
  "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
  "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
  "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
  "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
];

test("a valid recipient is read, and has an id", () => {
  const raw = recipients.parse(text);
  assert.equal(raw.length, recipients.RAW);
  assert.equal(written(raw), text);
  assert.equal(recipients.keyId(raw).length, recipients.KEY_ID);
});

test("a text that is not a recipient is refused", () => {
  const raw = recipients.rawRecipient(text);
  for (const other of [
    "", text.toUpperCase(), text.slice(0, -1), `${text}q`, ` ${text}`, text.replace("q", "z"), IDENTITY,
    written(raw.subarray(1)), written(raw, "age"), written(raw, "age1tagpq"), `A${text.slice(1)}`,
  ]) {
    assert.throws(() => recipients.parse(other), Malformed);
    assert.throws(() => recipients.rawRecipient(other), Malformed);
  }
});

for (const point of SMALL) {
  test(`a point of small order is refused: ${point}`, () => {
    assert.equal(recipients.isSmallOrder(hex(point)), true);
    const raw = recipients.rawRecipient(text).slice();
    raw.set(hex(point), 1_184);
    assert.throws(() => recipients.parse(written(raw)), Malformed);
    assert.equal(toHex(recipients.rawRecipient(written(raw))), toHex(raw));
  });
}

test("ordinary points are not of small order", () => {
  for (let seed = 1; seed <= 50; seed += 1) assert.equal(recipients.isSmallOrder(noise(32, seed)), false);
});

test("a coefficient that is not reduced is refused, wherever it is encoded", () => {
  for (const [at, ...bytes] of [[0, 0x01, 0x0d], [1, 0x10, 0xd0], [1_149, 0xff, 0xff], [1_150, 0xff, 0xff]]) {
    const raw = recipients.rawRecipient(text).slice();
    raw.set(bytes, at);
    assert.throws(() => recipients.parse(written(raw)), Malformed);
  }
});

test("the largest reduced coefficient is accepted", () => {
  const raw = recipients.rawRecipient(text).slice();
  raw.set([0x00, 0x0d, 0xd0]);
  assert.deepEqual(recipients.parse(written(raw)), raw);
});
