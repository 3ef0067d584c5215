// @ts-check
/** Read an answer in the offline form: from the words to a locator, then from a downloaded slot to the case. */

import * as base32 from "./base32.js";
import { utf8 } from "./bytes.js";
import * as casetoken from "./casetoken.js";
import { showCase } from "./caseview.js";
import { helpTyping } from "./completion.js";
import { today } from "./days.js";
import { byId, show, whenPressed } from "./dom.js";
import { Failure } from "./failure.js";
import { offerFollowUp } from "./followup.js";
import { guarded } from "./guarded.js";
import { openMailbox } from "./mailbox.js";
import { bring } from "./offline_http.js";
import { chosen, save } from "./saving.js";
import { offerProof } from "./saveproof.js";
import { site } from "./site.js";
import { goTo } from "./steps.js";
import { read, whenTyped } from "./typedtoken.js";

const area = byId("token", HTMLTextAreaElement);
const forgetWords = helpTyping(area);
const slotFile = byId("slot-file", HTMLInputElement);

/** @type {import("./keyrings.js").Shown} */
let shown;
/** @type {casetoken.CaseKeys} */
let keys;

/** @param {import("./keyrings.js").Shown} by the keyring to verify signatures with */
export function beginReading(by) {
  shown = by;
  forgetWords();
  show("located", false);
  goTo("step-case");
}

/** @param {casetoken.Language} [language] the chosen language, if the words fit two lists */
function locate(language) {
  return guarded("case-error", async () => {
    show("located", false);
    const entropy = read(area, language);
    if (!entropy) return;
    keys = await casetoken.derive(entropy, site.deployment);
    forgetWords();
    byId("locator").textContent = base32.groups(keys.locator);
    show("located");
  });
}

function openSlot() {
  return guarded("case-error", async () => {
    const [answer] = await chosen(slotFile);
    if (answer) bring("/api/slot", answer);
    const mailbox = await openMailbox(keys, shown.keyring, today());
    const { channel, slot, fault } = mailbox;
    if (channel === null && fault === null) throw new Failure("unknown-case", {}, [slotFile]);
    if (fault === "note-missing") throw new Failure("slot-of-another", {}, [slotFile]);
    showCase(mailbox, shown.keyring, today());
    offerProof(keys, slot, shown.keyring);
    goTo("case");
    if (channel !== null) offerFollowUp({ keys, shown, channel: () => channel, seen: slot?.serial ?? 0 });
  });
}

whenTyped("locate", locate);
whenPressed("save-locator", () => save([utf8(`${byId("locator").textContent}\n`)], "locator.txt"));
slotFile.addEventListener("change", openSlot);
