// @ts-check
/** The offline form: opened from disk, it asks for the keyring's two files, then writes or reads. */

import { byId, show, whenPressed, write } from "./dom.js";
import { equal } from "./bytes.js";
import { explain, Failure } from "./failure.js";
import { fetchKeyring } from "./keyrings.js";
import { beginReading } from "./offline_case.js";
import { bring } from "./offline_http.js";
import { beginReport } from "./offline_report.js";
import { chosen } from "./offline_saving.js";
import { site } from "./site.js";
import { forgetOnReturn, goTo } from "./steps.js";

const SIGNATURE = 64;

const input = byId("keys", HTMLInputElement);
/** @type {import("./keyrings.js").Shown | null} */
let shown = null;

async function takeKeys() {
  write("keys-error", "");
  write("keys-taken", "");
  shown = null;
  try {
    // By size, not by name: browsers rename what is saved twice.
    for (const bytes of await chosen(input)) bring(bytes.length === SIGNATURE ? "/keyring.sig" : "/keyring.json", bytes);
    shown = await fetchKeyring();
    write("keys-taken", byId("keys-taken").dataset["text"] ?? "");
  } catch (error) {
    write("keys-error", explain(error));
    byId("keys-error").focus();
  }
  show("ways", shown !== null);
}

/** @param {(shown: import("./keyrings.js").Shown) => void} act */
function withKeys(act) {
  write("keys-error", "");
  try {
    if (shown) act(shown);
  } catch (error) {
    write("keys-error", explain(error));
    byId("keys-error").focus();
  }
}

/** @param {import("./keyrings.js").Shown} keys */
function checkQuestionnaire({ keyring }) {
  const { id, version, hash } = keyring.questionnaire;
  const ours = site.questionnaire;
  if (id !== ours.id || version !== ours.version || !equal(hash, ours.hash)) throw new Failure("questionnaire-differs");
}

input.addEventListener("change", takeKeys);
whenPressed("to-report", () => withKeys((keys) => {
  checkQuestionnaire(keys);
  beginReport(keys);
}));
whenPressed("to-case", () => withKeys(beginReading));
forgetOnReturn();
show("loading", false);
goTo("step-keys");
