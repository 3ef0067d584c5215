// @ts-check
/** Numbers of freight containers, whose last digit checks the other digits (ISO 6346). */

/** @typedef {{ number: string, digit: number }} Wrong a container number as written, and the digit that would fit */

const NUMBER = /\b([A-Z]{3}[UJZ])[ -]?(\d{3})[ -]?(\d{3})[ -]?(\d)\b/gi;
const A = 65;

/**
 * Return the container numbers in a text that have a wrong check digit. This is a hint, because people mistype.
 * @param {string} text
 * @returns {Wrong[]}
 */
export function wrongNumbers(text) {
  return [...text.matchAll(NUMBER)].flatMap(([number, owner = "", first = "", second = "", last]) => {
    const digit = checkDigit(owner.toUpperCase() + first + second);
    return digit === Number(last) ? [] : [{ number, digit }];
  });
}

/** @param {string} start four letters and six digits */
function checkDigit(start) {
  const sum = [...start].reduce((total, character, at) => total + valueOf(character) * 2 ** at, 0);
  return (sum % 11) % 10;
}

/** @param {string} character digits count as themselves, letters from 10 up, skipping the multiples of 11 */
function valueOf(character) {
  const letter = character.charCodeAt(0) - A;
  return letter < 0 ? Number(character) : 10 + letter + Math.ceil(letter / 10);
}
