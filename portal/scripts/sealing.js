// @ts-check
/** Seal a report or a follow-up into an envelope (SPEC 3 to 5). */

import { sealedSize } from "./age.js";
import { pieces } from "./attachments.js";
import { equal, utf8 } from "./bytes.js";
import * as container from "./container.js";
import { today } from "./days.js";
import * as memo from "./memo.js";
import { FOLLOW_UP, REPORT } from "./messages.js";
import * as signing from "./signing.js";
import { site } from "./site.js";

/** @typedef {import("./casetoken.js").CaseKeys} CaseKeys */
/** @typedef {import("./upload.js").Envelope} Envelope */
/** @typedef {import("./age.js").Begun} Begun */
/** @typedef {import("./messages.js").File} Described */
/** @typedef {import("./attachment.js").Enclosed} Enclosed */

/**
 * The address of a message, from the keyring.
 * @typedef {object} Address
 * @property {string} channel
 * @property {import("./keyring.js").IntakeKey} key
 * @property {{ serial: number, hash: Uint8Array }} keyring the keyring that was shown
 */

/** The size in bytes that most messages do not exceed. */
const MESSAGE = 8_192;
const DIGEST = new Uint8Array(32);

/**
 * Return the probable size in bytes of an envelope with these files and a message of usual length.
 * @param {readonly Enclosed[]} files
 */
export function likelySize(files) {
  return sealedSize(container.size(files.map(({ blob }) => blob.size), MESSAGE));
}

/**
 * Return the first message of a case.
 * @param {Begun} begun an envelope for this address without content
 * @param {Address} address
 * @param {CaseKeys} keys
 * @param {{ answers: import("./questions.js").Answers, files: readonly Enclosed[] }} written
 * @returns {Envelope}
 */
export function sealReport(begun, address, keys, { answers, files }) {
  const { id, version } = site.questionnaire;
  const day = today();
  /** @param {Described[]} described */
  const message = (described) => REPORT.encode({
    channel: address.channel,
    key_id: address.key.id,
    case_id: keys.caseId,
    salt: keys.salt,
    author_key: keys.authorKey,
    reply_recipient: keys.replyRecipient,
    withdraw_id: keys.withdrawId,
    language: site.language,
    keyring: address.keyring,
    questionnaire: { id, version },
    answers,
    files: described,
    written: day,
  });
  const bound = { deployment: site.deployment, caseId: keys.caseId };
  const metadata = {
    channel: utf8(address.channel),
    case: keys.caseId,
    memo: memo.seal({ channel: address.channel, day }, keys.memoKey, bound),
    withdraw: keys.withdrawId,
  };
  return { metadata, ...sealed(begun, files, message, signer(signing.Label.REPORT, keys)) };
}

/**
 * Return a follow-up to a case. The portal does not learn which case the follow-up belongs to.
 * @param {Begun} begun as above
 * @param {Address} address
 * @param {CaseKeys} keys
 * @param {{ text: string, files: readonly Enclosed[], id: Uint8Array, seen: number }} written
 * @returns {Envelope}
 */
export function sealFollowUp(begun, address, keys, { text, files, id, seen }) {
  /** @param {Described[]} described */
  const message = (described) => FOLLOW_UP.encode({
    channel: address.channel,
    key_id: address.key.id,
    case_id: keys.caseId,
    id,
    seen,
    keyring: address.keyring,
    text,
    files: described,
    written: today(),
  });
  const metadata = { channel: utf8(address.channel) };
  return { metadata, ...sealed(begun, files, message, signer(signing.Label.FOLLOW_UP, keys)) };
}

/**
 * @param {Begun} begun
 * @param {readonly Enclosed[]} files
 * @param {(described: Described[]) => Uint8Array} message
 * @param {(message: Uint8Array) => Uint8Array} sign
 */
function sealed({ header, seal }, files, message, sign) {
  /** @param {readonly Uint8Array[]} digests */
  const finished = (digests) => message(files.map((file, at) => described(file, at, digests[at] ?? DIGEST)));
  // All digests have the same length, so the size is known before the digests are computed.
  const size = container.size(files.map(({ blob }) => blob.size), finished([]).length);
  const sources = files.map((file) => ({ size: file.blob.size, pieces: pieces(file) }));
  return { size: sealedSize(size), header, sealed: seal(container.write(sources, finished, sign)) };
}

/**
 * @param {Enclosed} file
 * @param {number} at
 * @param {Uint8Array} digest all zero while the digests are not known
 * @returns {Described} throws FileChanged if a file is not the same as when it was examined
 */
function described({ name, type, blob, digest: expected }, at, digest) {
  if (digest !== DIGEST && !equal(expected, digest)) throw new container.FileChanged(at + 1);
  return { number: at + 1, name, type, size: blob.size, digest };
}

/**
 * @param {signing.LabelText} label
 * @param {CaseKeys} keys
 * @returns {(message: Uint8Array) => Uint8Array}
 */
function signer(label, keys) {
  return (message) => signing.sign(label, site.deployment, message, keys.authorSeed);
}
