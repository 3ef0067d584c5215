// @ts-check
/** Requests to the portal, which carry nothing but what is given: no cookie, no referrer, no redirect. */

import { concat } from "./bytes.js";
import { Failure } from "./failure.js";

/** Bytes of an answer, unless its request says otherwise: more than keyring, manifest or any file of the pages has. */
const MOST = 4 << 20;
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

/** No answer came, or none that was read to its end. */
export class Offline extends Failure {
  constructor() {
    super("offline");
  }
}

/** @typedef {{ headers: Headers, bytes: Uint8Array<ArrayBuffer> }} Answer */

/**
 * What is asked for; `success` is the one status of a good answer, 200 unless given, and `most` the bytes that any
 * answer may have, 4 MiB unless given: whoever answers without end must not fill the memory of a phone.
 * @typedef {RequestInit & { success?: number, most?: number }} Asked
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
 * Return the whole answer, whatever its status. Throws if none comes, or if it has more than `most` bytes.
 * @param {string} path
 * @param {Omit<Asked, "success">} [asked]
 */
export async function answered(path, { most = MOST, ...request } = {}) {
  const response = await fetch(path, {
    cache: "no-store",
    credentials: "omit",
    redirect: "error",
    referrerPolicy: "no-referrer",
    signal: AbortSignal.timeout(PATIENCE_MS),
    ...request,
  });
  const { status, headers } = response;
  return { status, headers, bytes: await read(response, most) };
}

/**
 * @param {Response} response
 * @param {number} most
 */
async function read(response, most) {
  const parts = [];
  let size = 0;
  const reader = response.body?.getReader();
  for (let next = await reader?.read(); next && !next.done; next = await reader?.read()) {
    size += next.value.length;
    if (size > most) {
      await reader?.cancel();
      throw new RangeError("an answer has more bytes than are taken");
    }
    parts.push(next.value);
  }
  return concat(parts);
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
