// @ts-check
/**
 * Buttons that begin a follow-up. A button only writes into the field. Nothing is sent before the person presses
 * "send".
 */

import { byId, show, whenPressed } from "./dom.js";
import { pageChanged } from "./secondpress.js";

const BEGINNINGS = ["begin-again", "begin-unsafe", "begin-more"];

/**
 * Make the buttons begin a message in this field.
 * @param {HTMLTextAreaElement} area
 */
export function offerBeginnings(area) {
  for (const id of BEGINNINGS) {
    whenPressed(id, () => {
      if (area.readOnly) return;
      // A person who feels unsafe reads the emergency numbers before writing, and the numbers stay in sight.
      const isDanger = id === "begin-unsafe";
      if (isDanger) show("danger-now");
      begin(area, byId(id).dataset["begin"] ?? "");
      if (isDanger) byId("danger-now").focus();
      pageChanged();
    });
  }
}

/**
 * Add this line to the text in the field, unless the text already contains the line, and put the cursor after the line.
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
