// @ts-check
/** The word list for a new token on pages in one language, so that they load no other list (7 kB). */

import { wordlist as french } from "@scure/bip39/wordlists/french.js";

/** @returns {readonly string[]} */
export function wordlist() {
  return french;
}
