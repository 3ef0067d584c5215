// @ts-check
/** Read the case token that a person typed. If the words fit two lists, ask for the language. */

import * as casetoken from "./casetoken.js";
import { show, whenPressed } from "./dom.js";
import { CryptoError } from "./errors.js";
import { Failure, inField } from "./failure.js";

/**
 * Return the entropy of a token. Throws Failure if the words are wrong, or if their language must be chosen.
 * @param {HTMLTextAreaElement} area
 * @param {casetoken.Language} [language] the chosen language
 * @returns {Uint8Array | undefined} undefined if the words do not fit the chosen language
 */
export function read(area, language) {
  show("languages", false);
  const candidates = parsed(area);
  const fitting = casetoken.LANGUAGES.filter((each) => candidates[each]);
  const one = language ?? (fitting.length === 1 ? fitting[0] : undefined);
  if (one) return candidates[one];
  show("languages");
  throw new Failure("two-languages", {}, [area]);
}

/**
 * Call `act` whenever the button with this id is pressed. Whenever a language is chosen, call `act` with that language.
 * @param {string} id
 * @param {(language?: casetoken.Language) => unknown} act
 */
export function whenTyped(id, act) {
  whenPressed(id, () => act());
  for (const language of casetoken.LANGUAGES) whenPressed(`language-${language}`, () => act(language));
}

/** @param {HTMLTextAreaElement} area */
function parsed(area) {
  try {
    return casetoken.parse(area.value);
  } catch (error) {
    throw error instanceof CryptoError ? inField(error, area) : error;
  }
}
