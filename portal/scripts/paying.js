// @ts-check
/** Paying for envelopes: worked for while the person writes, anew where the portal does not take it (SPEC 7.6). */

import { sha256 } from "@noble/hashes/sha2.js";
import { ask, Refused } from "./http.js";
import { OFFER, sizeClassOf, solve } from "./work.js";

/** @typedef {import("./work.js").Offer} Offer */

const HEADER = "Proof-Of-Work";
const ATTEMPTS = 3;

/**
 * What the portal asks for, fetched as the page opens; if that failed, or it is no longer taken, again at Send alone.
 * @type {Promise<Offer> | null}
 */
let offer = null;
/**
 * @typedef {object} Work
 * @property {string} channel
 * @property {number} sizeClass
 * @property {AbortController} ending ends it where other work is wanted for the same header
 * @property {Promise<string>} solution
 */

/**
 * Work, done or under way, for the headers that it is for.
 * @type {WeakMap<Uint8Array, Work>}
 */
const done = new WeakMap();

/** Ask what work costs: for everyone who opens a page, and before anything is known of what they will do. */
export function askWork() {
  offered().catch(() => {});
}

/**
 * Begin the work for an envelope that will likely be sent, by what the page was told as it opened: to ask again now
 * would tell the host that somebody is done writing. What fails is tried again when it is sent.
 * @param {Promise<{ header: Uint8Array }>} envelope
 * @param {string} channel
 * @param {number} size bytes that it will likely have
 */
export function prepareWork(envelope, channel, size) {
  const known = offer;
  if (known) envelope.then(({ header }) => workOf(header, channel, size, known)).catch(() => {});
}

/**
 * Return what `act` returns, given the header that pays for one envelope; work that the portal does not take is
 * done anew, for what it asks then. Throws what `act` throws, Offline, Refused.
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
 * Return whether other work may be taken; a header that was used seals nothing more, whatever is done.
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
