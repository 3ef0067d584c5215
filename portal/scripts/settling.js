// @ts-check
/**
 * The second press of a double click, or of an impatient finger, is meant for what stood there before. If the page has
 * changed under it in the meantime, the press is ignored.
 */

/** How long after a change a press in the same place is still meant for what stood there before. */
const MOMENT_MS = 1_000;
/** How far from the last press, in CSS pixels, a finger may come down the second time. */
const NEAR = 24;

let last = { x: -Infinity, y: -Infinity };
let held = { ...last, until: 0, top: 0 };

/** Call this when the page has just changed: for a moment, nothing that comes to stand under the last press is pressed. */
export function settle() {
  held = { ...last, until: performance.now() + MOMENT_MS, top: scrollY };
}

/** @param {MouseEvent} event */
function isStray({ clientX, clientY, detail, target }) {
  // Keys press without a place, and "Leave quickly" must always work.
  if (detail === 0 || (target instanceof Element && target.closest("[data-leave]"))) return false;
  // Whoever has scrolled since has seen the page.
  if (performance.now() >= held.until || scrollY !== held.top) return false;
  return Math.hypot(clientX - held.x, clientY - held.y) < NEAR;
}

addEventListener("pointerdown", ({ clientX: x, clientY: y }) => (last = { x, y }), { capture: true });
// Otherwise the press would take the focus away from what is new.
addEventListener("mousedown", (event) => isStray(event) && event.preventDefault(), { capture: true });
addEventListener("click", (event) => {
  if (isStray(event)) {
    event.preventDefault();
    event.stopImmediatePropagation();
  } else {
    // Whoever presses elsewhere has seen the page, too.
    held.until = 0;
  }
}, { capture: true });
