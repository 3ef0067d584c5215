// @ts-check
/** Replaces delivery.js in the offline form: the person saves a sealed envelope as a file. */

import { Failure } from "./failure.js";
import { header, LARGEST } from "./sealedfile.js";
import { save } from "./saving.js";

/** An envelope to save as a file. It is sealed again at each attempt. */
export class Delivery {
  #seal;

  /** @param {() => Promise<import("./upload.js").Envelope>} seal makes the envelope, each time under a new key */
  constructor(seal) {
    this.#seal = seal;
  }

  /**
   * Give the file to the browser; throws Failure if the file is larger than the limit for sealed files.
   * @param {(part: number) => void} progress called with the part that is sealed, 0 to 1
   */
  async attempt(progress) {
    const { metadata, size, sealed } = await this.#seal();
    if (size > LARGEST) throw new Failure("too-large-sealed");
    const parts = [header(metadata)];
    let done = 0;
    for await (const piece of sealed) {
      parts.push(new Uint8Array(piece));
      done += piece.length;
      progress(done / size);
    }
    save(parts, "sealed.bin");
  }
}
