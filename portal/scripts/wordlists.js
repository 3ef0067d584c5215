// @ts-check
/** The words of tokens in each language (BIP-39). */

import { wordlist as english } from "@scure/bip39/wordlists/english.js";
import { wordlist as french } from "@scure/bip39/wordlists/french.js";

/** @type {Readonly<Record<import("./casetoken.js").Language, readonly string[]>>} */
export const LISTS = { fr: french, en: english };
