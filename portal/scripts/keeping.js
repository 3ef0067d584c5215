// @ts-check
/** Ways to keep a case token without writing it by hand: the clipboard, and a neutral printed sheet. */

import { copy } from "./clipboard.js";
import { whenPressed } from "./dom.js";
import { writeInView } from "./inview.js";
import { say } from "./texts.js";

/**
 * Offer buttons to copy and to print the words.
 * @param {() => readonly string[]} words
 */
export function offerToKeep(words) {
  whenPressed("copy-token", () => writeInView("copied", say(copy(words().join(" ")) ? "token-copied" : "token-not-copied")));
  whenPressed("print-token", () => print());
  // The browser prints the page title on the sheet.
  let { title } = document;
  addEventListener("beforeprint", () => {
    title = document.title.trim() || title;
    document.title = "\u00a0";
  });
  addEventListener("afterprint", () => (document.title = title));
}
