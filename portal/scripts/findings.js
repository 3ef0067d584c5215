// @ts-check
/** A finding in a file: the code of a text of the page, and a value from the file. */

/** @typedef {{ code: string, value: string }} Finding */

const LONGEST = 80;
const CONTROL = /[\p{Cc}\p{Cf}\p{Surrogate}]+/gu;

/**
 * Return a finding with its value made safe to show: one line, without characters that change the text direction.
 * @param {string} code
 * @param {string} [value]
 * @returns {Finding}
 */
export function found(code, value = "") {
  const shown = value.replace(CONTROL, " ").trim();
  return { code, value: shown.length > LONGEST ? `${shown.slice(0, LONGEST)}…` : shown };
}

/**
 * Return the findings without duplicates.
 * @param {readonly Finding[]} findings
 * @returns {Finding[]}
 */
export function distinct(findings) {
  const byText = new Map(findings.map((each) => [`${each.code} ${each.value}`, each]));
  return [...byText.values()];
}
