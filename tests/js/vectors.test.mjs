/** The browser modules pass the vectors in tests/vectors/, like their Python counterparts. */

import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { identityToRecipient } from "age-encryption";
import * as age from "../../portal/scripts/age.js";
import * as archive from "../../portal/scripts/archive.js";
import * as casetoken from "../../portal/scripts/casetoken.js";
import { LISTS } from "../../portal/scripts/wordlists.js";
import * as challenges from "../../portal/scripts/challenge.js";
import * as container from "../../portal/scripts/container.js";
import { outcome } from "../../portal/scripts/errors.js";
import * as keyring from "../../portal/scripts/keyring.js";
import * as memo from "../../portal/scripts/memo.js";
import * as messages from "../../portal/scripts/messages.js";
import * as padding from "../../portal/scripts/padding.js";
import * as proofs from "../../portal/scripts/proof.js";
import * as signing from "../../portal/scripts/signing.js";
import * as slots from "../../portal/scripts/slot.js";
import * as strictjson from "../../portal/scripts/strictjson.js";
import * as work from "../../portal/scripts/work.js";
import { collect, hex, refusal, toHex } from "./helpers.mjs";

/** @typedef {Record<string, any>} Fields */
/** @typedef {{ id: string, comment: string, input: Fields, expect: string, output?: Fields }} Vector */

const FOLDER = new URL("../vectors/", import.meta.url);
/** @type {Record<string, (size: number) => number>} */
const RULES = { padme: padding.padme, report: padding.bucket, slot: padding.slot, sealed: age.sealedSize };

/**
 * For each topic: a function that takes the input of a vector, and returns its output or throws a refusal.
 * @type {Record<string, (input: Fields) => Fields | Promise<Fields>>}
 */
const TOPICS = {
  strictjson({ json }) {
    assert.deepEqual(strictjson.encode(strictjson.decode(hex(json))), hex(json));
    return {};
  },
  padding: ({ kind, size, sizes }) => ({ size: sizes ? container.archiveSize(sizes) : RULES[kind]?.(size) }),
  token: (input) => ("words" in input ? candidates(input.words) : derived(input)),
  signature({ label, deployment, file, signature, key, seed }) {
    signing.verify(label, hex(deployment), hex(file), hex(signature), hex(key));
    if (seed) assert.equal(toHex(signing.sign(label, hex(deployment), hex(file), hex(seed))), signature);
    return {};
  },
  container: opened,
  memo({ memo: sealed, memo_key: key, deployment, case_id }) {
    const bound = { deployment: hex(deployment), caseId: hex(case_id) };
    const note = memo.unseal(hex(sealed), hex(key), bound);
    assert.equal(toHex(memo.sealWith(hex(sealed).subarray(0, 12), note, hex(key), bound)), sealed);
    return note;
  },
  report(input) {
    const report = messages.openReport(hex(input.deployment), signed(input));
    messages.checkNames(report, { channel: input.channel, key_id: hex(input.key_id) });
    assert.deepEqual(messages.REPORT.encode(report), hex(input.message));
    return { case_id: toHex(report.case_id) };
  },
  "follow-up"(input) {
    const followUp = messages.openFollowUp(hex(input.deployment), signed(input), hex(input.author_key));
    const { channel, key_id, case_id } = input;
    messages.checkNames(followUp, { channel, key_id: hex(key_id), case_id: hex(case_id) });
    assert.deepEqual(messages.FOLLOW_UP.encode(followUp), hex(input.message));
    return { id: toHex(followUp.id) };
  },
  slot(input) {
    const slot = slots.openSlot(hex(input.deployment), signed(input), hex(input.reply_key));
    messages.checkNames(slot, { channel: input.channel, case_id: hex(input.case_id) });
    assert.deepEqual(slots.SLOT.encode(slot), hex(input.message));
    return { serial: slot.serial };
  },
  proof({ proof: raw, root_key, deployment }) {
    const found = proofs.openProof(hex(raw), { rootKey: hex(root_key), deployment: hex(deployment) });
    assert.deepEqual(proofs.PROOF.encode(proofs.PROOF.parse(hex(raw))), hex(raw));
    const { channel, not_before, not_after } = found.key;
    return { author: toHex(found.receipt.author), day: found.receipt.day, channel, not_before, not_after };
  },
  answer({ challenge, answer, author, deployment, author_seed }) {
    const expected = { asked: hex(challenge), author: hex(author), deployment: hex(deployment) };
    const { verifier, day } = challenges.check(hex(answer), expected);
    if (author_seed) {
      assert.equal(toHex(challenges.answer(hex(challenge), hex(author_seed), hex(deployment))), answer);
    }
    return { verifier, day };
  },
  keyring: keyringState,
  async work({ offer, ...input }) {
    if (offer) {
      const { seed, cost } = work.OFFER.parse(hex(offer));
      return { seed: toHex(seed), cost };
    }
    return "counter" in input ? { solved: await isSolved(input) } : { payment: await paymentFor(input) };
  },
  async seal({ envelope, identity }) {
    const plain = await age.unsealEnvelope(hex(envelope), identity);
    return { size: plain.length, sha256: toHex(new Uint8Array(await crypto.subtle.digest("SHA-256", plain))) };
  },
};

/** @param {Fields} input */
async function paymentFor({ header, seed, channel, size, class: sizeClass, cost }) {
  assert.equal(work.sizeClassOf(size), sizeClass);
  const headerHash = new Uint8Array(await crypto.subtle.digest("SHA-256", hex(header)));
  return work.solve({ seed: hex(seed), headerHash, channel, sizeClass, cost });
}

/**
 * Return whether the solver, which returns the lowest solution, finds this counter.
 * @param {Fields} input
 */
async function isSolved({ seed, header_hash, channel, class: sizeClass, cost, counter }) {
  const solution = await work.solve({ seed: hex(seed), headerHash: hex(header_hash), channel, sizeClass, cost });
  return solution.endsWith(`.${counter}`);
}

/** @param {string} text */
function candidates(text) {
  const found = Object.entries(casetoken.parse(text)).sort();
  return { candidates: found.map(([language, entropy]) => ({ language, entropy: toHex(entropy) })) };
}

/** @param {Fields} input */
async function derived({ entropy, deployment }) {
  const keys = await casetoken.derive(hex(entropy), hex(deployment));
  /** @param {casetoken.Language} language */
  const listed = (language) => casetoken.words(hex(entropy), LISTS[language]).join(" ").normalize("NFKD");
  return {
    words: { en: listed("en"), fr: listed("fr") },
    reply_identity: keys.replyIdentity,
    reply_recipient: await identityToRecipient(keys.replyIdentity),
    author_key: toHex(keys.authorKey),
    memo_key: toHex(keys.memoKey),
    withdraw_key: toHex(keys.withdrawKey),
    withdraw_id: toHex(keys.withdrawId),
    salt: toHex(keys.salt),
    locator: toHex(keys.locator),
    case_id: toHex(keys.caseId),
  };
}

/** @param {Fields} input */
async function opened(input) {
  const bytes = new Uint8Array(input.size);
  bytes.set(hex(input.container));
  const found = await container.read(bytes);
  const members = [...new archive.Reader(bytes)];
  const sources = members.slice(0, -2).map(({ size, data }) => ({ size, pieces: [data()] }));
  assert.deepEqual(await collect(container.write(sources, () => found.message, () => found.signature)), bytes);
  return {
    message: toHex(found.message),
    signature: toHex(found.signature),
    files: found.files.map((file) => ({ ...file, digest: toHex(file.digest) })),
  };
}

/** @param {Fields} input */
function signed({ message, signature }) {
  return { files: [], message: hex(message), signature: hex(signature) };
}

/** @param {Fields} input */
function keyringState({ keyring: raw, signature, root_key, deployment, today, known }) {
  const trusted = { rootKey: hex(root_key), deployment: hex(deployment) };
  const ring = keyring.openKeyring(hex(raw), hex(signature), trusted);
  assert.deepEqual(keyring.KEYRING.encode(ring), hex(raw));
  const refused = refusal(() => {
    keyring.checkDay(ring, today);
    keyring.checkSerial(ring, known ?? 0);
  });
  if (refused) return { state: refused.code };
  const channels = ring.channels.map((channel) => {
    const key = keyring.intakeKey(channel, today);
    return [channel.id, key && toHex(key.id)];
  });
  return { state: "valid", serial: ring.serial, channels: Object.fromEntries(channels) };
}

/**
 * @param {string} topic
 * @param {Vector} vector
 */
async function check(topic, { input, expect, output, comment }) {
  if (expect === "ok") return assert.deepEqual(await TOPICS[topic]?.(input), output ?? {}, comment);
  return assert.rejects(async () => TOPICS[topic]?.(input), (/** @type {any} */ error) => {
    assert.equal(outcome(error), expect, comment);
    if (output?.reason) assert.equal(error.code, output.reason);
    if (output?.index) assert.equal(error.index, output.index);
    return true;
  });
}

// Topics that no browser reads. A page refuses an exercise as it refuses any other deployment.
const INBOX_ALONE = new Set(["card", "deployment", "dossier", "figures", "journal", "minisign", "outbox", "shares"]);

for (const file of readdirSync(FOLDER).filter((name) => name.endsWith(".json"))) {
  const { topic, tests } = JSON.parse(readFileSync(new URL(file, FOLDER), "utf8"));
  if (INBOX_ALONE.has(topic)) continue;
  test(`the browser modules fulfil every vector of ${topic}`, async (context) => {
    assert.ok(topic in TOPICS, "no reader for this topic");
    assert.ok(tests.length > 0);
    for (const vector of tests) await context.test(vector.id, () => check(topic, vector));
  });
}
