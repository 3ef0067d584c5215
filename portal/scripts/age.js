// @ts-check
/**
 * Encrypt and decrypt age v1 files, in slices so that the page stays responsive (C2SP age.md, SPEC 3).
 *
 * Mirrors crypto/age.py.
 */

import { chacha20poly1305 } from "@noble/ciphers/chacha.js";
import { hkdf } from "@noble/hashes/hkdf.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { base64urlnopad } from "@scure/base";
import { Decrypter, Encrypter } from "age-encryption";
import { breathe } from "./breathe.js";
import { concat, release, utf8 } from "./bytes.js";
import { Malformed, NotForUs, Tampered, Truncated } from "./errors.js";
import * as recipients from "./recipients.js";

/** @typedef {AsyncIterable<Uint8Array> | Iterable<Uint8Array>} Pieces */

export const CHUNK = 65_536;
/** The size in bytes of a header with one hybrid stanza. No other header is valid (SPEC 3). */
export const ENVELOPE_HEADER = 1_627;

const NONCE = 16;
const TAG = 16;
const ENCAPSULATED = 1_120;
const POINT = 32;
const MORE = 0;
const LAST = 1;
const LETTER = "[A-Za-z0-9+/]";
const HEADER = new RegExp(
  `^age-encryption\\.org/v1\\n-> mlkem768x25519 (${LETTER}{1494})\\n(${LETTER}{43})\\n--- (${LETTER}{43})\\n$`,
);

/**
 * The header of a new age file, with a fresh file key.
 * @typedef {object} Begun
 * @property {Uint8Array} header
 * @property {(pieces: Pieces) => AsyncGenerator<Uint8Array, void, void>} seal may be called once; otherwise like `seal` below
 */

/**
 * Return the beginning of an age file; throws Malformed for an invalid recipient.
 * @param {string} recipient `age1pq1…`
 * @returns {Promise<Begun>}
 */
export async function begin(recipient) {
  recipients.parse(recipient);
  const encrypter = new Encrypter();
  encrypter.addRecipient(recipient);
  await breathe();
  const { promise, resolve } = later();
  const reader = (await encrypter.encrypt(streamOf(promise))).getReader();
  const { value: header = new Uint8Array(0) } = await reader.read();
  return { header, seal: (pieces) => rest(header, reader, slicesOf(pieces), resolve) };
}

/**
 * Yield an age file of `pieces` under a fresh file key; each task does the work of at most one chunk.
 *
 * Pieces are read only on demand, so memory stays constant. Each piece is valid only until the next piece is requested.
 * Throws Malformed for an invalid recipient, and any error from `pieces`.
 * @param {Pieces} pieces of any size
 * @param {string} recipient `age1pq1…`
 * @returns {AsyncGenerator<Uint8Array, void, void>}
 */
export async function* seal(pieces, recipient) {
  yield* (await begin(recipient)).seal(pieces);
}

/**
 * @param {Uint8Array} header
 * @param {ReadableStreamDefaultReader<Uint8Array>} reader for everything after the header
 * @param {AsyncGenerator<Uint8Array, void, void>} slices
 * @param {(slices: AsyncGenerator<Uint8Array, void, void>) => void} supply gives the reader its source
 * @returns {AsyncGenerator<Uint8Array, void, void>}
 */
async function* rest(header, reader, slices, supply) {
  supply(slices);
  try {
    yield header;
    for (let next = await reader.read(); !next.done; next = await reader.read()) {
      yield next.value;
      release(next.value);
    }
  } finally {
    // If the caller stops early, stop the source too. A source that failed has already reported its error.
    await reader.cancel().catch(() => undefined);
    await slices.return();
  }
}

/** @returns {{ promise: Promise<AsyncGenerator<Uint8Array, void, void>>, resolve: (slices: AsyncGenerator<Uint8Array, void, void>) => void }} */
function later() {
  /** @type {(slices: AsyncGenerator<Uint8Array, void, void>) => void} */
  let resolve = () => {};
  /** @type {Promise<AsyncGenerator<Uint8Array, void, void>>} */
  const promise = new Promise((resolve_) => (resolve = resolve_));
  return { promise, resolve };
}

/**
 * Return the size of an envelope with `plaintextSize` bytes of plaintext (SPEC 3).
 * @param {number} plaintextSize
 * @returns {number}
 */
export function sealedSize(plaintextSize) {
  return ENVELOPE_HEADER + NONCE + plaintextSize + TAG * Math.max(1, Math.ceil(plaintextSize / CHUNK));
}

/**
 * Throw Malformed unless `start` is the beginning of an envelope: a canonical header of 1,627 bytes with one hybrid
 * stanza.
 * @param {Uint8Array} start at least the first 1,627 bytes
 */
export function checkProfile(start) {
  const found = HEADER.exec(String.fromCharCode(...start.subarray(0, ENVELOPE_HEADER)));
  if (!found) throw new Malformed("file does not begin as an envelope");
  const [share] = found.slice(1).map(decode64);
  // No key can open such a file, so the error differs from the error for a wrong key.
  if (!share || recipients.isSmallOrder(share.subarray(ENCAPSULATED - POINT))) {
    throw new Malformed("header of the envelope is not valid");
  }
}

/**
 * Return the plaintext of an envelope; throws Malformed, NotForUs, Tampered or Truncated.
 *
 * The library decrypts the file key in one step, which takes about 100 ms without JIT.
 * @param {Uint8Array} envelope
 * @param {string} identity `AGE-SECRET-KEY-PQ-1…`
 * @returns {Promise<Uint8Array<ArrayBuffer>>}
 */
export async function unsealEnvelope(envelope, identity) {
  checkProfile(envelope);
  await breathe();
  const fileKey = await openHeader(envelope.slice(0, ENVELOPE_HEADER), identity);
  const payload = envelope.subarray(ENVELOPE_HEADER);
  if (payload.length < NONCE) throw new Truncated("envelope ends early");
  const key = hkdf(sha256, fileKey, payload.subarray(0, NONCE), utf8("payload"), 32);
  const chunks = [];
  for await (const chunk of opened(payload.subarray(NONCE), key)) chunks.push(chunk);
  return concat(chunks);
}

/**
 * @param {Uint8Array} header of the envelope profile
 * @param {string} identity
 * @returns {Promise<Uint8Array>} the file key
 */
async function openHeader(header, identity) {
  let missed = false;
  const decrypter = new Decrypter();
  decrypter.addIdentity(identity);
  // The library throws the same error for a wrong key and a wrong MAC, but tries a second identity only after a wrong key.
  decrypter.addIdentity({
    unwrapFileKey() {
      missed = true;
      return null;
    },
  });
  try {
    return await decrypter.decryptHeader(header);
  } catch {
    throw missed ? new NotForUs("this key does not open the envelope") : new Tampered("envelope was changed");
  }
}

/**
 * Yield the authenticated chunks of a payload after its nonce (C2SP age.md, "Payload"). The library is not used here,
 * because it cannot distinguish a missing end from a changed end.
 * @param {Uint8Array} payload
 * @param {Uint8Array} key
 * @returns {AsyncGenerator<Uint8Array, void, void>}
 */
async function* opened(payload, key) {
  let at = 0;
  for (let counter = 0, mark = MORE; mark === MORE; counter += 1) {
    await breathe();
    const sealed = payload.subarray(at, at + CHUNK + TAG);
    at += sealed.length;
    if (sealed.length < TAG) throw new Truncated("envelope ends early");
    // Only decryption shows whether a full chunk is the last chunk.
    const more = sealed.length === CHUNK + TAG ? openChunk(sealed, key, counter, MORE) : null;
    if (!more) await breathe();
    const chunk = more ?? openChunk(sealed, key, counter, LAST);
    mark = more ? MORE : LAST;
    if (!chunk || (counter > 0 && chunk.length === 0)) throw new Tampered("envelope was changed");
    yield chunk;
  }
  if (at < payload.length) throw new Tampered("something was added behind the envelope");
}

/**
 * @param {Uint8Array} sealed
 * @param {Uint8Array} key
 * @param {number} counter
 * @param {number} mark
 * @returns {Uint8Array | null} null if the tag is wrong
 */
function openChunk(sealed, key, counter, mark) {
  const nonce = new Uint8Array(12);
  new DataView(nonce.buffer).setUint32(7, counter);
  nonce[11] = mark;
  try {
    return chacha20poly1305(key, nonce).decrypt(sealed);
  } catch {
    return null;
  }
}

/**
 * @param {Promise<AsyncGenerator<Uint8Array, void, void>>} slices
 * @returns {ReadableStream<Uint8Array>} the same slices, each in its own task
 */
function streamOf(slices) {
  return new ReadableStream(
    {
      async pull(controller) {
        const source = await slices;
        await breathe();
        const { done, value } = await source.next();
        if (done) controller.close();
        else controller.enqueue(value);
      },
    },
    { highWaterMark: 0 },
  );
}

/**
 * @param {Pieces} pieces
 * @returns {AsyncGenerator<Uint8Array, void, void>}
 */
async function* slicesOf(pieces) {
  for await (const piece of pieces) {
    for (let at = 0; at < piece.length; at += CHUNK) yield piece.subarray(at, at + CHUNK);
  }
}

/**
 * @param {string} text base64 without padding
 * @returns {Uint8Array}
 */
function decode64(text) {
  try {
    return base64urlnopad.decode(text.replaceAll("+", "-").replaceAll("/", "_"));
  } catch {
    throw new Malformed("header of the envelope is not canonical");
  }
}
