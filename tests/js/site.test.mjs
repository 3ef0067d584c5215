/** site.js: scripts read the settings in the page's attributes. */

import assert from "node:assert/strict";
import { test } from "node:test";

const dataset = { deployment: "", rootKey: "", received: "3w", answered: "7d3m", daysOff: "45:20454 2" };
Object.assign(globalThis, { document: { documentElement: { lang: "fr", dataset } } });
const { site } = await import("../../portal/scripts/site.js");
const { promisedBy } = await import("../../portal/scripts/days.js");

test("scripts use the deadlines of the law in the page", () => {
  const { received, answered, daysOff } = site.promised;
  assert.deepEqual([received, answered, daysOff], ["3w", "7d3m", "45:20454 2"]);
});

test("working days exclude weekends and public holidays", () => {
  // Thursday, 1 January 2026, is a public holiday. Friday and Saturday are the weekend.
  assert.equal(promisedBy("1w", "2025-12-31", site.promised.daysOff), "2026-01-04");
  assert.equal(promisedBy("1w", "2025-12-31", "56:"), "2026-01-01");
});
