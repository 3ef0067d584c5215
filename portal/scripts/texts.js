// @ts-check
/** The texts that scripts show. The page contains each text, already translated, under its code. */

const UNITS = [
  { name: "gigabyte", bytes: 1e9 },
  { name: "megabyte", bytes: 1e6 },
  { name: "kilobyte", bytes: 1e3 },
];

/**
 * Return the text of `code`, with `{name}` replaced by the value of that name.
 * @param {string} code
 * @param {Record<string, string | number>} [values]
 * @returns {string}
 */
export function say(code, values = {}) {
  const text = find(code) ?? find("unexpected") ?? code;
  return text.replace(/\{(\w+)\}/g, (_, name) => String(values[name] ?? ""));
}

/**
 * Return whether the page has a text for `code`.
 * @param {string} code
 */
export function has(code) {
  return find(code) !== undefined;
}

/**
 * Return a fraction from 0 to 1 as a percentage.
 * @param {number} part
 */
export function percent(part) {
  return new Intl.NumberFormat(locale(), { style: "percent" }).format(part);
}

/**
 * Return a number of bytes in a suitable unit.
 * @param {number} bytes
 */
export function size(bytes) {
  const { name, bytes: each } = UNITS.find((unit) => bytes >= unit.bytes) ?? { name: "byte", bytes: 1 };
  const unitDisplay = name === "byte" ? "long" : "short"; // the short form lacks the plural: “66 byte”
  const format = new Intl.NumberFormat(locale(), { style: "unit", unit: name, unitDisplay, maximumFractionDigits: 1 });
  return format.format(bytes / each);
}

/**
 * Return a duration in words, rounded up.
 * @param {number} seconds
 */
export function duration(seconds) {
  const [unit, amount] = seconds < 90 ? ["second", Math.ceil(seconds / 10) * 10] : ["minute", Math.ceil(seconds / 60)];
  return new Intl.NumberFormat(locale(), { style: "unit", unitDisplay: "long", unit }).format(amount);
}

/**
 * Return a day (`YYYY-MM-DD`) in the page's language.
 * @param {string} day
 */
export function dayText(day) {
  const text = new Intl.DateTimeFormat(locale(), { dateStyle: "full", timeZone: "UTC" }).format(new Date(day));
  return document.documentElement.lang === "fr" ? text.replace(" 1 ", " 1er ") : text;
}

/** The report page can change its language (language.js). */
function locale() {
  const { lang } = document.documentElement;
  return lang === "en" ? "en-GB" : lang;
}

/**
 * Return a day (`YYYY-MM-DD`) in a few letters, for a narrow place.
 * @param {string} day
 */
export function shortDay(day) {
  return new Intl.DateTimeFormat(locale(), { dateStyle: "medium", timeZone: "UTC" }).format(new Date(day));
}

/** @param {string} code */
function find(code) {
  const codes = document.querySelectorAll("#texts [data-code]");
  return [...codes].find((each) => each.getAttribute("data-code") === code)?.textContent ?? undefined;
}
