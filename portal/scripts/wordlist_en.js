// @ts-check
/** The word list for a new token on pages in one language, so that they load no other list (7 kB). */

import { wordlist as english } from "@scure/bip39/wordlists/english.js";

/** @returns {readonly string[]} */
export function wordlist() {
  return english;
}
