/** age.js: sealed envelopes open, and changed ones do not. */

import assert from "node:assert/strict";
import { before, test } from "node:test";
import { chacha20poly1305 } from "@noble/ciphers/chacha.js";
import { hkdf } from "@noble/hashes/hkdf.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { bech32 } from "@scure/base";
import { Decrypter, Encrypter, identityToRecipient } from "age-encryption";
import * as age from "../../portal/scripts/age.js";
import { concat, utf8 } from "../../portal/scripts/bytes.js";
import { Malformed, NotForUs, outcome, Tampered, Truncated } from "../../portal/scripts/errors.js";
import { collect, flipped, hex, noise } from "./helpers.mjs";

/** @param {number} seed */
const identity = (seed) => bech32.encodeFromBytes("AGE-SECRET-KEY-PQ-", noise(32, seed)).toUpperCase();
const IDENTITY = identity(1);
const BODY = age.ENVELOPE_HEADER + 16;
let recipient = "";
before(async () => (recipient = await identityToRecipient(IDENTITY)));

/** @param {Uint8Array} plain */
const sealed = (plain) => collect(age.seal([plain], recipient));

for (const size of [0, 1, 1_000, age.CHUNK - 1, age.CHUNK, age.CHUNK + 1, 3 * age.CHUNK]) {
  test(`a sealed envelope of ${size} bytes opens here and with the library`, async () => {
    const plain = noise(size);
    const envelope = await sealed(plain);
    assert.equal(envelope.length, age.sealedSize(size));
    assert.deepEqual(await age.unsealEnvelope(envelope, IDENTITY), plain);
    const decrypter = new Decrypter();
    decrypter.addIdentity(IDENTITY);
    assert.deepEqual(await decrypter.decrypt(envelope), plain);
  });
}

test("the plaintext may arrive in pieces of any size", async () => {
  const plain = noise(200_000);
  const pieces = [plain.subarray(0, 0), plain.subarray(0, 1), plain.subarray(1, 190_000), plain.subarray(190_000)];
  assert.deepEqual(await age.unsealEnvelope(await collect(age.seal(pieces, recipient)), IDENTITY), plain);
});

test("the header of an envelope is known before its content", async () => {
  const begun = await age.begin(recipient);
  const header = begun.header.slice();
  age.checkProfile(header);
  const envelope = await collect(begun.seal([noise(1_000)]));
  assert.deepEqual(envelope.subarray(0, age.ENVELOPE_HEADER), header);
  assert.deepEqual(await age.unsealEnvelope(envelope, IDENTITY), noise(1_000));
  assert.notDeepEqual((await age.begin(recipient)).header, header);
});

test("sealing reads its source only as fast as the caller takes the envelope", async () => {
  let read = 0;
  async function* source() {
    for (; ; read += 1) yield noise(age.CHUNK);
  }
  const sealing = age.seal(source(), recipient);
  for (let taken = 0; taken < 10; taken += 1) await sealing.next();
  assert.ok(read < 15, `read ${read} chunks`);
  await sealing.return();
});

test("a caller that stops early also stops the source", async () => {
  let stopped = false;
  async function* source() {
    try {
      for (;;) yield noise(age.CHUNK);
    } finally {
      stopped = true;
    }
  }
  let taken = 0;
  for await (const piece of age.seal(source(), recipient)) if ((taken += piece.length) > 3 * age.CHUNK) break;
  assert.equal(stopped, true);
});

test("an error of the source reaches the caller unchanged", async () => {
  const fault = new RangeError("the disk was taken out");
  async function* source() {
    yield noise(10);
    throw fault;
  }
  await assert.rejects(collect(age.seal(source(), recipient)), fault);
});

test("a recipient that is not hybrid is refused before anything is read", async () => {
  for (const other of ["age1zvkyg2lqzraa2lnjvqej32nkuu0ues2s82hzrye869xeexvn73equnujwj", "", recipient.slice(1)]) {
    await assert.rejects(collect(age.seal([noise(1)], other)), Malformed);
  }
});

test("two envelopes of the same plaintext have different bytes but the same length", async () => {
  const [one, other] = await Promise.all([sealed(noise(100)), sealed(noise(100))]);
  assert.notDeepEqual(one.subarray(BODY), other.subarray(BODY));
  assert.equal(one.length, other.length);
});

test("a wrong identity is distinguished from a changed envelope", async () => {
  const envelope = await sealed(noise(100));
  await assert.rejects(age.unsealEnvelope(envelope, identity(2)), NotForUs);
  await assert.rejects(age.unsealEnvelope(flipped(envelope, BODY), IDENTITY), Tampered);
  await assert.rejects(age.unsealEnvelope(flipped(envelope, age.ENVELOPE_HEADER), IDENTITY), Tampered);
});

test("a header with a flipped bit is refused", async () => {
  const envelope = await sealed(noise(100));
  for (let at = 0; at < age.ENVELOPE_HEADER; at += 31) {
    const opening = age.unsealEnvelope(flipped(envelope, at), IDENTITY);
    await assert.rejects(opening, (error) => outcome(error) !== "truncated");
  }
});

test("reordered, missing, repeated or truncated chunks are refused", async () => {
  const envelope = await sealed(noise(3 * age.CHUNK));
  const chunk = age.CHUNK + 16;
  const [head, a, b, c] = [0, BODY, BODY + chunk, BODY + 2 * chunk, BODY + 3 * chunk].map(
    (from, at, all) => envelope.subarray(from, all[at + 1]),
  );
  assert.ok(head && a && b && c);
  for (const [parts, kind] of /** @type {[Uint8Array[], any][]} */ ([
    [[head, b, a, c], Tampered],
    [[head, a, c], Tampered],
    [[head, a, a, b, c], Tampered],
    [[head, a, b, c, c], Tampered],
    [[head, a, b, c, Uint8Array.of(0)], Tampered],
    [[head, a, b], Truncated],
    [[head, a, b, c.subarray(0, 15)], Truncated],
    [[head], Truncated],
    [[head.subarray(0, BODY - 1)], Truncated],
    [[head, a, b, c.subarray(0, 1_000)], Tampered],
    [[head.subarray(0, age.ENVELOPE_HEADER - 1)], Malformed],
  ])) {
    await assert.rejects(age.unsealEnvelope(concat(parts), IDENTITY), (error) => error instanceof kind
      && (kind !== Tampered || !(error instanceof Truncated)));
  }
});

test("an empty last chunk after a full one is refused, because no correct program writes it", async () => {
  const envelope = await sealed(noise(10));
  const decrypter = new Decrypter();
  decrypter.addIdentity(IDENTITY);
  const fileKey = await decrypter.decryptHeader(envelope.slice(0, age.ENVELOPE_HEADER));
  const start = envelope.subarray(0, BODY);
  const key = hkdf(sha256, fileKey, start.subarray(-16), utf8("payload"), 32);
  /** @param {Uint8Array} plain @param {number} counter @param {number} mark */
  const chunk = (plain, counter, mark) => {
    const nonce = Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, counter, mark);
    return chacha20poly1305(key, nonce).encrypt(plain);
  };
  const full = noise(age.CHUNK);
  const whole = concat([start, chunk(full, 0, 1)]);
  assert.deepEqual(await age.unsealEnvelope(whole, IDENTITY), full, "the control: without the empty chunk");
  const odd = concat([start, chunk(full, 0, 0), chunk(noise(0), 1, 1)]);
  await assert.rejects(age.unsealEnvelope(odd, IDENTITY), Tampered);
});

test("an envelope must have one hybrid stanza and no other", async () => {
  const sealedWith = async (/** @type {string[]} */ ...to) => {
    const encrypter = new Encrypter();
    to.forEach((each) => encrypter.addRecipient(each));
    return encrypter.encrypt(noise(4_000));
  };
  age.checkProfile(await sealedWith(recipient));
  const classic = "age1zvkyg2lqzraa2lnjvqej32nkuu0ues2s82hzrye869xeexvn73equnujwj";
  for (const to of [[classic], [recipient, recipient], [recipient, classic], [classic, recipient]]) {
    const envelope = await sealedWith(...to);
    assert.throws(() => age.checkProfile(envelope), Malformed);
    await assert.rejects(age.unsealEnvelope(envelope, IDENTITY), Malformed);
  }
  assert.throws(() => age.checkProfile(noise(5_000)), Malformed);
});

test("an envelope with a share of small order is malformed for every identity", async () => {
  const envelope = await sealed(noise(100));
  const [, share = ""] = /mlkem768x25519 (\S+)/.exec(Buffer.from(envelope).toString("latin1")) ?? [];
  const poisoned = Buffer.from(share, "base64");
  poisoned.set(hex("00".repeat(32)), 1_088);
  envelope.set(Buffer.from(poisoned.toString("base64").replace(/=+$/, "")), 22 + 3 + 15);
  await assert.rejects(age.unsealEnvelope(envelope, IDENTITY), Malformed);
});
