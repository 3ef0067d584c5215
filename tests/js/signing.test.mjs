/** Tests of signing.js in addition to the vectors: curve points that only a strict verifier refuses. */

import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";
import { ed25519 } from "@noble/curves/ed25519.js";
import { concat } from "../../portal/scripts/bytes.js";
import { Malformed, Tampered } from "../../portal/scripts/errors.js";
import { fingerprint, isSound, Label, publicKey, sign, verify } from "../../portal/scripts/signing.js";
import { flipped, hex, noise, toHex } from "./helpers.mjs";

const SEED = noise(32);
const KEY = publicKey(SEED);
const DEPLOYMENT = noise(16, 2);
const FILE = noise(100, 3);
const ORDER_8 = ed25519.Point.fromBytes(hex("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05"));

test("a signature is valid only for its label, deployment, file and key", () => {
  const signature = sign(Label.REPORT, DEPLOYMENT, FILE, SEED);
  verify(Label.REPORT, DEPLOYMENT, FILE, signature, KEY);
  const other = publicKey(noise(32, 4));
  assert.throws(() => verify(Label.SLOT, DEPLOYMENT, FILE, signature, KEY), Tampered);
  assert.throws(() => verify(Label.REPORT, flipped(DEPLOYMENT, 0), FILE, signature, KEY), Tampered);
  assert.throws(() => verify(Label.REPORT, DEPLOYMENT, flipped(FILE, 0), signature, KEY), Tampered);
  assert.throws(() => verify(Label.REPORT, DEPLOYMENT, FILE, signature, other), Tampered);
});

test("a signature with a flipped bit is refused", () => {
  const signature = sign(Label.REPORT, DEPLOYMENT, FILE, SEED);
  for (let at = 0; at < 64; at += 1) {
    assert.throws(() => verify(Label.REPORT, DEPLOYMENT, FILE, flipped(signature, at), KEY), Tampered);
  }
});

test("a signature, key, seed or deployment id of the wrong length is malformed", () => {
  const signature = sign(Label.REPORT, DEPLOYMENT, FILE, SEED);
  assert.throws(() => verify(Label.REPORT, DEPLOYMENT, FILE, signature.subarray(1), KEY), Malformed);
  assert.throws(() => verify(Label.REPORT, DEPLOYMENT, FILE, signature, KEY.subarray(1)), Malformed);
  assert.throws(() => verify(Label.REPORT, DEPLOYMENT.subarray(1), FILE, signature, KEY), Malformed);
  assert.throws(() => sign(Label.REPORT, DEPLOYMENT, FILE, SEED.subarray(1)), Malformed);
  assert.throws(() => publicKey(SEED.subarray(1)), Malformed);
});

test("a key of small or mixed order, or in non-canonical form, is refused", () => {
  assert.equal(isSound(KEY), true);
  assert.equal(isSound(ORDER_8.toBytes()), false);
  assert.equal(isSound(ed25519.Point.fromBytes(KEY).add(ORDER_8).toBytes()), false);
  assert.equal(isSound(hex(`01${"00".repeat(30)}80`)), false);
  assert.equal(isSound(hex(`ee${"ff".repeat(30)}7f`)), false);
  assert.equal(isSound(KEY.subarray(1)), false);
});

for (const [name, point] of /** @type {const} */ ([["of order 8", ORDER_8], ["zero", ed25519.Point.ZERO]])) {
  test(`a signature with R ${name} is refused, although the library accepts it`, () => {
    // S is k·a, so the equation holds after multiplication by the cofactor. Only R reveals the forgery.
    const { scalar, pointBytes } = ed25519.utils.getExtendedPublicKey(SEED);
    const { Fn } = ed25519.Point;
    const message = concat([new TextEncoder().encode(`${Label.REPORT}\0`), DEPLOYMENT, FILE]);
    const hash = createHash("sha512").update(concat([point.toBytes(), pointBytes, message])).digest();
    const s = Fn.toBytes(Fn.create(BigInt(`0x${toHex(hash.reverse())}`) * scalar));
    const signature = concat([point.toBytes(), s]);
    assert.equal(ed25519.verify(signature, message, KEY, { zip215: false }), true, "the control: the library accepts it");
    assert.throws(() => verify(Label.REPORT, DEPLOYMENT, FILE, signature, KEY), Tampered);
  });
}

test("a fingerprint has eight groups of four characters", () => {
  assert.match(fingerprint(KEY), /^([A-Z2-7]{4} ){7}[A-Z2-7]{4}$/);
  assert.notEqual(fingerprint(KEY), fingerprint(flipped(KEY, 31)));
});
