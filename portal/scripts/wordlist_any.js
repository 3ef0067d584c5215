// @ts-check
/** The word lists for a new token, for a script that serves pages in every language. */

import { LISTS } from "./wordlists.js";

/**
 * @param {import("./casetoken.js").Language} language
 * @returns {readonly string[]}
 */
export function wordlist(language) {
  return LISTS[language];
}
