/**
 * The browser modules as a peer for tests: one JSON request per line in, one answer per line out.
 *
 * A request is {op, …}, and an answer is {outcome, …}. `outcome` is one of the words in SPEC 1.6. Bytes are base64. The
 * table OPS defines the operations with their input and output. An internal error of the modules ends the process.
 */
import { createInterface } from "node:readline";
import * as age from "../../portal/scripts/age.js";
import * as casetoken from "../../portal/scripts/casetoken.js";
import { LISTS } from "../../portal/scripts/wordlists.js";
import { promisedBy } from "../../portal/scripts/days.js";
import * as container from "../../portal/scripts/container.js";
import { outcome } from "../../portal/scripts/errors.js";
import * as keyring from "../../portal/scripts/keyring.js";
import * as memo from "../../portal/scripts/memo.js";
import * as messages from "../../portal/scripts/messages.js";
import * as padding from "../../portal/scripts/padding.js";
import * as recipients from "../../portal/scripts/recipients.js";
import * as signing from "../../portal/scripts/signing.js";
import * as slots from "../../portal/scripts/slot.js";
import * as strictjson from "../../portal/scripts/strictjson.js";
import { collect, refusal } from "./helpers.mjs";

/** @typedef {Record<string, any>} Fields */

/** @type {Record<string, (request: Fields) => Fields | Promise<Fields>>} */
const OPS = {
  json: ({ bytes }) => ({ bytes: text64(strictjson.encode(strictjson.decode(bytes64(bytes)))) }),
  words: ({ entropy, language }) => ({ words: casetoken.words(bytes64(entropy), LISTS[/** @type {"fr" | "en"} */ (language)]) }),
  parse: ({ text }) => encoded(casetoken.parse(text)),
  derive: async ({ entropy, deployment }) => encoded(await casetoken.derive(bytes64(entropy), bytes64(deployment))),
  recipient: ({ text }) => ({ keyId: text64(recipients.keyId(recipients.parse(text))) }),
  sign: (r) => ({ signature: text64(signing.sign(r.label, bytes64(r.deployment), bytes64(r.file), bytes64(r.seed))) }),
  verify(r) {
    signing.verify(r.label, bytes64(r.deployment), bytes64(r.file), bytes64(r.signature), bytes64(r.key));
    return {};
  },
  memoSeal: (r) => ({ memo: text64(memo.seal({ channel: r.channel, day: r.day }, bytes64(r.memoKey), bound(r))) }),
  memoOpen: (r) => memo.unseal(bytes64(r.memo), bytes64(r.memoKey), bound(r)),
  pad: ({ rule, size }) => ({ size: RULES[rule]?.(size) }),
  seal: async ({ bytes, recipient }) => ({ envelope: text64(await collect(age.seal([bytes64(bytes)], recipient))) }),
  unseal: async (r) => ({ bytes: text64(await age.unsealEnvelope(bytes64(r.envelope), r.identity)) }),
  sealReport,
  openContainer: async ({ bytes, rule }) => encoded(await container.read(bytes64(bytes), RULES[rule])),
  openSlot,
  keyring: openKeyring,
  promised: ({ promise, days, off, acknowledged }) => ({
    days: days.map((/** @type {string} */ day, /** @type {number} */ at) => promisedBy(promise, day, off, acknowledged[at])),
  }),
};

/** @type {Record<string, (size: number) => number>} */
const RULES = { padme: padding.padme, report: padding.bucket, slot: padding.slot, sealed: age.sealedSize };

/**
 * Seal a report. Its `message` is complete except for the digests of its files.
 * @param {Fields} request
 */
async function sealReport({ message, files, deployment, seed, recipient }) {
  const report = messages.REPORT.parse(bytes64(message));
  const contents = files.map(bytes64);
  const sources = contents.map((/** @type {Uint8Array} */ bytes) => ({ size: bytes.length, pieces: [bytes] }));
  const written = container.write(
    sources,
    (digests) => messages.REPORT.encode({
      ...report,
      files: report.files.map((file, at) => ({ ...file, digest: digests[at] ?? file.digest })),
    }),
    (text) => signing.sign(signing.Label.REPORT, bytes64(deployment), text, bytes64(seed)),
  );
  return { envelope: text64(await collect(age.seal(written, recipient))) };
}

/** @param {Fields} request */
async function openSlot({ envelope, identity, deployment, channel, caseId, replyKey }) {
  const signed = await container.read(await age.unsealEnvelope(bytes64(envelope), identity), padding.slot);
  const slot = slots.openSlot(bytes64(deployment), signed, bytes64(replyKey));
  messages.checkNames(slot, { channel, case_id: bytes64(caseId) });
  return { message: text64(slots.SLOT.encode(slot)) };
}

/** @param {Fields} request */
function openKeyring({ raw, signature, rootKey, deployment, today, known }) {
  const trusted = { rootKey: bytes64(rootKey), deployment: bytes64(deployment) };
  const opened = keyring.openKeyring(bytes64(raw), bytes64(signature), trusted);
  const keys = opened.channels.map((channel) => [channel.id, keyring.intakeKey(channel, today)?.id ?? null]);
  return {
    raw: text64(keyring.KEYRING.encode(opened)),
    state: refusal(() => {
      keyring.checkDay(opened, today);
      keyring.checkSerial(opened, known);
    })?.code ?? "valid",
    intakeKeys: encoded(Object.fromEntries(keys)),
  };
}

/** @param {Fields} request */
function bound({ deployment, caseId }) {
  return { deployment: bytes64(deployment), caseId: bytes64(caseId) };
}

/** @param {string} text */
function bytes64(text) {
  return new Uint8Array(Buffer.from(text, "base64"));
}

/** @param {Uint8Array} bytes */
function text64(bytes) {
  return Buffer.from(bytes).toString("base64");
}

/**
 * @param {any} value
 * @returns {any} the same value with all bytes as base64
 */
function encoded(value) {
  if (value instanceof Uint8Array) return text64(value);
  if (Array.isArray(value)) return value.map(encoded);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, encoded(member)]));
}

/** @param {Fields} request */
async function answer(request) {
  try {
    return { outcome: "ok", ...(await OPS[request.op]?.(request)) };
  } catch (error) {
    return { outcome: outcome(error), code: Reflect.get(/** @type {object} */ (error), "code"), ...encoded(error) };
  }
}

for await (const line of createInterface({ input: process.stdin })) {
  process.stdout.write(`${JSON.stringify(await answer(JSON.parse(line)))}\n`);
}
