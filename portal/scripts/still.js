// @ts-check
/** Nothing moves under a finger: what would move other things waits until nothing was pressed for a moment. */

const STILL_MS = 1_000;

let pressed = -Infinity;
/** @type {(() => void)[]} */
let waiting = [];
let timer = 0;

/**
 * Call `act`, which changes the room that things take, once nothing was pressed for a second.
 * @param {() => void} act
 */
export function whenStill(act) {
  waiting.push(act);
  wait();
}

/** Call everything that waits now, because the page turns, or because its content is needed. */
export function settle() {
  clearTimeout(timer);
  const acts = waiting;
  waiting = [];
  for (const act of acts) act();
}

function wait() {
  clearTimeout(timer);
  const left = pressed + STILL_MS - performance.now();
  if (left > 0) timer = window.setTimeout(wait, left);
  else settle();
}

/** Keys and scripts press without a finger that something could slip from. */
function note() {
  pressed = performance.now();
  if (waiting.length > 0) wait();
}

for (const type of ["pointerdown", "pointerup"]) addEventListener(type, note, { capture: true });
