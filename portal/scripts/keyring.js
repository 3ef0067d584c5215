// @ts-check
/** The signed public list of channels and their keys (SPEC 6); mirrors crypto/keyring.py. */

import { sha256 } from "@noble/hashes/sha2.js";
import { equal } from "./bytes.js";
import * as base64url from "./base64url.js";
import { daysAfter } from "./days.js";
import { CryptoError, Malformed } from "./errors.js";
import { CHANNEL, ID } from "./messages.js";
import { SIGNED as RECEIPT_KEY } from "./receiptkey.js";
import * as recipients from "./recipients.js";
import { binary, day, file, integer, listOf, record, text } from "./shape.js";
import * as signing from "./signing.js";

/** @typedef {import("./shape.js").Value<typeof KEYRING>} Keyring */
/** @typedef {Keyring["channels"][number]} Channel */
/** @typedef {Channel["intake_keys"][number]} IntakeKey */
/** @typedef {Channel["reply_keys"][number]} ReplyKey */

const LONGEST_DAYS = 35;
const MANY = 100;
const KEY_ID = 16;
const DAY_MS = 86_400_000;

/** The keyring has expired, because the site was not updated. Nothing may be sealed with this keyring. */
export class KeyringExpired extends CryptoError {
  /** @override */
  code = "keyring-expired";
}

/** The keyring was issued in the future, so this machine's clock is probably wrong. */
export class ClockBehind extends CryptoError {
  /** @override */
  code = "clock-behind";
}

/** A newer keyring is known, so this keyring is an old copy. */
export class KeyringOlder extends CryptoError {
  /** @override */
  code = "keyring-older";
}

const TEXTS = record({ fr: text(2_000), en: text(2_000) });
const DATES = { not_before: day, not_after: day };
const INTAKE_KEY = record({ id: binary(KEY_ID), recipient: text(recipients.RECIPIENT_TEXT), ...DATES });
const REPLY_KEY = record({ id: binary(KEY_ID), key: binary(signing.PUBLIC), ...DATES });

export const KEYRING = file("keyring", {
  deployment: binary(signing.DEPLOYMENT),
  serial: integer(1),
  issued: day,
  valid_until: day,
  name: TEXTS,
  channels: listOf(record({
    id: text(28, CHANNEL),
    name: TEXTS,
    note: TEXTS,
    intake_keys: listOf(INTAKE_KEY, MANY),
    reply_keys: listOf(REPLY_KEY, MANY),
  }), MANY),
  questionnaire: record({ id: text(32, ID), version: integer(1), hash: binary(32) }),
  receipt_keys: listOf(RECEIPT_KEY, MANY * MANY),
});

/**
 * Return the keyring if the root key (32 bytes) signed it for this deployment; throws Malformed or Tampered. Call
 * `checkDay` and `checkSerial` to check whether it may be used.
 * @param {Uint8Array} raw keyring.json
 * @param {Uint8Array} signature keyring.sig
 * @param {{ rootKey: Uint8Array, deployment: Uint8Array }} trusted
 * @returns {Keyring}
 */
export function openKeyring(raw, signature, { rootKey, deployment }) {
  signing.verify(signing.Label.KEYRING, deployment, raw, signature, rootKey);
  const keyring = KEYRING.parse(raw);
  if (!equal(keyring.deployment, deployment)) throw new Malformed("keyring is of another deployment");
  check(keyring);
  return keyring;
}

/**
 * Throw ClockBehind or KeyringExpired unless `today` is within the keyring's days.
 * @param {Keyring} keyring
 * @param {string} today
 */
export function checkDay(keyring, today) {
  if (today < keyring.issued) throw new ClockBehind("keyring was issued after today");
  if (today > keyring.valid_until) throw new KeyringExpired("keyring is past its date");
}

/**
 * Throw KeyringOlder if a keyring with a higher serial has been seen.
 * @param {Keyring} keyring
 * @param {number} known the highest serial seen, or 0
 */
export function checkSerial(keyring, known) {
  if (keyring.serial < known) throw new KeyringOlder("a newer keyring is known");
}

/**
 * Return the channel with this id, or null.
 * @param {Keyring} keyring
 * @param {string} id
 * @returns {Channel | null}
 */
export function channel(keyring, id) {
  return keyring.channels.find((each) => each.id === id) ?? null;
}

/**
 * Return the newest key that is valid today, or null if the channel is closed.
 * @param {Channel} of
 * @param {string} today
 * @returns {IntakeKey | null}
 */
export function intakeKey(of, today) {
  return of.intake_keys
    .filter((key) => key.not_before <= today && today <= key.not_after)
    .reduce((best, key) => (best && best.not_before >= key.not_before ? best : key), /** @type {IntakeKey | null} */ (null));
}

/**
 * Return the day on which a closed channel was closed, or null if the keyring does not contain that day.
 * @param {Channel} of
 * @param {string} today
 * @returns {string | null}
 */
export function closedSince(of, today) {
  const ends = of.intake_keys.map((key) => key.not_after).filter((day) => day < today).sort();
  const last = ends.at(-1);
  return last ? daysAfter(last, 1) : null;
}

/**
 * Return the first 16 bytes of H(key).
 * @param {Uint8Array} key
 * @returns {Uint8Array}
 */
export function replyKeyId(key) {
  return sha256(key).subarray(0, KEY_ID);
}

/** @param {Keyring} keyring */
function check(keyring) {
  const days = (Date.parse(keyring.valid_until) - Date.parse(keyring.issued)) / DAY_MS;
  if (days < 0 || days > LONGEST_DAYS) throw new Malformed("keyring has dates that SPEC 6 does not allow");
  const intake = keyring.channels.flatMap((each) => each.intake_keys);
  const reply = keyring.channels.flatMap((each) => each.reply_keys);
  const named = intake.every((key) => equal(key.id, recipients.keyId(recipients.parse(key.recipient))))
    && reply.every((key) => equal(key.id, replyKeyId(key.key)));
  if (!named) throw new Malformed("keyring holds a key under another key's id");
  if (!reply.every((key) => signing.isSound(key.key))) throw new Malformed("a public key is not valid");
  const lists = [keyring.channels.map((each) => each.id), ...[intake, reply].map(idsOf)];
  if (lists.some((ids) => new Set(ids).size < ids.length)) throw new Malformed("keyring lists a channel or key twice");
}

/** @param {readonly { id: Uint8Array }[]} keys */
function idsOf(keys) {
  return keys.map((key) => base64url.encode(key.id));
}
