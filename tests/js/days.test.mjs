/** The days on which reporters should come back: calculations with calendar days. */

import assert from "node:assert/strict";
import { test } from "node:test";

import * as days from "../../portal/scripts/days.js";

test("a month later is the same day, or the last day of a shorter month", () => {
  const starts = ["2026-11-24", "2026-11-30", "2027-11-30"];
  assert.deepEqual(starts.map((day) => days.monthsAfter(day, 3)), ["2027-02-24", "2027-02-28", "2028-02-29"]);
});

test("days are counted correctly across the end of a year", () => {
  assert.equal(days.daysAfter("2026-12-28", 7), "2027-01-04");
});

test("the portal counts days from 1 January 1970", () => {
  assert.deepEqual([0, 20_000].map(days.fromCount), ["1970-01-01", "2024-10-04"]);
  assert.deepEqual(["1970-01-01", "2024-10-04"].map(days.toCount), [0, 20_000]);
});

test("today is written as SPEC 1.2 says", () => {
  assert.match(days.today(), /^\d{4}-\d{2}-\d{2}$/);
});
