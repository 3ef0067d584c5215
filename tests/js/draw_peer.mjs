/**
 * The verifier of draws in JavaScript as a peer for tests: one JSON request per line in, one answer per line out.
 *
 * A request is a list of transcripts as base64. The answer is {rule}, which is empty if they are valid, and the end
 * of each draw as base64. If the request is {transcript, opening}, the answer has the transfers in place of the ends.
 */
import { createInterface } from "node:readline";
import { verifyOpening } from "../../draws/scripts/transfers.js";
import { Disproved, verifySeries } from "../../draws/scripts/verify.js";

for await (const line of createInterface({ input: process.stdin })) {
  const request = JSON.parse(line);
  process.stdout.write(`${JSON.stringify(Array.isArray(request) ? answer(request.map(bytes)) : opened(request))}\n`);
}

/** @param {string} written */
function bytes(written) {
  return new Uint8Array(Buffer.from(written, "base64"));
}

/** @param {Uint8Array[]} files */
function answer(files) {
  return tried(() => ({ rule: "", ends: verifySeries(files).map(({ end }) => Buffer.from(end).toString("base64")) }));
}

/** @param {{ transcript: string, opening: string }} files */
function opened({ transcript, opening }) {
  return tried(() => {
    const { transfers, states } = verifyOpening(bytes(transcript), bytes(opening));
    return { rule: "", ends: transfers.map(({ agent, from, post }) => `${agent} ${from} ${post}`), states };
  });
}

/**
 * @template T
 * @param {() => T} act
 */
function tried(act) {
  try {
    return act();
  } catch (error) {
    if (error instanceof Disproved) return { rule: error.rule, ends: [] };
    throw error;
  }
}
