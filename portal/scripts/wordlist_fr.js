// @ts-check
/** The words of a new token on the pages that show them in one language: no other list is loaded (7 kB). */

import { wordlist as french } from "@scure/bip39/wordlists/french.js";

/** @returns {readonly string[]} */
export function wordlist() {
  return french;
}
