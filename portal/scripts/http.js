// @ts-check
/** Requests to the portal, which carry nothing but what is given: no cookie, no referrer, no redirect. */

import { Failure } from "./failure.js";

const PATIENCE_MS = 300_000; // 1 MiB over a slow Tor circuit

/**
 * The portal answered that it will not: `status` is HTTP's, `problem` the word of its problem document, or empty.
 *
 * Its text is one of those for problems: whatever the portal answers, it cannot have the page show another.
 */
export class Refused extends Failure {
  /**
   * @param {number} status
   * @param {string} problem
   */
  constructor(status, problem) {
    super(`problem-${problem}`);
    this.status = status;
    this.problem = problem;
  }
}

/** No answer came. */
export class Offline extends Failure {
  constructor() {
    super("offline");
  }
}

/** @typedef {{ headers: Headers, bytes: Uint8Array<ArrayBuffer> }} Answer */

/**
 * What is asked for; `success` is the one status of a good answer, 200 unless given.
 * @typedef {RequestInit & { success?: number }} Asked
 */

/**
 * Return the portal's answer, read to its end, if it is a good one; throws Refused or Offline.
 * @param {string} path
 * @param {Asked} [asked]
 * @returns {Promise<Answer>}
 */
export async function ask(path, { success = 200, ...request } = {}) {
  const { status, headers, bytes } = await answered(path, request).catch(() => {
    throw new Offline();
  });
  if (status !== success) throw new Refused(status, problemCode(bytes));
  return { headers, bytes };
}

/**
 * Return any answer, good or not, read to its end.
 * @param {string} path
 * @param {RequestInit} [request]
 */
export async function answered(path, request = {}) {
  const response = await fetch(path, {
    cache: "no-store",
    credentials: "omit",
    redirect: "error",
    referrerPolicy: "no-referrer",
    signal: AbortSignal.timeout(PATIENCE_MS),
    ...request,
  });
  const { status, headers } = response;
  return { status, headers, bytes: new Uint8Array(await response.arrayBuffer()) };
}

/** @param {Uint8Array} bytes of an answer that is no good one */
function problemCode(bytes) {
  try {
    const { code } = JSON.parse(new TextDecoder().decode(bytes));
    return typeof code === "string" ? code : "";
  } catch {
    return "";
  }
}
