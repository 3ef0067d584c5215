// @ts-check
/** Fetch the keyring from the portal. It is accepted if the root key in the page has signed it (SPEC 6). */

import { ask } from "#http";
import { sha256 } from "@noble/hashes/sha2.js";
import { Malformed, Tampered } from "./errors.js";
import { Failure } from "./failure.js";
import { checkSerial, openKeyring } from "./keyring.js";
import { site } from "./site.js";

/**
 * A keyring, and the values by which messages name it.
 * @typedef {{ keyring: import("./keyring.js").Keyring, seen: { serial: number, hash: Uint8Array } }} Shown
 */

let known = 0;

/**
 * Return the keyring; the caller must check its days. Throws Failure or KeyringOlder.
 * @returns {Promise<Shown>}
 */
export async function fetchKeyring() {
  // Try again if the two files do not match, because the portal may have received a new keyring in between.
  const shown = await fetchOnce().catch((error) => {
    if (error instanceof Tampered) return fetchOnce();
    throw error;
  }).catch((error) => {
    if (error instanceof Tampered || error instanceof Malformed) throw new Failure("keyring-invalid");
    // A portal that once had a keyring always has a keyring.
    if (error instanceof Failure && error.code === "problem-no_keyring") {
      throw new Failure(known ? "site-contradicts" : "no-keyring");
    }
    throw error;
  });
  checkSerial(shown.keyring, known);
  known = shown.keyring.serial;
  return shown;
}

/** @returns {Promise<Shown>} */
async function fetchOnce() {
  const [{ bytes: raw }, { bytes: signature }] = await Promise.all([ask("/keyring.json"), ask("/keyring.sig")]);
  const keyring = openKeyring(raw, signature, site);
  return { keyring, seen: { serial: keyring.serial, hash: sha256(raw) } };
}
