// @ts-check
/** The root's statements about single reply keys (SPEC 5.6); mirrors crypto/receipt_key.py. */

import { equal } from "./bytes.js";
import { Malformed } from "./errors.js";
import { CHANNEL } from "./messages.js";
import { binary, day, file, record, text } from "./shape.js";
import * as signing from "./signing.js";

/** @typedef {import("./shape.js").Value<typeof RECEIPT_KEY>} ReceiptKey */
/** @typedef {import("./shape.js").Value<typeof SIGNED>} SignedReceiptKey */

export const RECEIPT_KEY = file("receipt-key", {
  deployment: binary(signing.DEPLOYMENT),
  channel: text(28, CHANNEL),
  key: binary(signing.PUBLIC),
  not_before: day,
  not_after: day,
});

/** A statement about a reply key, and the root's signature of it, which is not verified yet. */
export const SIGNED = record({ statement: RECEIPT_KEY, signature: binary(signing.SIGNATURE) });

/**
 * Throw Tampered unless `rootKey` (32 bytes) signed the statement. Throw Malformed for another deployment.
 * @param {SignedReceiptKey} signed
 * @param {Uint8Array} rootKey
 * @param {Uint8Array} deployment
 */
export function verify({ statement, signature }, rootKey, deployment) {
  signing.verify(signing.Label.RECEIPT_KEY, deployment, RECEIPT_KEY.encode(statement), signature, rootKey);
  if (!equal(statement.deployment, deployment)) throw new Malformed("receipt key is of another deployment");
}
