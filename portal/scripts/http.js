// @ts-check
/** Requests to the portal with only the given content: no cookies, no referrer, no redirects. */

import { concat } from "./bytes.js";
import { Waiting } from "./connection.js";
import { Failure } from "./failure.js";

/** The default limit of an answer in bytes: larger than the keyring, the manifest and any file of the pages. */
const MOST = 4 << 20;

/**
 * The portal refused. `status` is the HTTP status, and `problem` is the code of its problem document, or empty.
 *
 * The page shows only its own texts for problems, whatever the portal answers.
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

/** No answer arrived, or the answer broke off. */
export class Offline extends Failure {
  constructor() {
    super("offline");
  }
}

/** @typedef {{ headers: Headers, bytes: Uint8Array<ArrayBuffer> }} Answer */

/**
 * A request. `success` is the expected status, 200 by default. `most` is the limit of an answer in bytes, 4 MiB by
 * default, so that an endless answer cannot fill the memory of a phone.
 * @typedef {RequestInit & { success?: number, most?: number }} Asked
 */

/**
 * Return the complete answer of the portal if its status is as expected; throws Refused or Offline.
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
 * Return the complete answer with any status. Throws an error if there is no answer, or if the answer has more than
 * `most` bytes.
 * @param {string} path
 * @param {Omit<Asked, "success">} [asked]
 */
export async function answered(path, { most = MOST, ...request } = {}) {
  const waiting = new Waiting(size(request.body));
  try {
    const response = await fetch(path, {
      cache: "no-store",
      credentials: "omit",
      redirect: "error",
      referrerPolicy: "no-referrer",
      signal: waiting.signal,
      ...request,
    });
    const { status, headers } = response;
    return { status, headers, bytes: await read(response, most, () => waiting.sign()) };
  } finally {
    waiting.end();
  }
}

/** @param {RequestInit["body"]} body */
function size(body) {
  return body instanceof Uint8Array ? body.length : 0;
}

/**
 * @param {Response} response
 * @param {number} most
 * @param {() => void} arrived called for each part
 */
async function read(response, most, arrived) {
  const parts = [];
  let size = 0;
  arrived();
  const reader = response.body?.getReader();
  for (let next = await reader?.read(); next && !next.done; next = await reader?.read()) {
    arrived();
    size += next.value.length;
    if (size > most) {
      await reader?.cancel();
      throw new RangeError("an answer has more bytes than are taken");
    }
    parts.push(next.value);
  }
  return concat(parts);
}

/** @param {Uint8Array} bytes of an answer with another status */
function problemCode(bytes) {
  try {
    const { code } = JSON.parse(new TextDecoder().decode(bytes));
    return typeof code === "string" ? code : "";
  } catch {
    return "";
  }
}
