/** breathe.js: a pause lets other tasks run. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { breathe } from "../../portal/scripts/breathe.js";

test("another task runs during a pause, but not while a mere promise is awaited", async () => {
  let ran = false;
  setImmediate(() => (ran = true));
  await Promise.resolve();
  assert.equal(ran, false);
  for (let pauses = 0; pauses < 3; pauses += 1) await breathe();
  assert.equal(ran, true);
});
