/** Tests of messages.js in addition to the vectors: a message's files, and the channel, case and key it names. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { Malformed, outcome, Tampered } from "../../portal/scripts/errors.js";
import * as messages from "../../portal/scripts/messages.js";
import * as signing from "../../portal/scripts/signing.js";
import * as slots from "../../portal/scripts/slot.js";
import { flipped, noise } from "./helpers.mjs";

const DEPLOYMENT = noise(16);
const SEED = noise(32, 2);
const KEY = signing.publicKey(SEED);
const FILE = { number: 1, name: "", type: "image/jpeg", size: 3, digest: noise(32, 3) };
const FOLLOW_UP = {
  channel: "inspection",
  key_id: noise(16, 4),
  case_id: noise(32, 5),
  id: noise(16, 6),
  seen: 0,
  keyring: { serial: 1, hash: noise(32, 7) },
  text: "Encore une chose…",
  files: [FILE],
  written: "2026-11-24",
};

/** @param {readonly import("../../portal/scripts/container.js").File[]} files that the container holds */
const open = (files, followUp = FOLLOW_UP) => {
  const message = messages.FOLLOW_UP.encode(followUp);
  const signature = signing.sign(signing.Label.FOLLOW_UP, DEPLOYMENT, message, SEED);
  return messages.openFollowUp(DEPLOYMENT, { files: [...files], message, signature }, KEY);
};

test("a message opens with exactly the files that it lists", () => {
  assert.deepEqual(open([FILE]), FOLLOW_UP);
});

test("a message with a wrong number or size of files is malformed", () => {
  for (const files of [[], [FILE, { ...FILE, number: 2 }], [{ ...FILE, size: 4 }], [{ ...FILE, number: 2 }]]) {
    assert.throws(() => open(files), Malformed);
  }
});

test("a file with other content counts as tampered with", () => {
  assert.throws(() => open([{ ...FILE, digest: flipped(FILE.digest, 31) }]), Tampered);
});

test("a slot with files is refused", () => {
  const message = slots.SLOT.encode({
    channel: "inspection", case_id: noise(32), serial: 1, issued: "2026-11-24", next_by: "2026-12-08",
    status: "received", measures_disclosed: [], earlier: 0, messages: [], received: { count: 0, ids: [] },
  });
  const signature = signing.sign(signing.Label.SLOT, DEPLOYMENT, message, SEED);
  assert.equal(slots.openSlot(DEPLOYMENT, { files: [], message, signature }, KEY).serial, 1);
  assert.throws(() => slots.openSlot(DEPLOYMENT, { files: [FILE], message, signature }, KEY), Malformed);
});

test("a message that names another channel, case or key counts as tampered with", () => {
  const { channel, case_id, key_id } = FOLLOW_UP;
  for (const expected of [{}, { channel }, { case_id }, { key_id }, { channel, case_id, key_id }]) {
    messages.checkNames(FOLLOW_UP, expected);
  }
  for (const expected of [{ channel: "other" }, { case_id: noise(32) }, { key_id: noise(16) }]) {
    assert.throws(() => messages.checkNames(FOLLOW_UP, expected), (error) => outcome(error) === "tampered");
  }
  assert.throws(() => messages.checkNames({ channel, case_id }, { key_id }), Tampered);
});

test("a slot lists at most 16 follow-ups and a thousand measures", () => {
  const slot = (/** @type {number} */ ids, measures = 0) => slots.SLOT.encode({
    channel: "inspection", case_id: noise(32), serial: 1, issued: "2026-11-24", next_by: "2026-12-08",
    status: "received", measures_disclosed: Array(measures).fill("audit"), earlier: 0, messages: [],
    received: { count: ids, ids: Array(ids).fill(noise(8)) },
  });
  assert.equal(slots.SLOT.parse(slot(16, 1_000)).received.count, 16);
  assert.throws(() => slot(17), Malformed);
  assert.throws(() => slot(0, 1_001), Malformed);
});

test("members beyond their limits are not written", () => {
  for (const change of [{ seen: -1 }, { channel: "Upper" }, { written: "2026-02-30" }, { text: "x".repeat(200_001) },
    { files: [{ ...FILE, name: "x".repeat(256) }] }, { id: noise(15) }]) {
    assert.throws(() => messages.FOLLOW_UP.encode({ ...FOLLOW_UP, ...change }), Malformed);
  }
});
