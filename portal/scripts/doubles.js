// @ts-check
/** The second click of a double click does nothing: by then, something else may be under the finger. */

const WITHIN_MS = 400;
const NEAR_PIXELS = 24;
const CONTROLS = "a, button, label, summary, input:not([type=text], [type=date])";

/** Ignore, from now on, each click on a control that repeats the click before. Nothing is ignored of “Leave quickly”. */
export function ignoreDoubles() {
  /** @type {MouseEvent | null} */
  let before = null;
  addEventListener("click", (event) => {
    // Keys and scripts press without a pointer.
    if (event.detail === 0) return;
    const isAgain = event.detail > 1 || (before && isSecondTap(event, before));
    before = event;
    const control = event.target instanceof Element ? event.target.closest(CONTROLS) : null;
    if (!isAgain || !control || control.matches("[data-leave]")) return;
    event.preventDefault();
    event.stopImmediatePropagation();
  }, { capture: true });
}

/**
 * Not every browser counts taps in `detail`.
 * @param {MouseEvent} event
 * @param {MouseEvent} before
 */
function isSecondTap(event, before) {
  const isTouch = event instanceof PointerEvent && event.pointerType === "touch";
  const isNear = Math.hypot(event.clientX - before.clientX, event.clientY - before.clientY) < NEAR_PIXELS;
  return isTouch && isNear && event.timeStamp - before.timeStamp < WITHIN_MS;
}
