/** padding.js beyond the vectors: the properties of Padmé. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { bucket, LARGEST, padme, SMALLEST } from "../../portal/scripts/padding.js";

test("a padded size is at most 12 % larger, and padding it again changes nothing", () => {
  for (let size = 1; size < 2 ** 31; size = Math.ceil(size * 1.037)) {
    const padded = padme(size);
    assert.ok(padded >= size && padded <= size * 1.12, `${size} became ${padded}`);
    assert.equal(padme(padded), padded);
  }
});

test("padding leaves at most 450 sizes up to 1 GiB", () => {
  const sizes = new Set();
  for (let size = SMALLEST; size <= LARGEST; size = padme(size + 1)) sizes.add(bucket(size));
  assert.ok(sizes.size <= 450, `${sizes.size} sizes`);
});

test("padding does not change the largest size", () => {
  assert.equal(bucket(LARGEST), LARGEST);
});
