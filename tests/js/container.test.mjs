/** container.js and archive.js beyond the vectors: containers are written while their files are read. */

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import * as archive from "../../portal/scripts/archive.js";
import { utf8 } from "../../portal/scripts/bytes.js";
import * as container from "../../portal/scripts/container.js";
import { Malformed, outcome } from "../../portal/scripts/errors.js";
import * as padding from "../../portal/scripts/padding.js";
import { collect, flipped, noise, toHex } from "./helpers.mjs";

const SIGNATURE = noise(64, 64);
const FILES = [noise(0), noise(1), noise(511), noise(512), noise(70_001)];

/** @param {readonly Uint8Array[]} digests */
const message = (digests) => utf8(JSON.stringify(digests.map(toHex)));

/** @param {readonly Uint8Array[]} files */
const written = (files, padded = padding.bucket) => container.write(
  files.map((file) => ({ size: file.length, pieces: [file] })), message, () => SIGNATURE, padded,
);

test("a written container is read unchanged, and its size is known in advance", async () => {
  const whole = await collect(written(FILES));
  const { files, message: text, signature } = await container.read(whole);
  assert.deepEqual(files.map(({ number, size }) => [number, size]), FILES.map((file, at) => [at + 1, file.length]));
  assert.deepEqual(text, message(files.map((file) => file.digest)));
  assert.deepEqual(signature, SIGNATURE);
  assert.equal(whole.length, container.size(FILES.map((file) => file.length), text.length));
});

test("stock tar reads our containers", async () => {
  const folder = mkdtempSync(join(tmpdir(), "container-"));
  try {
    execFileSync("tar", ["xf", "-", "-C", folder], { input: await collect(written(FILES)) });
    assert.deepEqual(new Uint8Array(readFileSync(join(folder, "files/05"))), FILES[4]);
    assert.deepEqual(new Uint8Array(readFileSync(join(folder, "message.sig"))), SIGNATURE);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test("a container is written in pieces of at most 64 KiB", async () => {
  for await (const piece of written(FILES)) assert.ok(piece.length <= 65_536);
});

test("the digest of a file is the digest of the digests of its pieces of 1 MiB", async () => {
  const sha256 = (/** @type {Uint8Array} */ data) => createHash("sha256").update(data).digest();
  const digest = async (/** @type {Uint8Array} */ data, /** @type {number} */ step) => {
    const made = new container.FileDigest(data.length);
    for (let at = 0; at < data.length; at += step) await made.update(data.subarray(at, at + step));
    return made.digest();
  };
  const small = noise(100_000);
  assert.deepEqual(Buffer.from(await digest(small, 777)), sha256(sha256(small)));
  assert.deepEqual(Buffer.from(await digest(noise(0), 1)), sha256(Buffer.alloc(0)));
  const large = new Uint8Array(container.PIECE + 1).fill(7);
  const pieces = [large.subarray(0, container.PIECE), large.subarray(container.PIECE)].map(sha256);
  assert.deepEqual(Buffer.from(await digest(large, 700_001)), sha256(Buffer.concat(pieces)));
  const exact = large.subarray(0, container.PIECE);
  assert.deepEqual(Buffer.from(await digest(exact, 9_999_999)), sha256(sha256(exact)));
});

for (const [name, pieces] of /** @type {[string, Uint8Array[]][]} */ ([
  ["shrank", [noise(9)]],
  ["grew", [noise(10), noise(1)]],
  ["disappeared", []],
])) {
  test(`a file that ${name} during writing stops it with an error that gives its number`, async () => {
    const sources = [{ size: 1, pieces: [noise(1)] }, { size: 10, pieces }];
    const writing = container.write(sources, message, () => SIGNATURE);
    await assert.rejects(collect(writing), { code: "file-changed", number: 2 });
  });
}

test("a hundredth file is refused, because names have two digits", async () => {
  await collect(written(Array.from({ length: 99 }, () => noise(0))));
  await assert.rejects(collect(written(Array.from({ length: 100 }, () => noise(0)))), Malformed);
});

test("a message that is too large for readers is not written, and its size is refused in advance", async () => {
  const most = container.LARGEST_MESSAGE;
  const saying = (/** @type {number} */ size) => container.write([], () => noise(size), () => SIGNATURE);
  assert.equal((await collect(saying(most))).length, container.size([], most));
  await assert.rejects(collect(saying(most + 1)), Malformed);
  assert.throws(() => container.size([], most + 1), Malformed);
});

test("a slot has a fixed size, and a container of another size is not read as a slot", async () => {
  const slot = await collect(written([], padding.slot));
  assert.equal(slot.length, padding.SLOT);
  await container.read(slot, padding.slot);
  await assert.rejects(container.read(slot), Malformed);
  await assert.rejects(collect(written([noise(16_384)], padding.slot)), Malformed);
});

test("a container is refused wherever it is cut", async () => {
  const slot = await collect(written([noise(3)], padding.slot));
  for (let size = 0; size < slot.length; size += 511) {
    const cut = slot.subarray(0, size);
    const form = size % 512 || size < 5 * 1_024 ? "truncated" : "malformed";
    await assert.rejects(container.read(cut, padding.slot), (error) => outcome(error) === form, `${size} bytes`);
  }
});

test("a flipped bit is refused or visible in the files, the message or the signature", async () => {
  const whole = await collect(written([noise(3)], padding.slot));
  const { files, message: text, signature } = await container.read(whole, padding.slot);
  for (let at = 0; at < 4 * 1_024; at += 1) {
    const read = await container.read(flipped(whole, at), padding.slot).catch((error) => outcome(error));
    if (typeof read === "string") assert.ok(["malformed", "truncated"].includes(read));
    else assert.notDeepEqual([read.files, read.message, read.signature], [files, text, signature]);
  }
});

test("a header has room for names of 100 bytes and sizes below 8 GiB", () => {
  assert.equal(archive.header("a".repeat(100), 8 ** 11 - 1).length, archive.BLOCK);
  for (const [name, size] of /** @type {[string, number][]} */ ([["", 0], ["a".repeat(101), 0], ["é", 0], ["a\0b", 0],
    ["a", -1], ["a", 8 ** 11]])) {
    assert.throws(() => archive.header(name, size), Malformed);
  }
});
