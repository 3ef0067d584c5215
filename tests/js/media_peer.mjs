/** For each file of the arguments, print the SHA-256 of the cleaned file in hexadecimal, or `refused`. */

import { createHash } from "node:crypto";
import { openAsBlob } from "node:fs";
import { streamed } from "../../portal/scripts/blobs.js";
import { Malformed } from "../../portal/scripts/errors.js";
import * as media from "../../portal/scripts/media.js";
import { patched } from "../../portal/scripts/patches.js";

for (const path of process.argv.slice(2)) console.log(await cleaned(path));

/** @param {string} path */
async function cleaned(path) {
  const blob = await openAsBlob(path);
  const hash = createHash("sha256");
  try {
    const { patches } = await media.clean(blob, streamed(blob));
    for await (const piece of patched(streamed(blob), patches)) hash.update(piece);
  } catch (error) {
    if (error instanceof Malformed) return "refused";
    throw error;
  }
  return hash.digest("hex");
}
