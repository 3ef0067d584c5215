/** errors.js: the words of SPEC 1.6. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { CryptoError, Malformed, NotForUs, outcome, Tampered, Truncated } from "../../portal/scripts/errors.js";

test("each refusal has its own word", () => {
  const words = [new Malformed(), new NotForUs(), new Tampered(), new Truncated()].map(outcome);
  assert.deepEqual(words, ["malformed", "not-for-us", "tampered", "truncated"]);
});

test("any other error is thrown again", () => {
  for (const error of [new TypeError("ours"), new CryptoError()]) assert.throws(() => outcome(error), error);
});
