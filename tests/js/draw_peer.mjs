/**
 * The verifier of draws in JavaScript as a peer for tests: one JSON request per line in, one answer per line out.
 *
 * A request is a list of transcripts as base64. The answer is {rule}, which is empty if they are valid, and the end
 * of each draw as base64.
 */
import { createInterface } from "node:readline";
import { Disproved, verifySeries } from "../../draws/scripts/verify.js";

for await (const line of createInterface({ input: process.stdin })) {
  const files = /** @type {string[]} */ (JSON.parse(line)).map((each) => new Uint8Array(Buffer.from(each, "base64")));
  process.stdout.write(`${JSON.stringify(answer(files))}\n`);
}

/** @param {Uint8Array[]} files */
function answer(files) {
  try {
    return { rule: "", ends: verifySeries(files).map(({ end }) => Buffer.from(end).toString("base64")) };
  } catch (error) {
    if (error instanceof Disproved) return { rule: error.rule, ends: [] };
    throw error;
  }
}
