// @ts-check
/** Paying for envelopes: worked for while the person writes, anew where the portal does not take it (SPEC 7.6). */

import { sha256 } from "@noble/hashes/sha2.js";
import { sealedSize } from "./age.js";
import { ask, Refused } from "./http.js";
import { SMALLEST } from "./padding.js";
import { OFFER, solve } from "./work.js";

/** @typedef {import("./work.js").SizeClass} SizeClass */
/** @typedef {import("./work.js").Offer} Offer */

const HEADER = "Proof-Of-Work";
const ATTEMPTS = 3;
const TEXT = sealedSize(SMALLEST);

/**
 * What the portal asks for, fetched as the page opens; if that failed, or it is no longer taken, again at Send alone.
 * @type {Promise<Offer> | null}
 */
let offer = null;
/**
 * Work, done or under way, for the headers that it is for.
 * @type {WeakMap<Uint8Array, { channel: string, sizeClass: SizeClass, solution: Promise<string> }>}
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
 * @param {SizeClass} sizeClass
 */
export function prepareWork(envelope, channel, sizeClass) {
  const known = offer;
  if (known) envelope.then(({ header }) => workOf(header, channel, sizeClass, known)).catch(() => {});
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
    const solution = await workOf(header, channel, size === TEXT ? "text" : "files", offered());
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
 * @param {SizeClass} sizeClass
 * @param {Promise<Offer>} asked
 */
function workOf(header, channel, sizeClass, asked) {
  const known = done.get(header);
  if (known?.channel === channel && known.sizeClass === sizeClass) return known.solution;
  const solution = solved(header, channel, sizeClass, asked);
  done.set(header, { channel, sizeClass, solution });
  solution.catch(() => done.delete(header));
  return solution;
}

/**
 * @param {Uint8Array} header
 * @param {string} channel
 * @param {SizeClass} sizeClass
 * @param {Promise<Offer>} asked
 */
async function solved(header, channel, sizeClass, asked) {
  const { seed, cost } = await asked;
  return solve({ seed, headerHash: sha256(header), channel, sizeClass, cost: cost[sizeClass] });
}

function offered() {
  offer ??= ask("/api/work").then(({ bytes }) => OFFER.parse(bytes));
  offer.catch(() => (offer = null));
  return offer;
}
