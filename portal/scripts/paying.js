// @ts-check
/**
 * Do the proof of work for envelopes while the person writes. If the portal refuses the work, do it again (SPEC 7.6).
 */

import { sha256 } from "@noble/hashes/sha2.js";
import { ask, Refused } from "./http.js";
import { OFFER, sizeClassOf, solve } from "./work.js";

/** @typedef {import("./work.js").Offer} Offer */

const HEADER = "Proof-Of-Work";
const ATTEMPTS = 3;

/**
 * The portal's offer, fetched when the page opens. If the fetch failed, or if the offer is outdated, the page fetches
 * an offer again only at Send.
 * @type {Promise<Offer> | null}
 */
let offer = null;
/**
 * @typedef {object} Work
 * @property {string} channel
 * @property {number} sizeClass
 * @property {AbortController} ending stops the work if other work is needed for the same header
 * @property {Promise<string>} solution
 */

/**
 * Finished or running work, by header.
 * @type {WeakMap<Uint8Array, Work>}
 */
const done = new WeakMap();

/** Fetch the cost of work whenever somebody opens a page, before anything reveals what that person will do. */
export function askWork() {
  offered().catch(() => {});
}

/**
 * Begin the work for an envelope that will probably be sent. Use the offer that was fetched when the page opened,
 * because a new request now would reveal to the host that somebody has finished writing. If the work fails, it is tried
 * again at Send.
 * @param {Promise<{ header: Uint8Array }>} envelope
 * @param {string} channel
 * @param {number} size its probable size in bytes
 */
export function prepareWork(envelope, channel, size) {
  const known = offer;
  if (known) envelope.then(({ header }) => workOf(header, channel, size, known)).catch(() => {});
}

/**
 * Call `act` with the header that proves the work for one envelope, and return its result. If the portal refuses the
 * work, do it again with a new offer. Throws Offline, Refused, and any error of `act`.
 * @template T
 * @param {{ channel: string, size: number, header: Uint8Array }} envelope
 * @param {(header: Record<string, string>) => Promise<T>} act
 * @returns {Promise<T>}
 */
export async function pay({ channel, size, header }, act) {
  for (let left = ATTEMPTS; ; ) {
    const solution = await workOf(header, channel, size, offered());
    try {
      return await act({ [HEADER]: solution });
    } catch (error) {
      if (!(error instanceof Refused) || !isAnother(error.problem) || (left -= 1) === 0) throw error;
      done.delete(header);
      offer = null;
    }
  }
}

/**
 * Return whether new work may be accepted. A used header cannot be used again, even with new work.
 * @param {string} problem
 */
function isAnother(problem) {
  return problem.startsWith("work_") && problem !== "work_spent";
}

/**
 * @param {Uint8Array} header
 * @param {string} channel
 * @param {number} size
 * @param {Promise<Offer>} asked
 */
function workOf(header, channel, size, asked) {
  const sizeClass = sizeClassOf(size);
  const known = done.get(header);
  if (known?.channel === channel && known.sizeClass === sizeClass) return known.solution;
  known?.ending.abort();
  const ending = new AbortController();
  const solution = solved(header, channel, sizeClass, asked, ending.signal);
  const work = { channel, sizeClass, ending, solution };
  done.set(header, work);
  solution.catch(() => done.get(header) === work && done.delete(header));
  return solution;
}

/**
 * @param {Uint8Array} header
 * @param {string} channel
 * @param {number} sizeClass
 * @param {Promise<Offer>} asked
 * @param {AbortSignal} signal
 */
async function solved(header, channel, sizeClass, asked, signal) {
  const { seed, cost } = await asked;
  return solve({ seed, headerHash: sha256(header), channel, sizeClass, cost }, signal);
}

function offered() {
  offer ??= ask("/api/work").then(({ bytes }) => OFFER.parse(bytes));
  offer.catch(() => (offer = null));
  return offer;
}
