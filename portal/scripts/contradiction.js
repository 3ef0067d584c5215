// @ts-check
/** What the site says of its keyring, held against the one that the inspectorate has signed (SPEC 7.4). */

import { addressOf } from "./channels.js";
import { today } from "./days.js";
import { Failure } from "./failure.js";
import { Refused } from "./http.js";
import { fetchKeyring } from "./keyrings.js";

const OF_THE_KEYRING = ["channel_unknown", "no_keyring"];

/**
 * Return what a message to this channel failed for: `error` itself, unless it says something of the keyring. That is
 * looked up anew: the page would else send a reporter to another reader, or away, on the word of a hostile host.
 * @param {unknown} error
 * @param {string} [channel] none if nothing was sent yet
 * @returns {Promise<unknown>} what `addressOf` and `fetchKeyring` throw where the signed keyring, too, takes nothing
 */
export async function truthOf(error, channel) {
  if (!channel || !(error instanceof Refused && OF_THE_KEYRING.includes(error.problem))) return error;
  try {
    addressOf(await fetchKeyring(), channel, today());
    return new Failure("site-contradicts");
  } catch (truth) {
    return truth;
  }
}
