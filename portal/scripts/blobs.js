// @ts-check
/** Reading files and parts of them. */

import { concat } from "./bytes.js";

const LARGEST = 1 << 20;
/** Bytes of a file that are read at once. */
export const SLICE = 1 << 18;

/**
 * Return the bytes of a file or a part of one.
 * @param {Blob} blob
 */
export async function bytesOf(blob) {
  return new Uint8Array(await blob.arrayBuffer());
}

/**
 * Yield the bytes of a file in pieces, each of which holds only until the next; throws what reading it throws.
 * @param {Blob} blob
 * @returns {AsyncGenerator<Uint8Array, void, void>}
 */
export async function* streamed(blob) {
  const reader = readerOf(blob.stream());
  try {
    let next = await reader.read(new Uint8Array(SLICE));
    for (; next.value && !next.done; next = await reader.read(new Uint8Array(next.value.buffer))) yield next.value;
  } finally {
    reader.cancel().catch(() => undefined);
  }
}

/**
 * Return a reader that fills one buffer again and again, where the browser has one: buffers made anew for each piece
 * grow to 100 MB before they are cleared away.
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
 * Return what was packed, at most some 1 MiB of it; what can be unpacked before an error counts.
 * @param {Blob} packed
 * @param {"deflate" | "deflate-raw"} form
 */
export async function unpacked(packed, form) {
  const parts = [];
  let size = 0;
  const reader = packed.stream().pipeThrough(new DecompressionStream(form)).getReader();
  try {
    for (let next = await reader.read(); !next.done && size < LARGEST; next = await reader.read()) {
      parts.push(next.value);
      size += next.value.length;
    }
  } catch {
    // Broken: what came before is worth looking at all the same.
  }
  reader.cancel().catch(() => undefined);
  return concat(parts);
}
