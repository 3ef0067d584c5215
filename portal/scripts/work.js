// @ts-check
/** Paying for envelopes with work: begun before it is needed, done anew where the portal does not take it (SPEC 7.6). */

import { sealedSize } from "./age.js";
import { solve } from "./challenge.js";
import { ask, Refused } from "./http.js";
import { SMALLEST } from "./padding.js";

const HEADER = "Proof-Of-Work";
const ATTEMPTS = 3;
const TEXT = sealedSize(SMALLEST);

/**
 * Solutions, done or under way, by the address of their challenge.
 * @type {Map<string, Promise<string>>}
 */
const solutions = new Map();

/**
 * Begin the work for an envelope that will likely be sent; what fails is tried again when it is needed.
 * @param {string} channel
 * @param {"text" | "files"} sizeClass
 */
export function prepareWork(channel, sizeClass) {
  solutionOf(`/api/challenge/${channel}/${sizeClass}`).catch(() => {});
}

/**
 * Return what `act` returns, given the header that pays for one envelope.
 *
 * A solution is used once, as the answer to it may be lost; one that the portal does not take is replaced by
 * another. Throws what `act` throws, Offline, Refused.
 * @template T
 * @param {{ channel: string, size: number }} envelope
 * @param {(header: Record<string, string>) => Promise<T>} act
 * @returns {Promise<T>}
 */
export async function pay({ channel, size }, act) {
  const address = `/api/challenge/${channel}/${size === TEXT ? "text" : "files"}`;
  for (let left = ATTEMPTS; ; ) {
    const solution = await solutionOf(address);
    solutions.delete(address);
    try {
      return await act({ [HEADER]: solution });
    } catch (error) {
      const another = error instanceof Refused && error.problem.startsWith("challenge_");
      if (!another || (left -= 1) === 0) throw error;
    }
  }
}

/** @param {string} address */
function solutionOf(address) {
  const known = solutions.get(address);
  if (known) return known;
  const solution = solved(address);
  solutions.set(address, solution);
  solution.catch(() => solutions.delete(address));
  return solution;
}

/** @param {string} address */
async function solved(address) {
  const { bytes } = await ask(address);
  return solve(JSON.parse(new TextDecoder().decode(bytes)));
}
