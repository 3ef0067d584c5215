// @ts-check
/**
 * Every way in which bytes can be refused, each a class that callers act on; mirrors crypto/errors.py (SPEC 1.6).
 *
 * Messages never hold content, keys or names from the input. Pages show their own words for `code`.
 */

/** Never thrown itself; catch it to handle whatever crypto refuses. */
export class CryptoError extends Error {
  /** @type {string} a stable word that pages translate */
  code = "unexpected";
}

/** The bytes do not have the form that SPEC prescribes; no other key will help. */
export class Malformed extends CryptoError {
  /** @override */
  code = "malformed";
}

/** The given identity does not open it; another one may. */
export class NotForUs extends CryptoError {
  /** @override */
  code = "not-for-us";
}

/** A tag, signature, digest or commitment does not hold. */
export class Tampered extends CryptoError {
  /** @override */
  code = "tampered";
}

/** It ends before its authenticated end; what was read so far must be discarded. */
export class Truncated extends Tampered {
  /** @override */
  code = "truncated";
}

/**
 * Return the word of SPEC 1.6 for a refusal; whatever is not a refusal is thrown again, being a fault of ours.
 * @param {unknown} error
 * @returns {"malformed" | "not-for-us" | "tampered" | "truncated"}
 */
export function outcome(error) {
  if (error instanceof Malformed) return "malformed";
  if (error instanceof NotForUs) return "not-for-us";
  if (error instanceof Truncated) return "truncated";
  if (error instanceof Tampered) return "tampered";
  throw error;
}
