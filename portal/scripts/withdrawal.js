// @ts-check
/** Withdraw a report, after the reporter has confirmed it (SPEC 7.3). */

import { byId, show, whenPressed } from "./dom.js";
import { Failure } from "./failure.js";
import { guarded } from "./guarded.js";
import { ask } from "./http.js";
import { goTo } from "./steps.js";

const meant = byId("withdraw-meant", HTMLInputElement);

/** @type {Uint8Array | null} */
let withdrawKey = null;

/** @param {Uint8Array} key 32 bytes, the withdraw key of the case */
export function offerWithdrawal(key) {
  withdrawKey = key;
  show("withdrawal");
}

async function withdraw() {
  const button = byId("withdraw", HTMLButtonElement);
  button.disabled = true;
  await guarded("withdraw-error", async () => {
    if (!withdrawKey) return;
    if (!meant.checked) throw new Failure("withdraw-not-meant", {}, [meant]);
    await ask("/api/withdraw", { method: "POST", body: new Uint8Array(withdrawKey), success: 204 });
    withdrawKey = null;
    goTo("withdrawn");
  });
  button.disabled = false;
}

meant.checked = false;
whenPressed("withdraw", withdraw);
