/** work.js: proof of work can be cancelled, and can be computed without WebCrypto. */

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { sha256 } from "@noble/hashes/sha2.js";
import { solve } from "../../portal/scripts/work.js";
import { hex } from "./helpers.mjs";

const { tests } = JSON.parse(readFileSync(new URL("../vectors/work.json", import.meta.url), "utf8"));

test("cancelled work stops, and a solution is not valid for another size", async () => {
  const { input, output } = tests.find((/** @type {{ input: { class?: number } }} */ each) => each.input.class === 4);
  const { seed, header, channel, cost } = input;
  const puzzle = { seed: hex(seed), headerHash: sha256(hex(header)), channel, sizeClass: 4, cost };
  const ending = new AbortController();
  const solution = solve(puzzle, ending.signal);
  ending.abort();
  await assert.rejects(solution, { name: "AbortError" });
  assert.equal(await solve(puzzle, new AbortController().signal), output.payment, "the control");
  assert.notEqual(await solve({ ...puzzle, sizeClass: 3 }), output.payment);
});

test("the solution is the same without WebCrypto, which some browsers lack at an onion address", async () => {
  const { subtle } = globalThis.crypto;
  Object.defineProperty(globalThis.crypto, "subtle", { value: undefined, configurable: true });
  try {
    for (const { input, output } of tests) {
      if (!input.header) continue;
      const { seed, header, channel, class: sizeClass, cost } = input;
      const puzzle = { seed: hex(seed), headerHash: sha256(hex(header)), channel, sizeClass, cost };
      assert.equal(await solve(puzzle), output.payment);
    }
  } finally {
    Object.defineProperty(globalThis.crypto, "subtle", { value: subtle, configurable: true });
  }
  assert.ok(globalThis.crypto.subtle);
});
