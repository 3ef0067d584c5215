// @ts-check
/** On the answer page: save a proof that the inspectorate has the report (SPEC 5.6). */

import { equal } from "./bytes.js";
import { byId, show } from "./dom.js";
import { CryptoError } from "./errors.js";
import { Failure } from "./failure.js";
import { guarded } from "./guarded.js";
import { bringIntoView } from "./inview.js";
import { save } from "./saving.js";
import { makeProof } from "./proof.js";
import { authorHash } from "./receipt.js";
import { site } from "./site.js";

/**
 * Offer to save the proof of a slot's receipt, if there is one.
 * @param {import("./casetoken.js").CaseKeys} keys
 * @param {import("./slot.js").Slot | null} slot
 * @param {import("./keyring.js").Keyring} keyring
 */
export function offerProof({ authorKey }, slot, keyring) {
  const { receipt } = slot ?? {};
  show("proof", receipt !== undefined);
  show("proof-saved", false);
  if (!receipt) return;
  byId("save-proof").onclick = () => guarded("proof-error", () => {
    show("proof-saved", false);
    save([proofOf(receipt, authorKey, keyring)], "proof.json");
    show("proof-saved");
    bringIntoView("proof-saved");
  });
}

/**
 * @param {import("./receipt.js").SignedReceipt} receipt
 * @param {Uint8Array} authorKey
 * @param {import("./keyring.js").Keyring} keyring
 */
function proofOf(receipt, authorKey, keyring) {
  if (!equal(receipt.statement.author, authorHash(authorKey))) throw new Failure("proof-invalid");
  try {
    return makeProof(receipt, keyring, site);
  } catch (error) {
    throw error instanceof CryptoError ? new Failure("proof-invalid") : error;
  }
}
