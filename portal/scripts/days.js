// @ts-check
/** Calendar days of the protocol (SPEC 1.2). */

const DAY_MS = 86_400_000;

/**
 * Return today, by this machine's clock, in UTC: `YYYY-MM-DD`.
 * @returns {string}
 */
export function today() {
  return dayOf(new Date());
}

/**
 * Return the day `count` days after 1970-01-01, as the portal counts them.
 * @param {number} count
 */
export function fromCount(count) {
  return dayOf(new Date(count * DAY_MS));
}

/** The last day of the protocol, 2199-12-31 (SPEC 1.2), counted since 1970-01-01. */
export const LAST_COUNT = 84_005;

/**
 * Return the number of days from 1970-01-01 to `day`, as the portal counts them.
 * @param {string} day
 */
export function toCount(day) {
  return Date.parse(day) / DAY_MS;
}

/**
 * Return the day `count` days later.
 * @param {string} day
 * @param {number} count
 */
export function daysAfter(day, count) {
  return dayOf(new Date(Date.parse(day) + count * DAY_MS));
}

/**
 * Return the day `count` months later, or the last day of that month if the month is too short.
 * @param {string} day
 * @param {number} count
 */
export function monthsAfter(day, count) {
  const date = new Date(day);
  const wanted = date.getUTCDate();
  date.setUTCMonth(date.getUTCMonth() + count, 1);
  const last = new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 0)).getUTCDate();
  date.setUTCDate(Math.min(wanted, last));
  return dayOf(date);
}

/**
 * Return the last day of a deadline that the law promises for a report made on `day`.
 * @param {string} promise in the form of `templates/law/promises.py`: `7d`, `7d3m`, `7w,1m;12m`
 * @param {string} day
 * @param {string} daysOff from the same module, for working days
 * @param {string} [acknowledged] the day of the acknowledgement, if it is known: the last time of `7d3m` runs from it if
 *   it is earlier
 */
export function promisedBy(promise, day, daysOff, acknowledged) {
  const steps = stepping(daysOff);
  const by = (/** @type {string} */ written) => stepsAfter(day, written, steps, acknowledged);
  const regimes = promise.split(";").map((regime) => regime.split(",").map(by).sort()[0] ?? day);
  return regimes.sort().at(-1) ?? day;
}

/** @typedef {Record<string, (day: string, count: number) => string>} Steps */

/**
 * @param {string} day
 * @param {string} written times, one after the other
 * @param {Steps} steps
 * @param {string} [acknowledged]
 */
function stepsAfter(day, written, steps, acknowledged) {
  const counts = [...written.matchAll(/(\d+)([dwm])/g)];
  return counts.reduce((from, [, count, unit = ""], at) => {
    const isLast = at > 0 && at === counts.length - 1;
    const begun = isLast && acknowledged !== undefined && acknowledged < from ? acknowledged : from;
    return steps[unit]?.(begun, Number(count)) ?? begun;
  }, day);
}

/**
 * @param {string} daysOff
 * @returns {Steps}
 */
function stepping(daysOff) {
  const [weekend = "", steps = ""] = daysOff.split(":");
  let count = 0;
  const holidays = new Set(steps.split(" ").map((step) => fromCount((count += Number(step)))));
  /** @param {string} day */
  const works = (day) => !weekend.includes(String((new Date(day).getUTCDay() + 6) % 7)) && !holidays.has(day);
  /**
   * @param {string} day
   * @param {number} left
   */
  const workingDaysAfter = (day, left) => {
    while (left > 0) if (works((day = daysAfter(day, 1)))) left -= 1;
    return day;
  };
  return { d: daysAfter, w: workingDaysAfter, m: monthsAfter };
}

/** @param {Date} date */
function dayOf(date) {
  return date.toISOString().slice(0, 10);
}
