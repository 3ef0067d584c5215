// @ts-check
/** Withdrawing a report, once its reporter has said that it is meant (SPEC 7.3). */

import { byId, show, whenPressed, write } from "./dom.js";
import { explain, Failure } from "./failure.js";
import { ask } from "./http.js";
import { goTo } from "./steps.js";

/** @type {Uint8Array | null} */
let withdrawKey = null;

/** @param {Uint8Array} key 32 bytes, the withdraw key of the case */
export function offerWithdrawal(key) {
  withdrawKey = key;
  show("withdrawal");
}

async function withdraw() {
  const button = byId("withdraw", HTMLButtonElement);
  write("withdraw-error", "");
  button.disabled = true;
  try {
    if (!withdrawKey) return;
    if (!byId("withdraw-meant", HTMLInputElement).checked) throw new Failure("withdraw-not-meant");
    await ask("/api/withdraw", { method: "POST", body: new Uint8Array(withdrawKey) });
    withdrawKey = null;
    goTo("withdrawn");
  } catch (error) {
    write("withdraw-error", explain(error));
    byId("withdraw-error").focus();
  } finally {
    button.disabled = false;
  }
}

byId("withdraw-meant", HTMLInputElement).checked = false;
whenPressed("withdraw", withdraw);
