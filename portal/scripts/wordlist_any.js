// @ts-check
/** The words of a new token, where one script serves pages in each language. */

import { LISTS } from "./wordlists.js";

/**
 * @param {import("./casetoken.js").Language} language
 * @returns {readonly string[]}
 */
export function wordlist(language) {
  return LISTS[language];
}
