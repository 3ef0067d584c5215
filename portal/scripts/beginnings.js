// @ts-check
/** Buttons that begin a follow-up. They only write into the field: nothing is sent without "send". */

import { byId, show, whenPressed } from "./dom.js";
import { pageChanged } from "./secondpress.js";

const BEGINNINGS = ["begin-again", "begin-unsafe", "begin-more"];

/**
 * Let the buttons begin a message in this field.
 * @param {HTMLTextAreaElement} area
 */
export function offerBeginnings(area) {
  for (const id of BEGINNINGS) {
    whenPressed(id, () => {
      if (area.readOnly) return;
      // Whoever feels unsafe reads the emergency numbers before they write, and keeps them in sight.
      const isDanger = id === "begin-unsafe";
      if (isDanger) show("danger-now");
      begin(area, byId(id).dataset["begin"] ?? "");
      if (isDanger) byId("danger-now").focus();
      pageChanged();
    });
  }
}

/**
 * Write this line below what is already written, unless it stands there, and put the cursor behind it.
 * @param {HTMLTextAreaElement} area
 * @param {string} text
 */
function begin(area, text) {
  if (!area.value.includes(text)) {
    const before = area.value.trimEnd();
    area.value = `${before}${before && "\n\n"}${text} `;
    area.dispatchEvent(new Event("input", { bubbles: true }));
  }
  area.focus();
  area.setSelectionRange(area.value.length, area.value.length);
}
