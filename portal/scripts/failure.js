// @ts-check
/** What went wrong, as a word that the page has a text for. */

import { CryptoError } from "./errors.js";
import { has, say } from "./texts.js";

/** Something that the person at the page can act on, in these `fields`; `values` fill the text of `code`. */
export class Failure extends Error {
  /**
   * @param {string} code
   * @param {Record<string, string | number>} [values]
   * @param {Iterable<Element>} [fields]
   */
  constructor(code, values = {}, fields = []) {
    super(code);
    this.code = code;
    this.values = values;
    this.fields = fields;
  }
}

/**
 * Return what to tell the person about `error`.
 * @param {unknown} error
 * @returns {string}
 */
export function explain(error) {
  if (error instanceof Failure) return say(has(error.code) ? error.code : "refused-by-portal", error.values);
  if (error instanceof CryptoError) return say(error.code, facts(error));
  // Text for developers, without content: the browser's own words for a fault of ours.
  console.error(error instanceof Error ? `${error.name}: ${error.message}` : "unknown fault");
  return say("unexpected");
}

/**
 * @param {CryptoError} error
 * @returns {Record<string, number>} what its text may name; people count words and files from 1
 */
function facts(error) {
  const { index, number = Number(index) + 1, count = 0 } = /** @type {Record<string, any>} */ (error);
  return { number, count };
}
