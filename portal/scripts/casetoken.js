// @ts-check
/** The case token: twelve words, and all keys derived from them (SPEC 2); mirrors crypto/casetoken.py. */

import { expand, hkdf } from "@noble/hashes/hkdf.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { bech32 } from "@scure/base";
import { entropyToMnemonic, mnemonicToEntropy } from "@scure/bip39";
import { identityToRecipient } from "age-encryption";
import { breathe } from "./breathe.js";
import { concat, utf8 } from "./bytes.js";
import { Malformed } from "./errors.js";
import * as recipients from "./recipients.js";
import * as signing from "./signing.js";
import { LISTS } from "./wordlists.js";

/** @typedef {"fr" | "en"} Language */

/**
 * The keys of one case token in one deployment. All are secret except the locator, the case id and the public keys.
 * @typedef {object} CaseKeys
 * @property {string} replyIdentity age's text of the secret key that opens slots
 * @property {Uint8Array} replyRecipient its public half, 1,216 bytes as a report carries it
 * @property {Uint8Array} authorSeed 32 bytes
 * @property {Uint8Array} authorKey 32 bytes, public
 * @property {Uint8Array} memoKey 32 bytes
 * @property {Uint8Array} withdrawKey 32 bytes
 * @property {Uint8Array} withdrawId 32 bytes
 * @property {Uint8Array} salt 32 bytes
 * @property {Uint8Array} locator 32 bytes
 * @property {Uint8Array} caseId 32 bytes
 */

export const ENTROPY = 16;
export const WORDS = 12;
/** @type {readonly Language[]} */
export const LANGUAGES = Object.freeze(["fr", "en"]);

const PREFIX = 4;

/** There are more or fewer than twelve words. */
export class WrongCount extends Malformed {
  /** @override */
  code = "wrong-count";

  /** @param {number} count */
  constructor(count) {
    super(`case token has ${count} words, not ${WORDS}`);
    this.count = count;
  }
}

/** Neither list contains the word at `index`, which counts from 0. */
export class UnknownWord extends Malformed {
  /** @override */
  code = "unknown-word";

  /** @param {number} index */
  constructor(index) {
    super(`word ${index + 1} of the case token is in no list`);
    this.index = index;
  }
}

/** All words exist but the checksum is wrong, because a word was misread or swapped. */
export class WrongChecksum extends Malformed {
  /** @override */
  code = "wrong-checksum";

  constructor() {
    super("words of the case token do not belong together");
  }
}

/**
 * Return the 16 random bytes of a new case token.
 * @returns {Uint8Array}
 */
export function generate() {
  return crypto.getRandomValues(new Uint8Array(ENTROPY));
}

/**
 * Return the twelve words of `entropy` (16 bytes) from one of the lists (BIP-39).
 * @param {Uint8Array} entropy
 * @param {readonly string[]} list
 * @returns {string[]}
 */
export function words(entropy, list) {
  if (entropy.length !== ENTROPY) throw new Malformed("case token has the wrong length");
  return entropyToMnemonic(entropy, [...list]).normalize("NFC").split(" ");
}

/**
 * Return the entropy by language, for each list that contains the words a person typed.
 *
 * If there are two entries (by chance, for about one text in 4 million), ask for the language. Throws WrongCount, UnknownWord or
 * WrongChecksum.
 * @param {string} text
 * @returns {Partial<Record<Language, Uint8Array>>}
 */
export function parse(text) {
  const typed = plain(text);
  if (typed.length !== WORDS) throw new WrongCount(typed.length);
  const known = LANGUAGES.map((language) => ({ language, places: typed.map((word) => index(language).get(word)) }));
  const complete = known.filter(({ places }) => !places.includes(undefined));
  if (complete.length === 0) throw new UnknownWord(Math.max(...known.map(({ places }) => places.indexOf(undefined))));
  const fitting = complete.flatMap(({ language, places }) => {
    const entropy = entropyOf(language, places);
    return entropy ? [[language, entropy]] : [];
  });
  if (fitting.length === 0) throw new WrongChecksum();
  return Object.fromEntries(fitting);
}

/**
 * Return the keys of a case from the token's 16 bytes and the 16-byte deployment id.
 * @param {Uint8Array} entropy
 * @param {Uint8Array} deployment
 * @returns {Promise<CaseKeys>}
 */
export async function derive(entropy, deployment) {
  if (entropy.length !== ENTROPY || deployment.length !== signing.DEPLOYMENT) {
    throw new Malformed("case token or deployment id has the wrong length");
  }
  const root = hkdf(sha256, entropy, deployment, utf8("fanal/1/case"), 32);
  /** @param {string} label */
  const derived = (label) => expand(sha256, root, utf8(label), 32);
  const replyIdentity = bech32.encodeFromBytes("AGE-SECRET-KEY-PQ-", derived("fanal/1/reply")).toUpperCase();
  const authorSeed = derived("fanal/1/author");
  const memoKey = derived("fanal/1/memo");
  const withdrawKey = derived("fanal/1/withdraw");
  const salt = derived("fanal/1/locator-salt");
  await breathe();
  const replyRecipient = recipients.rawRecipient(await identityToRecipient(replyIdentity));
  await breathe();
  const authorKey = signing.publicKey(authorSeed);
  await breathe();
  const found = locate(authorKey, replyRecipient, salt);
  return {
    replyIdentity, replyRecipient, authorSeed, authorKey, memoKey, withdrawKey, withdrawId: withdrawId(withdrawKey),
    salt, locator: found, caseId: caseId(found),
  };
}

/**
 * Return the 32-byte locator that commits to the author key (32 bytes), the raw recipient (1,216 bytes) and the salt
 * (32 bytes).
 * @param {Uint8Array} authorKey
 * @param {Uint8Array} rawRecipient
 * @param {Uint8Array} salt
 */
export function locate(authorKey, rawRecipient, salt) {
  return hash("fanal/1/locator", authorKey, sha256(rawRecipient), salt);
}

/**
 * Return the 32-byte case id of a 32-byte locator.
 * @param {Uint8Array} locator
 */
export function caseId(locator) {
  return hash("fanal/1/case-id", locator);
}

/**
 * Return the 32-byte withdraw id of a 32-byte withdraw key.
 * @param {Uint8Array} withdrawKey
 */
export function withdrawId(withdrawKey) {
  return hash("fanal/1/withdraw-id", withdrawKey);
}

/**
 * @param {string} label
 * @param {...Uint8Array} parts
 * @returns {Uint8Array}
 */
function hash(label, ...parts) {
  return sha256(concat([utf8(`${label}\0`), ...parts]));
}

/** @type {Map<Language, Map<string, number>>} */
const indices = new Map();

/**
 * Return every accepted form of each word, with its place in the list.
 * @param {Language} language
 * @returns {Map<string, number>}
 */
export function index(language) {
  const made = indices.get(language) ?? new Map(LISTS[language].flatMap((word, place) => {
    const form = plain(word).join("");
    return [[form, place], [form.slice(0, PREFIX), place]];
  }));
  indices.set(language, made);
  return made;
}

/**
 * Return the words of a text in the form for comparison: lower case without accents.
 * @param {string} text
 * @returns {string[]}
 */
export function plain(text) {
  // The combining marks of Latin letters, by range. Which other characters are marks depends on the Unicode version.
  return text.normalize("NFKD").toLowerCase().replace(/[\u0300-\u036f]/g, "").match(/[a-z]+/g) ?? [];
}

/**
 * @param {Language} language
 * @param {(number | undefined)[]} places
 * @returns {Uint8Array | null}
 */
function entropyOf(language, places) {
  const list = LISTS[language];
  try {
    return mnemonicToEntropy(places.map((place) => list[/** @type {number} */ (place)]).join(" "), [...list]);
  } catch {
    return null;
  }
}
