/** Check digits of freight containers (ISO 6346). */

import assert from "node:assert/strict";
import { test } from "node:test";
import { wrongNumbers } from "../../portal/scripts/containers.js";

test("a container number with the right check digit causes no warning, however it is written", () => {
  for (const text of ["CSQU3054383", "csqu 305438 3", "TEMU-123456-5 et MSKU 907 032 3", "HLXU2008419."]) {
    assert.deepEqual(wrongNumbers(text), [], text);
  }
});

test("the warning for a wrong check digit gives the right one", () => {
  assert.deepEqual(wrongNumbers("quai 4 : CSQU3054384, puis csqu 305438 5"), [
    { number: "CSQU3054384", digit: 3 },
    { number: "csqu 305438 5", digit: 3 },
  ]);
});

test("a remainder of ten gives the check digit zero", () => {
  const withZero = Array.from({ length: 200 }, (_, at) => `CSQU305${String(at).padStart(3, "0")}`)
    .map((start) => wrongNumbers(`${start}9`)[0]?.digit ?? 9);
  assert.equal(Math.max(...withZero), 9);
  assert.deepEqual([...new Set(withZero)].sort(), [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
});

test("text that only resembles a container number causes no warning", () => {
  for (const text of ["", "CSQA3054384", "XCSQU3054384", "CSQU30543845", "CSQU305438", "06 12 34 56 78", "FR7630006000011234567890189"]) {
    assert.deepEqual(wrongNumbers(text), [], text);
  }
});
