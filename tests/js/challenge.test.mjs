/** Work where a browser lacks what is usually there, and with what a portal should not send. */

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { solve } from "../../portal/scripts/challenge.js";
import { Malformed } from "../../portal/scripts/errors.js";

const { tests } = JSON.parse(readFileSync(new URL("../vectors/challenge.json", import.meta.url), "utf8"));

test("without WebCrypto, as at an onion address in some browsers, the work is the same", async () => {
  const { subtle } = globalThis.crypto;
  Object.defineProperty(globalThis.crypto, "subtle", { value: undefined, configurable: true });
  try {
    for (const { input, expect, output } of tests) {
      if (expect === "ok") assert.equal(await solve(input.challenge), output.payload);
    }
  } finally {
    Object.defineProperty(globalThis.crypto, "subtle", { value: subtle, configurable: true });
  }
  assert.ok(globalThis.crypto.subtle);
});

for (const answer of [null, {}, 7, [], { parameters: null }, { parameters: "x" }]) {
  test(`${JSON.stringify(answer)} is no challenge`, async () => {
    await assert.rejects(solve(answer), Malformed);
  });
}
