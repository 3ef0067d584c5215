// @ts-check
/**
 * The second press of a double click, or of an impatient finger, is meant for the element that was there at the first
 * press. Ignore the second press, because another element may be there by then.
 */

/** How far apart the two presses of a double tap may be, in CSS pixels. */
const NEAR = 24;
/** For this many milliseconds after the first tap, another tap counts as a second press. */
const DOUBLE_MS = 400;
/** For this many milliseconds after a change of the page, a press still counts as a press on the earlier content. */
const UNSEEN_MS = 1_000;

/** @type {MouseEvent | null} the last press of a pointer */
let last = null;
/**
 * The kind of pointer that was pressed since the last click, or empty if none was pressed. A label passes its click on
 * to its field, but that click is not a second press.
 */
let pointer = "";
let changed = { at: -Infinity, top: 0 };

/**
 * Call this when the page has just changed: for a moment, elements that are now at the place of the last press cannot
 * be pressed.
 */
export function pageChanged() {
  changed = { at: performance.now(), top: scrollY };
}

/**
 * Call `act`. If the page scrolls, it has changed.
 * @param {() => void} act
 */
export function scrolling(act) {
  const top = scrollY;
  act();
  if (scrollY !== top) pageChanged();
}

/**
 * Only a press by a pointer can be meant for another element, not a press by a key or a script. “Leave quickly” must
 * always work.
 * @param {MouseEvent} event
 */
function canBeMistaken({ detail, target }) {
  return detail > 0 && !(target instanceof Element && target.closest("[data-leave]"));
}

/** @param {MouseEvent} event */
function isNearLast({ clientX, clientY }) {
  return last !== null && Math.hypot(clientX - last.clientX, clientY - last.clientY) < NEAR;
}

/**
 * The page has changed since the last press at this place. A person who has scrolled since then has seen the change.
 * @param {MouseEvent} event
 */
function isUnseen(event) {
  return isNearLast(event) && event.timeStamp < changed.at + UNSEEN_MS && scrollY === changed.top;
}

/**
 * Not every browser counts taps in `detail`. Chromium also counts a second tap that is 100 pixels away, on another
 * element.
 * @param {MouseEvent} event
 * @param {string} kind of its pointer; empty for the click that a label passes on, after its own click was let through
 */
function isDouble(event, kind) {
  if (kind === "touch") return last !== null && event.timeStamp - last.timeStamp < DOUBLE_MS && isNearLast(event);
  return kind !== "" && event.detail > 1;
}

addEventListener("pointerdown", ({ pointerType }) => (pointer = pointerType), { capture: true });
// Otherwise, the press would take the focus away from the new content. The second press on a text still selects a word.
addEventListener("mousedown", (event) => canBeMistaken(event) && isUnseen(event) && event.preventDefault(), { capture: true });
addEventListener("click", (event) => {
  const kind = pointer;
  pointer = "";
  if (!canBeMistaken(event)) return;
  if (isDouble(event, kind) || isUnseen(event)) {
    event.preventDefault();
    event.stopImmediatePropagation();
  } else {
    // A person who presses elsewhere has also seen the change.
    changed.at = -Infinity;
  }
  last = event;
}, { capture: true });
