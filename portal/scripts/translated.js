// @ts-check
/** Texts that scripts write again after the page was switched to another language. */

/** @type {(() => void)[]} */
const acts = [];

/**
 * Call `act` each time that the page has another language.
 * @param {() => void} act
 */
export function whenTranslated(act) {
  acts.push(act);
}

/**
 * Call `tell` now, and each time that the page has another language.
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
