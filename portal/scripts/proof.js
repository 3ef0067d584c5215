// @ts-check
/** Proof files: a receipt with the public keys to check it (SPEC 5.6); mirrors crypto/proof.py. */

import { equal } from "./bytes.js";
import { Malformed, NotForUs, Tampered } from "./errors.js";
import { replyKeyId } from "./keyring.js";
import * as receipt from "./receipt.js";
import * as receiptKey from "./receiptkey.js";
import { binary, file } from "./shape.js";
import * as signing from "./signing.js";

/** @typedef {import("./shape.js").Value<typeof PROOF>} Proof */
/** @typedef {{ rootKey: Uint8Array, deployment: Uint8Array }} Trusted */

/** The largest proof, challenge or answer, in bytes. */
export const LARGEST = 4_096;

/** The receipt names a day on which the key that signed it was not valid. */
export class DayOutside extends Malformed {
  /** @override */
  code = "day-outside";
}

export const PROOF = file("proof", {
  root_key: binary(signing.PUBLIC),
  receipt: receipt.SIGNED,
  receipt_key: receiptKey.SIGNED,
});

/**
 * Return the statements that the proof file proves under this root key, for this deployment. Throws DayOutside,
 * Malformed or Tampered, and NotForUs if the file is about another site.
 * @param {Uint8Array} raw
 * @param {Trusted} trusted
 * @returns {{ receipt: receipt.Receipt, key: receiptKey.ReceiptKey }}
 */
export function openProof(raw, { rootKey, deployment }) {
  if (raw.length > LARGEST) throw new Malformed("file is too large for a proof");
  const found = PROOF.parse(raw);
  const { statement } = found.receipt;
  const { statement: key } = found.receipt_key;
  if (![statement, key].every((each) => equal(each.deployment, deployment)) || !equal(found.root_key, rootKey)) {
    throw new NotForUs("proof is about another site");
  }
  receiptKey.verify(found.receipt_key, rootKey, deployment);
  if (!equal(statement.key_id, replyKeyId(key.key))) {
    throw new Tampered("proof holds another key than the one that its receipt names");
  }
  receipt.verify(found.receipt, key.key, deployment);
  if (statement.day < key.not_before || statement.day > key.not_after) {
    throw new DayOutside("receipt names a day on which its key was not valid");
  }
  return { receipt: statement, key };
}

/**
 * Return the proof file of a receipt that came in a slot. Throws the same errors as `openProof`, and NotForUs if the
 * keyring does not list the key that signed the receipt.
 * @param {receipt.SignedReceipt} signed
 * @param {import("./keyring.js").Keyring} keyring
 * @param {Trusted} trusted
 * @returns {Uint8Array<ArrayBuffer>}
 */
export function makeProof(signed, keyring, trusted) {
  const key = keyring.receipt_keys.find(({ statement }) => equal(replyKeyId(statement.key), signed.statement.key_id));
  if (!key) throw new NotForUs("keyring does not list the key of this receipt");
  const raw = PROOF.encode({ root_key: trusted.rootKey, receipt: signed, receipt_key: key });
  openProof(raw, trusted);
  return raw;
}
