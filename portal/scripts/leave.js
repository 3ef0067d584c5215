// @ts-check
/**
 * Leave quickly: empty the page at once, then open a harmless page. Every page has this script, so it imports little.
 */

import { LEFT, RETURNED } from "./entries.js";
import "./forgotten.js";
import "./secondpress.js";

// It works like “Exit this page” of GOV.UK, where people may have learnt to press the Shift key.
// Tor Browser hides that key from pages.
const KEYS = ["Escape", "Shift"];
const PRESSES = 3;
const WITHIN_MS = 5_000;

let presses = 0;
let alone = false;
let leaving = false;
let harmless = "";
let timer = 0;

/** Everything typed or shown is removed before the harmless page is requested, however long that page takes. */
function leave() {
  const link = document.querySelector("a[data-leave]");
  if (!(link instanceof HTMLAnchorElement)) return;
  leaving = true;
  for (const form of document.forms) form.reset();
  const curtain = document.createElement("p");
  curtain.className = "curtain";
  curtain.setAttribute("role", "alert");
  document.body.replaceChildren(curtain);
  // Screen readers read out an alert only when its text changes.
  curtain.textContent = link.dataset["leave"] ?? "";
  document.querySelector("link[rel=icon]")?.remove();
  document.title = "…";
  const returned = history.state === RETURNED;
  // The mark stays if the harmless page does not come: a reload, Back and Forward then show an empty page.
  history.replaceState(LEFT, "");
  // The next entry is the guard, and only a new entry can replace it.
  if (returned) history.pushState(LEFT, "");
  harmless = link.href;
  location.replace(harmless);
}

/**
 * Back or Forward, pressed while the harmless page is slow, stops the browser from opening that page. Open it again.
 *
 * @param {PopStateEvent} event
 */
function moved(event) {
  if (!leaving) return;
  event.stopImmediatePropagation(); // back.js would take the mark away
  location.replace(harmless);
}

/** @param {number} times one of the keys was pressed so far */
function count(times) {
  presses = times;
  clearTimeout(timer);
  if (times) timer = setTimeout(count, WITHIN_MS, 0);
  const told = document.querySelector("[data-left]");
  if (told) told.textContent = times ? `${told.getAttribute("data-left")} × ${PRESSES - times}` : "";
}

/** @param {KeyboardEvent} event */
function pressed({ key, repeat, altKey, ctrlKey, metaKey }) {
  if (repeat) return;
  alone = KEYS.includes(key) && !altKey && !ctrlKey && !metaKey;
  if (!alone) count(0);
}

/** Shift and a click select a part of the text, and mean nothing else. */
function clicked() {
  alone = false;
  count(0);
}

/** @param {KeyboardEvent} event */
function released({ key }) {
  if (!KEYS.includes(key) || !alone || leaving) return;
  count(presses + 1);
  if (presses === PRESSES) leave();
}

// On the window, so that this listener comes after the page's own, which may switch the language in place.
addEventListener("click", (event) => {
  const link = event.target instanceof Element ? event.target.closest("a[data-leave], a.skip, .languages a") : null;
  if (!(link instanceof HTMLAnchorElement) || event.defaultPrevented) return;
  const isToLeave = link.matches("[data-leave]");
  if (!isToLeave && (event.altKey || event.ctrlKey || event.metaKey || event.shiftKey)) return;
  event.preventDefault();
  if (isToLeave) leave();
  // The browser would add an entry to the tab's history, and that entry would still show this page after it is left.
  else if (link.matches(".skip")) /** @type {HTMLElement | null} */ (document.querySelector(link.hash))?.focus();
  else location.replace(link.href);
});
// A page with unsent text asks before it closes. That listener is added later, so this listener can stop the event
// first.
addEventListener("beforeunload", (event) => leaving && event.stopImmediatePropagation());
addEventListener("popstate", moved, { capture: true });
addEventListener("keydown", pressed, { capture: true });
addEventListener("keyup", released, { capture: true });
addEventListener("pointerdown", clicked, { capture: true });

// Back has led from the harmless page to the entry before it. An empty page replaces this entry, too.
if (history.state === LEFT) location.replace("about:blank");
