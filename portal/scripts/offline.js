// @ts-check
/** The offline form, opened from disk: it asks for the two keyring files, then writes a report or reads an answer. */

import { byId, show, whenPressed, write } from "./dom.js";
import { guarded } from "./guarded.js";
import { fetchKeyring } from "./keyrings.js";
import { beginReading } from "./offline_case.js";
import { bring } from "./offline_http.js";
import "./leave.js";
import "./offline_report.js";
import { openForm } from "./parts.js";
import { offerForm } from "./reportform.js";
import { chosen } from "./saving.js";
import "./secondpress.js";
import { goTo } from "./steps.js";

const SIGNATURE = 64;

const input = byId("keys", HTMLInputElement);
/** @type {import("./keyrings.js").Shown | null} */
let shown = null;

async function takeKeys() {
  write("keys-taken", "");
  shown = null;
  await guarded("keys-error", async () => {
    // Recognise the files by size, not by name, because browsers rename a file that is saved twice.
    for (const bytes of await chosen(input)) bring(bytes.length === SIGNATURE ? "/keyring.sig" : "/keyring.json", bytes);
    shown = await fetchKeyring();
    write("keys-taken", byId("keys-taken").dataset["text"] ?? "");
  });
  show("ways", shown !== null);
}

/** @param {(shown: import("./keyrings.js").Shown) => void} act */
function withKeys(act) {
  guarded("keys-error", () => shown && act(shown));
}

input.addEventListener("change", takeKeys);
whenPressed("to-report", () => withKeys((keys) => {
  offerForm(keys);
  openForm();
}));
whenPressed("to-case", () => withKeys(beginReading));
show("loading", false);
goTo("step-keys");
