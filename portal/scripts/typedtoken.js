// @ts-check
/** Read the case token that a person typed. If the words fit two lists, ask for the language. */

import * as casetoken from "./casetoken.js";
import { show } from "./dom.js";
import { Failure } from "./failure.js";

/**
 * Return the entropy of a token. Throws the errors of `casetoken.parse`, and Failure if the language must be chosen.
 * @param {string} text
 * @param {casetoken.Language} [language] the chosen language
 * @returns {Uint8Array | undefined} undefined if the words do not fit the chosen language
 */
export function read(text, language) {
  show("languages", false);
  const candidates = casetoken.parse(text);
  const fitting = casetoken.LANGUAGES.filter((each) => candidates[each]);
  const one = language ?? (fitting.length === 1 ? fitting[0] : undefined);
  if (one) return candidates[one];
  show("languages");
  throw new Failure("two-languages");
}
