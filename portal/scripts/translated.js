// @ts-check
/** Scripts write their texts again after the page was switched to another language. */

/** @type {(() => void)[]} */
const acts = [];

/**
 * Call `act` each time the language of the page changes.
 * @param {() => void} act
 */
export function whenTranslated(act) {
  acts.push(act);
}

/**
 * Call `tell` now, and each time the language of the page changes.
 * @param {() => void} tell
 */
export function tellAlways(tell) {
  tell();
  whenTranslated(tell);
}

/** Let all scripts write their texts again. */
export function sayAgain() {
  for (const act of acts) act();
}
