/**
 * The unmodified tus-js-client uploads one file for a test. Its options are JSON in the first argument.
 *
 * {endpoint, file, headers?, metadata?, chunkSize, stopAt?, uploadUrl?} → {url}, printed when the upload is
 * complete, or when `stopAt` bytes were accepted and the client stopped.
 */
import { readFileSync } from "node:fs";
import { Upload } from "tus-js-client";

/** @typedef {{file: string, stopAt?: number} & import("tus-js-client").UploadOptions} Asked */
const { file, stopAt = Infinity, ...options } = /** @type {Asked} */ (JSON.parse(process.argv[2] ?? "{}"));

const upload = new Upload(readFileSync(file), {
  ...options,
  retryDelays: null,
  onChunkComplete: (_, accepted) => {
    if (accepted >= stopAt) upload.abort().then(tell);
  },
  onSuccess: tell,
  onError: (error) => {
    console.error(error.message);
    process.exitCode = 1;
  },
});
upload.start();

function tell() {
  console.log(JSON.stringify({ url: upload.url }));
}
