// @ts-check
/** Read files and parts of files. */

import { concat } from "./bytes.js";

const LARGEST = 1 << 20;
/** How many bytes of a file are read at once. */
export const SLICE = 1 << 18;
/** How many seconds to wait for the next bytes. */
const PATIENCE_S = 20;

/**
 * Return the bytes of a file, or of a part of a file. Throws any error from reading, and Error if the bytes do not all
 * come within 20 seconds.
 * @param {Blob} blob
 */
export async function bytesOf(blob) {
  return new Uint8Array(await inTime(blob.arrayBuffer()));
}

/**
 * Yield the bytes of a file in pieces; each piece is valid only until the next piece is requested. Throws any error
 * from reading, and Error if no bytes come for 20 seconds.
 * @param {Blob} blob
 * @returns {AsyncGenerator<Uint8Array, void, void>}
 */
export async function* streamed(blob) {
  const reader = readerOf(blob.stream());
  try {
    let next = await inTime(reader.read(new Uint8Array(SLICE)));
    for (; next.value && !next.done; next = await inTime(reader.read(new Uint8Array(next.value.buffer)))) yield next.value;
  } finally {
    reader.cancel().catch(() => undefined);
  }
}

/**
 * Return what was read. Throws any error from reading, and Error if nothing comes in time.
 *
 * If nothing refers to a reader, Chromium discards it, even while its next bytes are awaited. Then the awaited bytes
 * never come. The timer refers to the waiting function, and so to the reader.
 * @template T
 * @param {Promise<T>} read
 * @returns {Promise<T>}
 */
function inTime(read) {
  return new Promise((resolve, reject) => {
    let left = PATIENCE_S;
    // Count the seconds one by one, so that at most one second is counted for the time that the phone sleeps.
    const timer = setInterval(() => {
      left -= 1;
      if (left > 0) return;
      clearInterval(timer);
      reject(new Error("no bytes came in time"));
    }, 1_000);
    read.then(resolve, reject).finally(() => clearInterval(timer));
  });
}

/**
 * Return a reader that uses one buffer again and again, if the browser supports it. New buffers for each piece would
 * grow to 100 MB before the browser frees them.
 * @param {ReadableStream} stream
 */
function readerOf(stream) {
  try {
    return stream.getReader({ mode: "byob" });
  } catch {
    return /** @type {ReadableStreamBYOBReader} */ (/** @type {unknown} */ (stream.getReader()));
  }
}

/**
 * Return the unpacked bytes, at most about 1 MiB. After an error, returns the bytes unpacked before it.
 * @param {Blob} packed
 * @param {"deflate" | "deflate-raw"} form
 */
export async function unpacked(packed, form) {
  const parts = [];
  let size = 0;
  const reader = packed.stream().pipeThrough(new DecompressionStream(form)).getReader();
  try {
    for (let next = await inTime(reader.read()); !next.done && size < LARGEST; next = await inTime(reader.read())) {
      parts.push(next.value);
      size += next.value.length;
    }
  } catch {
    // The data is broken, but the bytes before the error are still useful.
  }
  reader.cancel().catch(() => undefined);
  return concat(parts);
}
