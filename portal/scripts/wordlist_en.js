// @ts-check
/** The words of a new token on the pages that show them in one language: no other list is loaded (7 kB). */

import { wordlist as english } from "@scure/bip39/wordlists/english.js";

/** @returns {readonly string[]} */
export function wordlist() {
  return english;
}
