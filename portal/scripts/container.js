// @ts-check
/**
 * The padded archive inside an envelope or a slot: files, then one message and its signature (SPEC 4).
 *
 * Mirrors crypto/container.py.
 */

import { sha256 as computed } from "@noble/hashes/sha2.js";
import * as archive from "./archive.js";
import { breathe } from "./breathe.js";
import { concat } from "./bytes.js";
import { Malformed } from "./errors.js";
import * as padding from "./padding.js";

/** @typedef {import("./age.js").Pieces} Pieces */
/** @typedef {{ size: number, pieces: Pieces }} Source a file to write: its size in bytes, and exactly that many bytes */
/** @typedef {{ number: number, size: number, digest: Uint8Array }} File the description of a file in a container */
/** @typedef {{ files: File[], message: Uint8Array, signature: Uint8Array }} Signed only the form is verified */
/** @typedef {(archive: number) => number} Rule a size rule of padding.js */

export const MOST_FILES = 99;
export const LARGEST_MESSAGE = 1 << 20;
export const PIECE = 1 << 20;

const MESSAGE = "message.json";
const SIGNATURE = "message.sig";
const SIGNATURE_SIZE = 64;
const SLICE = 65_536;

/** The length of a file differs from the declared length, because the file changed while it was read. */
export class FileChanged extends Malformed {
  /** @override */
  code = "file-changed";

  /** @param {number} number of the file, from 1 */
  constructor(number) {
    super(`file ${number} changed its size while it was read`);
    this.number = number;
  }
}

/** SHA-256 over the SHA-256 of each piece of 1 MiB. The browser's digest accepts only complete buffers. */
export class FileDigest {
  #piece;
  #filled = 0;
  /** @type {Uint8Array[]} */
  #digests = [];

  /** @param {number} size of the file in bytes, so that a small file needs only a small buffer */
  constructor(size) {
    this.#piece = new Uint8Array(Math.min(size, PIECE));
  }

  /**
   * Add the next bytes of the file. All calls together must not add more bytes than the file has.
   * @param {Uint8Array} data
   */
  async update(data) {
    for (let at = 0; at < data.length; ) {
      const part = data.subarray(at, at + this.#piece.length - this.#filled);
      this.#piece.set(part, this.#filled);
      this.#filled += part.length;
      at += part.length;
      if (this.#filled === this.#piece.length) await this.#closePiece();
    }
  }

  /**
   * Return the 32 bytes of the digest; call this once, at the end.
   * @returns {Promise<Uint8Array>}
   */
  async digest() {
    if (this.#filled) await this.#closePiece();
    return sha256(concat(this.#digests));
  }

  async #closePiece() {
    this.#digests.push(await sha256(this.#piece.subarray(0, this.#filled)));
    this.#filled = 0;
  }
}

/**
 * Return the digest of a file given in pieces.
 * @param {Pieces} pieces
 * @param {number} size bytes of all pieces
 * @returns {Promise<Uint8Array>} 32 bytes
 */
export async function digestOf(pieces, size) {
  const digest = new FileDigest(size);
  for await (const piece of pieces) await digest.update(piece);
  return digest.digest();
}

/**
 * Return the size of a container before it is written, from the length of its message. Throws Malformed if readers
 * would refuse the container.
 * @param {readonly number[]} fileSizes
 * @param {number} messageSize
 * @param {Rule} [padded]
 * @returns {number}
 */
export function size(fileSizes, messageSize, padded = padding.bucket) {
  if (messageSize > LARGEST_MESSAGE) throw new Malformed("message is larger than a container may hold");
  return padded(archiveSize([...fileSizes, messageSize, SIGNATURE_SIZE]));
}

/**
 * Return the size of an archive with its two zero blocks.
 * @param {readonly number[]} sizes of all its files
 * @returns {number}
 */
export function archiveSize(sizes) {
  return sizes.reduce((total, each) => total + archive.span(each), archive.END);
}

/**
 * Yield a container in one pass, in pieces of at most 64 KiB.
 *
 * Throws FileChanged if a file has another size. Throws Malformed if the message is over 1 MiB, or if the archive is
 * too large for the rule.
 * @param {readonly Source[]} files
 * @param {(digests: readonly Uint8Array[]) => Uint8Array} message makes message.json from the files' digests
 * @param {(message: Uint8Array) => Uint8Array} sign makes its signature
 * @param {Rule} [padded] the size rule of SPEC 4.2
 * @returns {AsyncGenerator<Uint8Array, void, void>}
 */
export async function* write(files, message, sign, padded = padding.bucket) {
  /** @type {Uint8Array[]} */
  const digests = [];
  for (const [at, file] of files.entries()) digests.push(yield* written(at + 1, file));
  const text = message(digests);
  const whole = size(files.map((file) => file.size), text.length, padded);
  await breathe();
  const signature = sign(text);
  yield* slices(archive.write([{ name: MESSAGE, data: text }, { name: SIGNATURE, data: signature }]));
  yield* zeros(whole - archiveSize([...files.map((file) => file.size), text.length, signature.length]) + archive.END);
}

/**
 * Return the content of a container in memory; throws Malformed or Truncated.
 * @param {Uint8Array} container
 * @param {Rule} [padded]
 * @returns {Promise<Signed>}
 */
export async function read(container, padded = padding.bucket) {
  const reader = new archive.Reader(container);
  const members = reader[Symbol.iterator]();
  const files = [];
  let member = next(members);
  for (; files.length < MOST_FILES && member?.name === fileName(files.length + 1); member = next(members)) {
    files.push({ number: files.length + 1, size: member.size, digest: await digestOf([member.data()], member.size) });
  }
  const message = whole(member, MESSAGE);
  const signature = whole(next(members), SIGNATURE);
  if (next(members)) throw new Malformed("container holds a file too many");
  if (signature.length !== SIGNATURE_SIZE || reader.total !== padded(reader.archiveSize)) {
    throw new Malformed("container has an unexpected signature or size");
  }
  return { files, message, signature };
}

/**
 * @param {number} number
 * @param {Source} file
 * @returns {AsyncGenerator<Uint8Array, Uint8Array, void>} yields the file as a member, returns its digest
 */
async function* written(number, file) {
  yield archive.header(fileName(number), file.size);
  const digest = new FileDigest(file.size);
  let left = file.size;
  for await (const piece of file.pieces) {
    left -= piece.length;
    if (left < 0) throw new FileChanged(number);
    await digest.update(piece);
    yield* slices(piece);
  }
  if (left > 0) throw new FileChanged(number);
  yield archive.padding(file.size);
  // “await”, because in WebKit the caller would otherwise get the promise itself (tests/pages/test_webkit.py).
  return await digest.digest();
}

/** @param {number} number */
function fileName(number) {
  if (number > MOST_FILES) throw new Malformed("container holds too many files");
  return `files/${String(number).padStart(2, "0")}`;
}

/** @param {Iterator<archive.Member, void, void>} members */
function next(members) {
  return members.next().value ?? null;
}

/**
 * @param {archive.Member | null} member
 * @param {string} name
 */
function whole(member, name) {
  if (member?.name !== name || member.size > LARGEST_MESSAGE) {
    throw new Malformed("container holds an unexpected file");
  }
  return member.data();
}

/** @param {Uint8Array} data */
function* slices(data) {
  for (let at = 0; at < data.length; at += SLICE) yield data.subarray(at, at + SLICE);
}

/** @param {number} count */
function* zeros(count) {
  const block = new Uint8Array(SLICE);
  for (let left = count; left > 0; left -= SLICE) yield block.subarray(0, Math.min(left, SLICE));
}

/**
 * @param {Uint8Array<ArrayBuffer>} data
 * @returns {Promise<Uint8Array<ArrayBuffer>>}
 */
async function sha256(data) {
  // Browsers offer it only to a "secure context". Some browsers do not count a page at an onion address as one.
  if (!globalThis.crypto.subtle) {
    await breathe();
    return new Uint8Array(computed(data));
  }
  return new Uint8Array(await crypto.subtle.digest("SHA-256", data));
}
