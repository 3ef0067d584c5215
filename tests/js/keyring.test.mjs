/** What the vectors do not test of keyring.js: which key it chooses, and which keyrings it refuses. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { Malformed } from "../../portal/scripts/errors.js";
import * as keyring from "../../portal/scripts/keyring.js";
import * as signing from "../../portal/scripts/signing.js";
import { noise } from "./helpers.mjs";

/** @param {string} not_before @param {string} not_after */
const key = (not_before, not_after) => ({ id: noise(16), recipient: "", not_before, not_after });
const OLD = key("2026-01-01", "2026-03-31");
const NEW = key("2026-03-01", "2026-06-30");
const TEXTS = { fr: "", en: "" };
const CHANNEL = { id: "inspection", name: TEXTS, note: TEXTS, intake_keys: [NEW, OLD], reply_keys: [] };
const KEYRING = {
  deployment: noise(16),
  serial: 4,
  issued: "2026-02-01",
  valid_until: "2026-03-07",
  name: TEXTS,
  channels: [CHANNEL],
  questionnaire: { id: "customs", version: 1, hash: noise(32) },
  receipt_keys: [],
};

test("a keyring signed for one deployment that names another is refused", () => {
  const seed = noise(32, 2);
  const trusted = { rootKey: signing.publicKey(seed), deployment: noise(16) };
  const open = (/** @type {Uint8Array} */ deployment) => {
    const raw = keyring.KEYRING.encode({ ...KEYRING, deployment, channels: [] });
    const signature = signing.sign(signing.Label.KEYRING, trusted.deployment, raw, seed);
    return keyring.openKeyring(raw, signature, trusted);
  };
  assert.equal(open(trusted.deployment).serial, KEYRING.serial);
  assert.throws(() => open(noise(16, 3)), Malformed);
});

test("the newest valid key is used, from its first to its last day", () => {
  /** @type {[string, unknown][]} */
  const days = [["2025-12-31", null], ["2026-01-01", OLD], ["2026-02-28", OLD], ["2026-03-01", NEW],
    ["2026-06-30", NEW], ["2026-07-01", null]];
  for (const [today, expected] of days) assert.equal(keyring.intakeKey(CHANNEL, today), expected);
});

test("a channel is found by its id", () => {
  assert.equal(keyring.channel(KEYRING, "inspection"), CHANNEL);
  assert.equal(keyring.channel(KEYRING, "other"), null);
});

test("a keyring is valid from its day of issue to its last day", () => {
  for (const today of ["2026-02-01", "2026-03-07"]) keyring.checkDay(KEYRING, today);
  assert.throws(() => keyring.checkDay(KEYRING, "2026-01-31"), keyring.ClockBehind);
  assert.throws(() => keyring.checkDay(KEYRING, "2026-03-08"), keyring.KeyringExpired);
});

test("a keyring with a lower serial than one seen before is refused", () => {
  for (const known of [0, 3, 4]) keyring.checkSerial(KEYRING, known);
  assert.throws(() => keyring.checkSerial(KEYRING, 5), keyring.KeyringOlder);
});

test("a channel is closed since the day after its last key, if it has such a key", () => {
  const next = key("2026-09-01", "2026-11-30");
  /** @type {[typeof OLD[], string | null][]} */
  const cases = [[[NEW, OLD], "2026-07-01"], [[OLD, next], "2026-04-01"], [[next], null], [[], null]];
  for (const [intake_keys, expected] of cases) {
    assert.equal(keyring.closedSince({ ...CHANNEL, intake_keys }, "2026-07-15"), expected);
  }
});
