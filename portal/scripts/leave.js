// @ts-check
/** Leave quickly: empty the page at once, and put a harmless one in its place. On every page, so it imports nothing. */

// As in “Exit this page” of GOV.UK, which people may know from elsewhere.
const PRESSES = 3;
const WITHIN_MS = 5_000;

let presses = 0;
let alone = false;
let leaving = false;
let timer = 0;

/** Whatever was typed or shown is gone before the harmless page is asked for, and however long that takes. */
function leave() {
  const link = document.querySelector("a[data-leave]");
  if (!(link instanceof HTMLAnchorElement)) return;
  leaving = true;
  for (const form of document.forms) form.reset();
  const curtain = document.createElement("p");
  curtain.className = "curtain";
  curtain.setAttribute("role", "alert");
  document.body.replaceChildren(curtain);
  // Only what changes in an alert is read out.
  curtain.textContent = link.dataset["leave"] ?? "";
  document.querySelector("link[rel=icon]")?.remove();
  document.title = "…";
  location.replace(link.href);
}

/** @param {number} times that Shift was pressed, up to now */
function count(times) {
  presses = times;
  clearTimeout(timer);
  if (times) timer = setTimeout(count, WITHIN_MS, 0);
  const told = document.querySelector("[data-left]");
  if (told) told.textContent = times ? `${told.getAttribute("data-left")} × ${PRESSES - times}` : "";
}

/** @param {KeyboardEvent} event */
function pressed({ key, repeat }) {
  if (repeat) return;
  alone = key === "Shift";
  if (!alone) count(0);
}

/** @param {KeyboardEvent} event */
function released({ key }) {
  if (key !== "Shift" || !alone || leaving) return;
  count(presses + 1);
  if (presses === PRESSES) leave();
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
