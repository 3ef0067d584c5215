// @ts-check
/** Reading files and parts of them. */

import { concat } from "./bytes.js";

const LARGEST = 1 << 20;

/**
 * Return the bytes of a file or a part of one.
 * @param {Blob} blob
 */
export async function bytesOf(blob) {
  return new Uint8Array(await blob.arrayBuffer());
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
