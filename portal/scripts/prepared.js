// @ts-check
/** An envelope begun before there is anything to put in it: its header is worked for while the person writes. */

import * as age from "./age.js";
import { equal } from "./bytes.js";

/** @typedef {import("./sealing.js").Address} Address */
/** @typedef {import("./age.js").Begun} Begun */

/**
 * The one that nothing was put in yet.
 * @type {{ key: Uint8Array, begun: Promise<Begun> } | null}
 */
let waiting = null;

/**
 * Return an envelope for this address that nothing was put in yet; the same until it is taken, or asked for another.
 * @param {Address} address
 * @returns {Promise<Begun>}
 */
export function prepare({ key }) {
  if (!waiting || !equal(waiting.key, key.id)) waiting = { key: key.id, begun: age.begin(key.recipient) };
  return waiting.begun;
}

/**
 * Return an envelope for this address to put something in, once: nobody else is given it again.
 * @param {Address} address
 * @returns {Promise<Begun>}
 */
export function take(address) {
  const begun = prepare(address);
  waiting = null;
  return begun;
}
