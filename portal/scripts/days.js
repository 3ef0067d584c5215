// @ts-check
/** Days of the calendar, as the protocol knows them (SPEC 1.2). */

const DAY_MS = 86_400_000;
const FIRST_ANSWER_DAYS = 7;
const FEEDBACK_MONTHS = 3;

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

/** The last day of the protocol, 2199-12-31 (SPEC 1.2), so counted. */
export const LAST_COUNT = 84_005;

/**
 * Return the days from 1970-01-01 to `day`, as the portal counts them.
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
 * Return the day `count` months later, or the last of that month where it has no such day.
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
 * Return the day by which whoever reported on `day` should find that it was received.
 * @param {string} day
 */
export function firstAnswerBy(day) {
  return daysAfter(day, FIRST_ANSWER_DAYS);
}

/**
 * Return the day by which whoever reported on `day` should read what was done about it.
 * @param {string} day
 */
export function feedbackBy(day) {
  return monthsAfter(day, FEEDBACK_MONTHS);
}

/** @param {Date} date */
function dayOf(date) {
  return date.toISOString().slice(0, 10);
}
