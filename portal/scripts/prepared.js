// @ts-check
/** An envelope begun before it has content: the work for its header is done while the person writes. */

import * as age from "./age.js";
import { equal } from "./bytes.js";

/** @typedef {import("./sealing.js").Address} Address */
/** @typedef {import("./age.js").Begun} Begun */

/**
 * The envelope without content.
 * @type {{ key: Uint8Array, begun: Promise<Begun> } | null}
 */
let waiting = null;

/**
 * Return an envelope without content for this address. Later calls return the same envelope, until it is taken or the
 * address changes.
 * @param {Address} address
 * @returns {Promise<Begun>}
 */
export function prepare({ key }) {
  if (!waiting || !equal(waiting.key, key.id)) waiting = { key: key.id, begun: age.begin(key.recipient) };
  return waiting.begun;
}

/**
 * Return an envelope without content for this address. No other caller gets the same envelope.
 * @param {Address} address
 * @returns {Promise<Begun>}
 */
export function take(address) {
  const begun = prepare(address);
  waiting = null;
  return begun;
}
