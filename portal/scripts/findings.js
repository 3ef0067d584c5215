// @ts-check
/** What a file says beside its content: the code of a text of the page, and the words of the file itself. */

/** @typedef {{ code: string, value: string }} Finding */

const LONGEST = 80;
const CONTROL = /[\p{Cc}\p{Cf}\p{Surrogate}]+/gu;

/**
 * Return a finding, its value made fit to stand in a page: one line, no signs that steer the reading direction.
 * @param {string} code
 * @param {string} [value]
 * @returns {Finding}
 */
export function found(code, value = "") {
  const shown = value.replace(CONTROL, " ").trim();
  return { code, value: shown.length > LONGEST ? `${shown.slice(0, LONGEST)}…` : shown };
}

/**
 * Return the findings without those that say the same.
 * @param {readonly Finding[]} findings
 * @returns {Finding[]}
 */
export function distinct(findings) {
  const byText = new Map(findings.map((each) => [`${each.code} ${each.value}`, each]));
  return [...byText.values()];
}
