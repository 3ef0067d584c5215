// @ts-check
/** Other ways than by hand to keep a case token: the clipboard, and a neutral sheet. */

import { whenPressed, write } from "./dom.js";
import { say } from "./texts.js";

/**
 * Let the words be copied and printed on request.
 * @param {() => readonly string[]} words
 */
export function offerToKeep(words) {
  whenPressed("copy-token", () => write("copied", say(copy(words().join(" ")) ? "token-copied" : "token-not-copied")));
  whenPressed("print-token", () => print());
  // A browser prints the title on the sheet.
  const { title } = document;
  addEventListener("beforeprint", () => (document.title = "\u00a0"));
  addEventListener("afterprint", () => (document.title = title));
}

/**
 * The older way to the clipboard: it needs no permission, and so none that a hostile script could use later.
 * @param {string} text
 * @returns {boolean} whether the clipboard has it
 */
function copy(text) {
  let taken = false;
  /** @param {ClipboardEvent} event */
  const fill = (event) => {
    event.clipboardData?.setData("text/plain", text);
    event.preventDefault();
    taken = true;
  };
  document.addEventListener("copy", fill, { once: true });
  const done = document.execCommand("copy");
  document.removeEventListener("copy", fill);
  return done && taken;
}
