// @ts-check
/** Files that the offline form hands to the person. */

import { element } from "./dom.js";

/**
 * Have the browser save `parts` as one file of this name.
 * @param {BlobPart[]} parts
 * @param {string} name tells nothing of what is inside
 */
export function save(parts, name) {
  const address = URL.createObjectURL(new Blob(parts, { type: "application/octet-stream" }));
  const link = element("a", { href: address, download: name });
  document.body.append(link);
  link.click();
  link.remove();
  // The browser reads the file after the click; the page keeps its bytes no longer than it has to.
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
}

/**
 * Return the bytes of a file that was chosen; an input left empty afterwards lets the same one be chosen again.
 * @param {HTMLInputElement} input
 * @returns {Promise<Uint8Array<ArrayBuffer>[]>}
 */
export async function chosen(input) {
  const files = [...(input.files ?? [])];
  input.value = "";
  return Promise.all(files.map(async (file) => new Uint8Array(await file.arrayBuffer())));
}
