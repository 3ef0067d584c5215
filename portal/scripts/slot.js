// @ts-check
/**
 * Slot: parse strict JSON and verify authenticity (SPEC 5.3). Only pages that open a case need it.
 *
 * This module and messages.js mirror crypto/messages.py.
 */

import { CHANNEL, checkFiles, ID, MANY, TEXT } from "./messages.js";
import { SIGNED as RECEIPT } from "./receipt.js";
import { binary, day, file, integer, listOf, oneOf, optional, record, text } from "./shape.js";
import * as signing from "./signing.js";

/** @typedef {import("./shape.js").Value<typeof SLOT>} Slot */

const RECEIVED_IDS = 16;

/** The complete mailbox of a case, as the inspectorate last wrote it (SPEC 5.3). */
export const SLOT = file("slot", {
  channel: text(28, CHANNEL),
  case_id: binary(32),
  serial: integer(1),
  issued: day,
  next_by: day,
  status: oneOf("received", "acknowledged", "assessing", "info_requested", "in_follow_up", "closed"),
  measures_disclosed: listOf(text(32, ID), MANY),
  earlier: integer(),
  messages: listOf(record({ serial: integer(1), day, text: text(TEXT) }), MANY),
  received: record({ count: integer(), last_day: optional(day), ids: listOf(binary(8), RECEIVED_IDS) }),
  receipt: optional(RECEIPT),
});

/**
 * Return the slot if `replyKey` (32 bytes) signed it; throws Malformed or Tampered. The caller must
 * compare the context that it names: `checkNames` of messages.js.
 * @param {Uint8Array} deployment
 * @param {import("./container.js").Signed} signed
 * @param {Uint8Array} replyKey
 * @returns {Slot}
 */
export function openSlot(deployment, signed, replyKey) {
  signing.verify(signing.Label.SLOT, deployment, signed.message, signed.signature, replyKey);
  checkFiles([], signed.files);
  return SLOT.parse(signed.message);
}
