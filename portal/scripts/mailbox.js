// @ts-check
/** The portal's answer about a case, and which parts of it are authentic (SPEC 5.3, 5.4, 6, 7.2). */

import { ask } from "#http";
import * as age from "./age.js";
import { breathe } from "./breathe.js";
import * as container from "./container.js";
import { daysAfter, fromCount, LAST_COUNT } from "./days.js";
import { CryptoError, NotForUs, Tampered } from "./errors.js";
import { Failure } from "./failure.js";
import { channel as find } from "./keyring.js";
import * as memo from "./memo.js";
import { checkNames } from "./messages.js";
import * as padding from "./padding.js";
import { site } from "./site.js";
import { openSlot } from "./slot.js";

/** @typedef {import("./casetoken.js").CaseKeys} CaseKeys */
/** @typedef {import("./keyring.js").Keyring} Keyring */
/** @typedef {import("./slot.js").Slot} Slot */

/**
 * The data of a case. Only `channel`, `day` and `slot` are authentic; `claim` is the portal's own statement.
 * @typedef {object} Mailbox
 * @property {{ state: "unknown" | "waiting" | "collected", day: string }} claim
 * @property {string | null} channel from memo or slot; null if neither opens, or if the channel is closed
 * @property {string | null} day of the report by the reporter's clock, from the memo; null if the memo does not open
 * @property {Slot | null} slot null if there is no authentic slot
 * @property {string | null} fault the code of what is wrong with the slot, or null
 */

const SIZE = 18_108;
const LATE_DAYS = 35;
const STATES = /** @type {const} */ (["unknown", "waiting", "collected"]);

/**
 * Return the portal's answer about a case, decrypted; throws Offline, Refused, or Failure if the answer is malformed.
 * @param {CaseKeys} keys
 * @param {Keyring} keyring
 * @param {string} today
 * @returns {Promise<Mailbox>}
 */
export async function openMailbox(keys, keyring, today) {
  const request = { method: "POST", body: new Uint8Array(keys.locator), most: SIZE };
  const { bytes: answer } = await ask("/api/slot", request);
  const claim = claimed(answer);
  const note = openMemo(answer.slice(5, 65), keys);
  const { slot, fault } = await trusted(answer.slice(65), keys, keyring, today);
  const nothing = { claim, channel: null, day: null, slot: null };
  if (slot && note && slot.channel !== note.channel) return { ...nothing, fault: "channels-differ" };
  const channel = slot?.channel ?? note?.channel ?? null;
  // Without the keys of a channel, its answers cannot be verified, and nothing can be sealed to it.
  if (channel && !find(keyring, channel)) return { ...nothing, fault: "channel-gone" };
  // Each report has a memo.
  // A portal that withholds the memo could make deadlines count from a day of the portal's choice.
  const isHeldBack = channel === null && fault === null && claim.state !== "unknown";
  return { claim, channel, day: note?.day ?? null, slot, fault: isHeldBack ? "note-missing" : fault };
}

/**
 * @param {Uint8Array<ArrayBuffer>} answer
 * @returns {Mailbox["claim"]}
 */
function claimed(answer) {
  const state = STATES[answer[0] ?? STATES.length];
  if (answer.length !== SIZE || state === undefined) throw new Failure("answer-malformed");
  const count = new DataView(answer.buffer).getUint32(1);
  if (count > LAST_COUNT) throw new Failure("answer-malformed");
  return { state, day: fromCount(count) };
}

/**
 * @param {Uint8Array} sealed
 * @param {CaseKeys} keys
 * @returns {memo.Note | null} null for filler
 */
function openMemo(sealed, keys) {
  try {
    return memo.unseal(sealed, keys.memoKey, { deployment: site.deployment, caseId: keys.caseId });
  } catch (error) {
    if (error instanceof CryptoError) return null;
    throw error;
  }
}

/**
 * @param {Uint8Array} sealed
 * @param {CaseKeys} keys
 * @param {Keyring} keyring
 * @param {string} today
 * @returns {Promise<Pick<Mailbox, "slot" | "fault">>}
 */
async function trusted(sealed, keys, keyring, today) {
  try {
    const plain = await age.unsealEnvelope(sealed, keys.replyIdentity);
    const { slot, key } = await verified(await container.read(plain, padding.slot), keyring);
    checkNames(slot, { case_id: keys.caseId });
    // The last slots of an expired key stay valid until the next slot is due, but only for a limited time (SPEC 6).
    const until = daysAfter(key.not_after, LATE_DAYS);
    const stale = today > key.not_after && (today > slot.next_by || today > until);
    return stale ? { slot: null, fault: "slot-stale" } : { slot, fault: null };
  } catch (error) {
    if (error instanceof NotForUs) return { slot: null, fault: null };
    if (error instanceof CryptoError) return { slot: null, fault: "slot-tampered" };
    throw error;
  }
}

/**
 * @param {container.Signed} signed
 * @param {Keyring} keyring
 * @returns {Promise<{ slot: Slot, key: import("./keyring.js").ReplyKey }>} signed by a key of the channel it names
 */
async function verified(signed, keyring) {
  for (const channel of keyring.channels) {
    for (const key of channel.reply_keys) {
      await breathe();
      try {
        const slot = openSlot(site.deployment, signed, key.key);
        if (slot.channel === channel.id) return { slot, key };
      } catch (error) {
        if (!(error instanceof Tampered)) throw error;
      }
    }
  }
  throw new Tampered("slot is signed by no reply key of its channel");
}
