// @ts-check
/** Compare the site's claims about its keyring with the keyring that the inspectorate signed (SPEC 7.4). */

import { addressOf } from "./channels.js";
import { today } from "./days.js";
import { Failure } from "./failure.js";
import { Refused } from "./http.js";
import { fetchKeyring } from "./keyrings.js";

const OF_THE_KEYRING = ["channel_unknown", "no_keyring"];

/**
 * Return why a message to this channel failed: `error`, unless it is about the keyring. In that case, fetch the signed
 * keyring and check the claim. Otherwise, a hostile host could use a false claim to divert reporters to another reader,
 * or to turn them away.
 * @param {unknown} error
 * @param {string} [channel] missing if nothing was sent yet
 * @returns {Promise<unknown>} the error of `addressOf` or `fetchKeyring`, if the channel is closed in the signed keyring too
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
