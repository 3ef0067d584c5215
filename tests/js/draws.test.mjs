/** The vectors of docs/draws.md: the page's verifier accepts and refuses them by the stated rule. */

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { verifyOpening } from "../../draws/scripts/transfers.js";
import { Disproved, verify } from "../../draws/scripts/verify.js";

/** @type {{ tests: { id: string, rule: string, end?: string, transcript: string }[] }} */
const { tests } = JSON.parse(readFileSync(new URL("../vectors/draws/transcripts.json", import.meta.url), "utf-8"));

for (const { id, rule, end, transcript } of tests) {
  test(id, () => {
    const raw = new TextEncoder().encode(transcript);
    if (rule) {
      assert.throws(() => verify(raw), (error) => error instanceof Disproved && error.rule === rule);
    } else {
      assert.equal(Buffer.from(verify(raw).end).toString("hex"), end);
    }
  });
}

/** @type {{ tests: { id: string, rule: string, transfers: string[], transcript: string, opening: string }[] }} */
const openings = JSON.parse(readFileSync(new URL("../vectors/draws/openings.json", import.meta.url), "utf-8"));

for (const { id, rule, transfers, transcript, opening } of openings.tests) {
  test(`opening ${id}`, () => {
    const encode = (/** @type {string} */ text) => new TextEncoder().encode(text);
    if (rule) {
      assert.throws(() => verifyOpening(encode(transcript), encode(opening)), (error) => error instanceof Disproved && error.rule === rule);
    } else {
      const found = verifyOpening(encode(transcript), encode(opening)).transfers;
      assert.deepEqual(found.map(({ agent, post }) => `${agent} ${post}`), transfers);
    }
  });
}
