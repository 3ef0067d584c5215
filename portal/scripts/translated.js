// @ts-check
/** Texts that scripts write again after the page was switched to another language. */

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

/** Write all texts of scripts again. */
export function sayAgain() {
  for (const act of acts) act();
}
