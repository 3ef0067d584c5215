// @ts-check
/** Save files that a page makes, and read chosen files. */

import { element } from "./dom.js";

/**
 * Make the browser save `parts` as one file with this name.
 * @param {BlobPart[]} parts
 * @param {string} name must reveal nothing about the content
 */
export function save(parts, name) {
  const address = URL.createObjectURL(new Blob(parts, { type: "application/octet-stream" }));
  const link = element("a", { href: address, download: name });
  document.body.append(link);
  link.click();
  link.remove();
  // The browser reads the file after the click. The page keeps the file's bytes no longer than needed.
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
}

/**
 * Return the bytes of a chosen file, and clear the input, so that the same file can be chosen again.
 * @param {HTMLInputElement} input
 * @returns {Promise<Uint8Array<ArrayBuffer>[]>}
 */
export async function chosen(input) {
  const files = [...(input.files ?? [])];
  input.value = "";
  return Promise.all(files.map(async (file) => new Uint8Array(await file.arrayBuffer())));
}
