/** media*.js: films, sound and pictures made of boxes are cleaned like their Python twin does, or refused. */

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { concat } from "../../portal/scripts/bytes.js";
import { streamed } from "../../portal/scripts/blobs.js";
import { Malformed } from "../../portal/scripts/errors.js";
import * as media from "../../portal/scripts/media.js";
import { inspect } from "../../portal/scripts/metadata.js";
import { patched } from "../../portal/scripts/patches.js";
import { noise } from "./helpers.mjs";

const VECTORS = JSON.parse(readFileSync(new URL("../vectors/media/files.json", import.meta.url), "utf8"));

/** @param {string} text */
const bytes = (text) => new Uint8Array(Buffer.from(text, "base64"));

/** @param {string} id */
const file = (id) => bytes(VECTORS.find((/** @type {{ id: string }} */ each) => each.id === id).file);

/** @param {Blob} blob */
async function cleaned(blob) {
  const { patches, ...told } = await media.clean(blob, streamed(blob));
  const parts = [];
  for await (const piece of patched(streamed(blob), patches)) parts.push(piece.slice());
  return { ...told, bytes: concat(parts) };
}

for (const { id, file: before, clean: after, staying, refused } of VECTORS) {
  test(`${refused ? "refused" : "cleaned"}: ${id}`, async () => {
    const blob = new Blob([bytes(before)]);
    if (refused) await assert.rejects(cleaned(blob), Malformed);
    else {
      const made = await cleaned(blob);
      assert.deepEqual([Buffer.from(made.bytes).toString("base64"), made.staying], [after, staying]);
    }
  });
}

test("a cleaned file has nothing left to clean", async () => {
  for (const { clean } of VECTORS) {
    if (!clean) continue;
    const { bytes: again, findings } = await cleaned(new Blob([bytes(clean)]));
    assert.equal(Buffer.from(again).toString("base64"), clean);
    assert.deepEqual(findings.filter(({ code }) => !["found-profile", "found-trailer"].includes(code)), []);
  }
});

test("what is removed is listed", async () => {
  const { findings } = await cleaned(new Blob([file("a film with notes in every box")]));
  const told = findings.map(({ code, value }) => `${code} ${value}`);
  const expected = ["found-place +48.8534+002.3488/", "found-day 2026-03-05", "found-device Zorglub", "found-text Zorglub",
    "found-person Zorglub", "found-program Zorglub encoder"];
  assert.deepEqual(expected.filter((each) => !told.includes(each)), []);
});

test("the page hashes what it will send, and knows what a refused file is", async () => {
  const whole = await inspect(new Blob([file("pictures with notes")]));
  assert.deepEqual([whole.kind, whole.broken, whole.file.patches.length], ["image/heic", false, 0]);
  const again = await inspect(new Blob([(await cleaned(whole.file.blob)).bytes]));
  assert.deepEqual(again.file.digest, whole.clean?.digest);
  assert.notDeepEqual(again.file.digest, whole.file.digest);
  const fragments = await inspect(new Blob([file("fragments")]));
  assert.deepEqual([fragments.kind, fragments.broken, fragments.clean], ["video/mp4", true, null]);
});

test("a film of which a byte is changed is cleaned or refused, without another error", async () => {
  const film = file("a film with notes in every box");
  for (let at = 0; at < film.length; at += 3) {
    const changed = film.slice();
    changed[at] = Number(changed[at]) ^ (1 << at % 8);
    await inspect(new Blob([changed]));
  }
});

test("truncated and random files are refused without another error", async () => {
  const album = file("pictures with notes");
  for (let size = 12; size < album.length; size += 7) await inspect(new Blob([album.subarray(0, size)]));
  for (let seed = 1; seed < 20; seed += 1) {
    const { broken } = await inspect(new Blob([album.subarray(0, 28), noise(3_000, seed)]));
    assert.ok(broken);
  }
});

/** @param {number} size @param {string} type @param {...Uint8Array} parts */
function box(size, type, ...parts) {
  const head = new Uint8Array(8);
  new DataView(head.buffer).setUint32(0, size);
  head.set(Buffer.from(type, "latin1"), 4);
  return concat([head, ...parts]);
}

/** Return a film with more notes at the end of its `moov`. @param {Uint8Array} film @param {Uint8Array} notes */
function withNotes(film, notes) {
  const at = Buffer.from(film).indexOf("moov") - 4;
  const size = new DataView(film.buffer, film.byteOffset).getUint32(at);
  const moov = box(size + notes.length, "moov", film.subarray(at + 8, at + size), notes);
  return concat([film.subarray(0, at), moov, film.subarray(at + size)]);
}

test("a million boxes and a nest of ten thousand boxes are refused or passed over in time", async () => {
  const start = process.cpuUsage();
  const head = box(16, "ftyp", Buffer.from("mp42\0\0\0\0"));
  const many = new Uint8Array(8_000_000);
  for (let at = 0; at < many.length; at += 8) many.set([0, 0, 0, 8, 0x66, 0x72, 0x65, 0x65], at);
  assert.ok((await inspect(new Blob([head, many]))).broken);
  const nest = Array.from({ length: 10_000 }, (_, depth) => box(8 * (10_000 - depth), "udta"));
  assert.ok((await inspect(new Blob([head, concat(nest)]))).broken);
  const film = file("a film with notes in every box");
  assert.ok(!(await inspect(new Blob([film, concat(nest)]))).broken);
  assert.ok((await inspect(new Blob([film, many]))).broken);
  const boxes = many.subarray(0, 480_000);
  const notes = box(8 + 8 + 4 + boxes.length, "udta", box(8 + 4 + boxes.length, "meta", new Uint8Array(4), boxes));
  assert.ok(!(await inspect(new Blob([withNotes(film, concat([notes, notes, notes]))]))).broken);
  const { user, system } = process.cpuUsage(start);
  assert.ok(user + system < 20e6);
});
