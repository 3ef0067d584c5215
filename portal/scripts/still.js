// @ts-check
/**
 * Nothing moves under a finger. Either a change that would move other elements waits until nothing has been
 * pressed for a moment, or the page scrolls to compensate.
 */

const STILL_MS = 1_000;

let pressed = -Infinity;
/** @type {(() => void)[]} */
let waiting = [];
let timer = 0;

/**
 * Call `act`, which changes the size of elements, once nothing has been pressed for a second.
 * @param {() => void} act
 */
export function whenStill(act) {
  waiting.push(act);
  wait();
}

/** Make all waiting changes now, because the page shows another step, or because their content is needed. */
export function settle() {
  clearTimeout(timer);
  const acts = waiting;
  waiting = [];
  for (const act of acts) act();
}

/**
 * Call `act`, and return its result. The bottom of `anchor` keeps its position on the screen.
 * @template T
 * @param {Element | null | undefined} anchor
 * @param {() => T} act
 * @returns {T}
 */
export function steadily(anchor, act) {
  const bottom = anchor?.getBoundingClientRect().bottom ?? 0;
  const result = act();
  scrollBy(0, (anchor?.getBoundingClientRect().bottom ?? 0) - bottom);
  return result;
}

function wait() {
  clearTimeout(timer);
  const left = pressed + STILL_MS - performance.now();
  if (left > 0) timer = window.setTimeout(wait, left);
  else settle();
}

/** Record the time of a press by a finger or a mouse. After a press by a key or a script, the page may move. */
function note() {
  pressed = performance.now();
  if (waiting.length > 0) wait();
}

for (const type of ["pointerdown", "pointerup"]) addEventListener(type, note, { capture: true });
