/** The vectors of docs/draws.md: the page's verifier accepts and refuses them by the stated rule. */

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
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
