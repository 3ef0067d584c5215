// @ts-check
/** Withdraw a report, in a step of its own, after the reporter has confirmed it (SPEC 7.3). */

import { watching } from "./connection.js";
import { byId, show, whenPressed, write } from "./dom.js";
import { Failure } from "./failure.js";
import { guarded } from "./guarded.js";
import { ask } from "./http.js";
import { goTo } from "./steps.js";
import { say } from "./texts.js";

const meant = byId("withdraw-meant", HTMLInputElement);

/** @type {Uint8Array | null} */
let withdrawKey = null;

/** @type {import("./connection.js").Watcher} */
const watcher = {
  silent: (silence) => write("withdraw-error", say(`connection-${silence}`)),
  found: () => write("withdraw-error", ""),
};

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
    const request = { method: "POST", body: new Uint8Array(withdrawKey), success: 204 };
    await watching(() => ask("/api/withdraw", request), watcher);
    withdrawKey = null;
    turnTo("withdrawn");
  });
  button.disabled = false;
}

/** @param {string} step to show next */
function turnTo(step) {
  meant.checked = false;
  goTo(step);
}

meant.checked = false;
whenPressed("to-withdraw", () => turnTo("step-withdraw"));
whenPressed("keep-report", () => turnTo("case"));
whenPressed("withdraw", withdraw);
whenPressed("withdrawn-read", () => location.replace(byId("close", HTMLAnchorElement).href));
