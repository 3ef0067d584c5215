// @ts-check
/** Leave quickly: empty the page at once, and put a harmless one in its place. On every page, so it imports nothing. */

const PRESSES = 3;
const WITHIN_MS = 2_000;

/** @type {number[]} when Shift was pressed alone, in milliseconds since the page was opened */
let presses = [];
let alone = false;
let leaving = false;

/** Whatever was typed or shown is gone before the harmless page is asked for, and however long that takes. */
function leave() {
  const link = document.querySelector("a[data-leave]");
  if (!(link instanceof HTMLAnchorElement)) return;
  leaving = true;
  empty();
  location.replace(link.href);
}

function empty() {
  for (const form of document.forms) form.reset();
  document.body.replaceChildren();
  document.querySelector("link[rel=icon]")?.remove();
  document.title = "…";
}

/** @param {KeyboardEvent} event */
function pressed({ key, repeat }) {
  alone = key === "Shift" && !repeat;
  if (!alone) presses = [];
}

/** @param {KeyboardEvent} event */
function released({ key, timeStamp }) {
  if (key !== "Shift" || !alone) return;
  presses = [...presses, timeStamp].filter((each) => timeStamp - each < WITHIN_MS);
  if (presses.length >= PRESSES) leave();
}

document.addEventListener("click", (event) => {
  if (!(event.target instanceof Element) || !event.target.closest("a[data-leave]")) return;
  event.preventDefault();
  leave();
});
// A page with unsent text asks whether to go. Its listener comes later than this one, with the first text.
addEventListener("beforeunload", (event) => leaving && event.stopImmediatePropagation());
addEventListener("keydown", pressed, { capture: true });
addEventListener("keyup", released, { capture: true });

// A page that the browser kept in its memory shows nothing when it comes back, until it is loaded anew.
addEventListener("pagehide", ({ persisted }) => persisted && document.body.replaceChildren());
addEventListener("pageshow", ({ persisted }) => persisted && location.reload());
