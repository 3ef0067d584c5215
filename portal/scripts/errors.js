// @ts-check
/**
 * The reasons to refuse bytes, each an error class that callers handle; mirrors crypto/errors.py (SPEC 1.6).
 *
 * Messages never contain content, keys or names from the input. Pages show their own text for `code`.
 */

/** The base class, never thrown itself. Catch it to handle every refusal. */
export class CryptoError extends Error {
  /** @type {string} a stable code that pages translate */
  code = "unexpected";
}

/** The bytes do not have the form that SPEC requires. No other key will help. */
export class Malformed extends CryptoError {
  /** @override */
  code = "malformed";
}

/** The given identity cannot open the file. Another identity may. */
export class NotForUs extends CryptoError {
  /** @override */
  code = "not-for-us";
}

/** A tag, signature, digest or commitment is wrong. */
export class Tampered extends CryptoError {
  /** @override */
  code = "tampered";
}

/** The input stops before its authenticated end. Discard what was read so far. */
export class Truncated extends Tampered {
  /** @override */
  code = "truncated";
}

/**
 * Return the code of SPEC 1.6 for a refusal. Any other error is a bug and is thrown again.
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
