/** padding.js beyond the vectors: what Padmé promises. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { bucket, LARGEST, padme, SMALLEST } from "../../portal/scripts/padding.js";

test("a padded size is never smaller, at most 12 % larger, and padded again the same", () => {
  for (let size = 1; size < 2 ** 31; size = Math.ceil(size * 1.037)) {
    const padded = padme(size);
    assert.ok(padded >= size && padded <= size * 1.12, `${size} became ${padded}`);
    assert.equal(padme(padded), padded);
  }
});

test("few sizes are left below 1 GiB", () => {
  const sizes = new Set();
  for (let size = SMALLEST; size <= LARGEST; size = padme(size + 1)) sizes.add(bucket(size));
  assert.ok(sizes.size <= 450, `${sizes.size} sizes`);
});

test("the largest size of all is one that padding leaves as it is", () => {
  assert.equal(bucket(LARGEST), LARGEST);
});
