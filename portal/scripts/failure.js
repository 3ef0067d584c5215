// @ts-check
/** What went wrong, as a code for which the page has a text. */

import { CryptoError } from "./errors.js";
import { has, say } from "./texts.js";

/** A failure that the person can correct, in these `fields`. `values` fill the text of `code`. */
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

/** Several failures at once. */
export class Failures extends Failure {
  /** @param {[Failure, ...Failure[]]} all */
  constructor(all) {
    super(all[0].code, all[0].values, all.flatMap(({ fields }) => [...fields]));
    this.all = all;
  }
}

/**
 * Call each of these functions, and return their results. If some functions throw Failure, still call the others, then
 * throw one error for all failures.
 * @template {readonly unknown[] | []} T
 * @param {{ readonly [K in keyof T]: () => T[K] }} acts
 * @returns {T}
 */
export function together(acts) {
  /** @type {Failure[]} */
  const failures = [];
  const results = acts.flatMap((act) => {
    try {
      return [act()];
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      failures.push(...(error instanceof Failures ? error.all : [error]));
      return [];
    }
  });
  const [first, ...others] = failures;
  if (first) throw others.length ? new Failures([first, ...others]) : first;
  return /** @type {any} */ (results);
}

/**
 * Return the refusal of the bytes or words in a field, as a failure that the person can correct in that field.
 * @param {CryptoError} error
 * @param {Element} field
 */
export function inField(error, field) {
  return new Failure(error.code, facts(error), [field]);
}

/**
 * Return the text about `error` for the person.
 * @param {unknown} error
 * @returns {string}
 */
export function explain(error) {
  if (error instanceof Failure) return say(has(error.code) ? error.code : "refused-by-portal", error.values);
  if (error instanceof CryptoError) return say(error.code, facts(error));
  // For developers: the browser's own message about a bug, without content.
  console.error(error instanceof Error ? `${error.name}: ${error.message}` : "unknown fault");
  return say("unexpected");
}

/**
 * @param {CryptoError} error
 * @returns {Record<string, number>} the values that its text may contain; people count words and files from 1
 */
function facts(error) {
  const { index, number = Number(index) + 1, count = 0 } = /** @type {Record<string, any>} */ (error);
  return { number, count };
}
