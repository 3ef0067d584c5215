// @ts-check
/** Challenges: how the holder of the twelve words shows that a receipt is theirs (SPEC 5.6); mirrors crypto/challenge.py. */

import { equal } from "./bytes.js";
import { Malformed, NotForUs } from "./errors.js";
import { authorHash } from "./receipt.js";
import { binary, day, file, text } from "./shape.js";
import * as signing from "./signing.js";

/** @typedef {import("./shape.js").Value<typeof CHALLENGE>} Challenge */

const RANDOM = 32;
export const LONGEST_NAME = 200;
// At least one character, no tabs or line breaks, no space at either end.
const NAME = /^[^\t\n\r ]([^\t\n\r]*[^\t\n\r ])?$/;

/** The answer belongs to another challenge: another verifier, day or random value. */
export class OtherChallenge extends NotForUs {
  /** @override */
  code = "other-challenge";
}

/** The answer was signed with twelve words that are not the words of the receipt. */
export class OtherAuthor extends NotForUs {
  /** @override */
  code = "other-author";
}

const CHALLENGE = file("challenge", {
  deployment: binary(signing.DEPLOYMENT),
  author: binary(32),
  verifier: text(LONGEST_NAME, NAME),
  day,
  random: binary(RANDOM),
});

export const ANSWER = file("answer", {
  challenge: CHALLENGE,
  author_key: binary(signing.PUBLIC),
  signature: binary(signing.SIGNATURE),
});

/**
 * Return a new challenge for the holder of a receipt; throws Malformed for a name that SPEC forbids.
 * @param {Omit<Challenge, "random">} asked
 */
export function draw(asked) {
  return CHALLENGE.encode({ ...asked, random: crypto.getRandomValues(new Uint8Array(RANDOM)) });
}

/**
 * Return whether `raw` has the form of a challenge.
 * @param {Uint8Array} raw
 */
export function isChallenge(raw) {
  try {
    CHALLENGE.parse(raw);
    return true;
  } catch (error) {
    if (error instanceof Malformed) return false;
    throw error;
  }
}

/**
 * Return the challenge in `raw`; throws Malformed, or NotForUs if it is for another deployment.
 * @param {Uint8Array} raw
 * @param {Uint8Array} deployment
 * @returns {Challenge}
 */
export function readChallenge(raw, deployment) {
  const challenge = CHALLENGE.parse(raw);
  if (!equal(challenge.deployment, deployment)) throw new NotForUs("challenge is about another site");
  return challenge;
}

/**
 * Return the answer to the challenge in `raw`, signed with the author key of `authorSeed` (32 bytes). Throws the same
 * errors as `readChallenge`, and OtherAuthor if the challenge is not for the receipt of this key.
 * @param {Uint8Array} raw
 * @param {Uint8Array} authorSeed
 * @param {Uint8Array} deployment
 * @returns {Uint8Array<ArrayBuffer>}
 */
export function answer(raw, authorSeed, deployment) {
  const challenge = readChallenge(raw, deployment);
  const authorKey = signing.publicKey(authorSeed);
  if (!equal(challenge.author, authorHash(authorKey))) throw new OtherAuthor("challenge is about another receipt");
  const signature = signing.sign(signing.Label.ANSWER, deployment, CHALLENGE.encode(challenge), authorSeed);
  return ANSWER.encode({ challenge, author_key: authorKey, signature });
}

/**
 * Return the challenge in `asked` if the holder of the receipt with this `author` answered it in `raw`. Throws Malformed,
 * Tampered, OtherChallenge or OtherAuthor.
 * @param {Uint8Array} raw
 * @param {{ asked: Uint8Array, author: Uint8Array, deployment: Uint8Array }} expected
 * @returns {Challenge}
 */
export function check(raw, { asked, author, deployment }) {
  const challenge = CHALLENGE.parse(asked);
  const found = ANSWER.parse(raw);
  if (!equal(CHALLENGE.encode(found.challenge), asked)) throw new OtherChallenge("answer belongs to another challenge");
  const isTheirs = equal(challenge.author, author) && equal(authorHash(found.author_key), author);
  if (!isTheirs || !equal(challenge.deployment, deployment)) {
    throw new OtherAuthor("answer is signed by other words than those of the receipt");
  }
  signing.verify(signing.Label.ANSWER, deployment, asked, found.signature, found.author_key);
  return challenge;
}
