// @ts-check
/**
 * Show the result of a press where the person sees it, even if the bar at the foot of the screen would cover that
 * place.
 */

import { byId, write } from "./dom.js";
import { scrolling } from "./secondpress.js";

/**
 * Show `text` in the element with this id, and scroll until it is in view.
 * @param {string} id
 * @param {string} text
 */
export function writeInView(id, text) {
  write(id, text);
  bringIntoView(id);
}

/**
 * Scroll as little as needed until the element with this id is in view; the style sheet keeps the bar from covering it.
 * @param {string} id
 */
export function bringIntoView(id) {
  scrolling(() => byId(id).scrollIntoView({ block: "nearest" }));
}
