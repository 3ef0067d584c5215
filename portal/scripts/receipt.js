// @ts-check
/** Receipts: the inspectorate's signed statement that it had a report (SPEC 5.6); mirrors crypto/receipt.py. */

import { sha256 } from "@noble/hashes/sha2.js";
import { concat, equal, utf8 } from "./bytes.js";
import { Malformed } from "./errors.js";
import { binary, day, file, record } from "./shape.js";
import * as signing from "./signing.js";

/** @typedef {import("./shape.js").Value<typeof RECEIPT>} Receipt */
/** @typedef {import("./shape.js").Value<typeof SIGNED>} SignedReceipt */

export const RECEIPT = file("receipt", {
  deployment: binary(signing.DEPLOYMENT),
  author: binary(32),
  day,
  key_id: binary(16),
});

/** A receipt with its signature, which is not verified yet. */
export const SIGNED = record({ statement: RECEIPT, signature: binary(signing.SIGNATURE) });

/**
 * Return the 32-byte hash by which a receipt names the holder of a 32-byte author key.
 * @param {Uint8Array} authorKey
 * @returns {Uint8Array}
 */
export function authorHash(authorKey) {
  return sha256(concat([utf8("fanal/1/receipt-author\0"), authorKey]));
}

/**
 * Throw Tampered unless `replyKey` (32 bytes) signed the receipt. Throw Malformed for another deployment.
 * @param {SignedReceipt} signed
 * @param {Uint8Array} replyKey
 * @param {Uint8Array} deployment
 */
export function verify({ statement, signature }, replyKey, deployment) {
  signing.verify(signing.Label.RECEIPT, deployment, RECEIPT.encode(statement), signature, replyKey);
  if (!equal(statement.deployment, deployment)) throw new Malformed("receipt is of another deployment");
}
