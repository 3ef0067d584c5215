// @ts-check
/**
 * Find mistyped words of a case token, and the words that the person may have meant. None of these words leaves the
 * page.
 */

import { index, LANGUAGES } from "./casetoken.js";
import { LISTS } from "./wordlists.js";

/** @typedef {import("./casetoken.js").Language} Language */

/** The slips in one word: missing, added or wrong letters, or two neighbouring letters swapped. */
const MOST_SLIPS = 2;
/** A short word with two slips resembles too many other words. */
const SHORT = 5;
const MOST_OFFERED = 4;

/**
 * Return the place, from 0, of the first word that is missing from the word list of the other words.
 * @param {readonly string[]} words in the form of `plain`, each complete
 * @returns {number} -1 if there is none
 */
export function firstUnknown(words) {
  const languages = likely(words);
  return words.findIndex((word) => languages.every((language) => !index(language).has(word)));
}

/**
 * Return the language of the list that contains more of these words, or both languages if both lists contain the same
 * number.
 * @param {readonly string[]} words
 * @returns {Language[]}
 */
export function likely(words) {
  const known = LANGUAGES.map((language) => words.filter((word) => index(language).has(word)).length);
  return LANGUAGES.filter((_, at) => known[at] === Math.max(...known));
}

/**
 * Return the words of the list that are nearest to a mistyped word, at most four. The result is empty if no word is
 * near, or if too many words are near.
 * @param {string} word in the form of `plain`, or its first four letters
 * @param {readonly string[]} others the other words, which decide the list
 * @returns {string[]}
 */
export function nearest(word, others) {
  const most = word.length < SHORT ? 1 : MOST_SLIPS;
  const found = likely(others).flatMap((language) => [...index(language)].map(([form, place]) => {
    const whole = (LISTS[language][place] ?? "").normalize("NFC");
    // The first four letters of a longer word are compared only with words of four letters.
    const isCompared = form.length === whole.length || word.length < SHORT;
    return { whole, slips: isCompared ? slips(word, form, most) : most + 1 };
  }));
  const fewest = Math.min(...found.map((each) => each.slips));
  const words = new Set(found.filter((each) => each.slips === fewest).map((each) => each.whole));
  return fewest > most || words.size > MOST_OFFERED ? [] : [...words];
}

/**
 * Return the number of slips between two words (optimal string alignment distance).
 * @param {string} one
 * @param {string} other
 * @param {number} most for a larger number of slips, any number above `most` may be returned
 */
function slips(one, other, most) {
  if (Math.abs(one.length - other.length) > most) return most + 1;
  const rows = [[...Array(other.length + 1).keys()]];
  for (let i = 1; i <= one.length; i += 1) {
    const row = [i];
    for (let j = 1; j <= other.length; j += 1) {
      const differs = one[i - 1] === other[j - 1] ? 0 : 1;
      const isSwapped = one[i - 1] === other[j - 2] && one[i - 2] === other[j - 1];
      row.push(Math.min(
        at(rows, i - 1, j) + 1,
        (row[j - 1] ?? 0) + 1,
        at(rows, i - 1, j - 1) + differs,
        isSwapped ? at(rows, i - 2, j - 2) + 1 : Infinity,
      ));
    }
    rows.push(row);
  }
  return at(rows, one.length, other.length);
}

/**
 * @param {readonly number[][]} rows
 * @param {number} i
 * @param {number} j
 */
function at(rows, i, j) {
  return rows[i]?.[j] ?? Infinity;
}
