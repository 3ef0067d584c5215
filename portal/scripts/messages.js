// @ts-check
/**
 * Report and follow-up: parse strict JSON and verify authenticity (SPEC 5).
 *
 * This module and slot.js together mirror crypto/messages.py.
 */

import * as casetoken from "./casetoken.js";
import * as container from "./container.js";
import { equal } from "./bytes.js";
import { Malformed, Tampered } from "./errors.js";
import { RAW } from "./recipients.js";
import { binary, day, either, file, integer, listOf, mapOf, oneOf, record, text } from "./shape.js";
import * as signing from "./signing.js";

/** @typedef {import("./shape.js").Value<typeof REPORT>} Report */
/** @typedef {import("./shape.js").Value<typeof FOLLOW_UP>} FollowUp */
/** @typedef {import("./shape.js").Value<typeof FILE>} File the description of an attachment in its message */

export const ID = /^[a-z][a-z0-9_]{0,31}$/;
export const CHANNEL = /^[a-z][a-z0-9-]{0,27}$/;

/** The maximum length of a text in characters, and of a list in members. */
export const TEXT = 200_000;
export const MANY = 1_000;

const FILE = record({
  number: integer(1, container.MOST_FILES),
  name: text(255),
  type: text(127),
  size: integer(),
  digest: binary(32),
});
const FILES = listOf(FILE, container.MOST_FILES);
const KEYRING = record({ serial: integer(1), hash: binary(32) });

/** The first message of a case (SPEC 5.1). */
export const REPORT = file("report", {
  channel: text(28, CHANNEL),
  key_id: binary(16),
  case_id: binary(32),
  salt: binary(32),
  author_key: binary(32),
  reply_recipient: binary(RAW),
  withdraw_id: binary(32),
  language: oneOf("fr", "en"),
  keyring: KEYRING,
  questionnaire: record({ id: text(32, ID), version: integer(1) }),
  answers: mapOf(either(text(TEXT), listOf(text(TEXT), MANY)), MANY, ID),
  files: FILES,
  written: day,
});

/** A later message of the reporter (SPEC 5.2). */
export const FOLLOW_UP = file("follow-up", {
  channel: text(28, CHANNEL),
  key_id: binary(16),
  case_id: binary(32),
  id: binary(16),
  seen: integer(),
  keyring: KEYRING,
  text: text(TEXT),
  files: FILES,
  written: day,
});

/**
 * Return the report in a container, completely verified: signature, files, and the case id that commits to its keys.
 * Throws Malformed or Tampered.
 * @param {Uint8Array} deployment
 * @param {container.Signed} signed
 * @returns {Report}
 */
export function openReport(deployment, signed) {
  const report = REPORT.parse(signed.message);
  checkFiles(report.files, signed.files);
  signing.verify(signing.Label.REPORT, deployment, signed.message, signed.signature, report.author_key);
  const locator = casetoken.locate(report.author_key, report.reply_recipient, report.salt);
  if (!equal(casetoken.caseId(locator), report.case_id)) {
    throw new Tampered("report does not belong to the case that it names");
  }
  return report;
}

/**
 * Return the follow-up in a container if the reporter of the case signed it; throws Malformed or Tampered.
 * @param {Uint8Array} deployment
 * @param {container.Signed} signed
 * @param {Uint8Array} authorKey
 * @returns {FollowUp}
 */
export function openFollowUp(deployment, signed, authorKey) {
  const followUp = FOLLOW_UP.parse(signed.message);
  checkFiles(followUp.files, signed.files);
  signing.verify(signing.Label.FOLLOW_UP, deployment, signed.message, signed.signature, authorKey);
  return followUp;
}

/**
 * Throw Tampered unless an authentic message names its expected context, because a message in the wrong place is an
 * attack.
 * @param {{ channel: string, case_id: Uint8Array, key_id?: Uint8Array }} message
 * @param {{ channel?: string, case_id?: Uint8Array, key_id?: Uint8Array }} expected
 */
export function checkNames(message, expected) {
  const same = (expected.channel === undefined || expected.channel === message.channel)
    && (expected.case_id === undefined || equal(expected.case_id, message.case_id))
    && (expected.key_id === undefined || (message.key_id !== undefined && equal(expected.key_id, message.key_id)));
  if (!same) throw new Tampered("message belongs to another case, channel or key");
}

/**
 * Throw Malformed or Tampered unless the files in a container are the files that its message lists.
 * @param {readonly File[]} declared
 * @param {readonly container.File[]} found
 */
export function checkFiles(declared, found) {
  /** @param {(one: File, other: container.File) => boolean} agree */
  const all = (agree) => declared.every((each, at) => agree(each, /** @type {container.File} */ (found[at])));
  const sameForm = declared.length === found.length
    && all((one, other) => one.number === other.number && one.size === other.size);
  if (!sameForm) {
    throw new Malformed("files of the container are not those that its message lists");
  }
  if (!all((one, other) => equal(one.digest, other.digest))) {
    throw new Tampered("a file of the container is not the one that its message lists");
  }
}
