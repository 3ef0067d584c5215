// @ts-check
/** In place of delivery.js in the offline form: a sealed envelope becomes a file that the person saves. */

import { Failure } from "./failure.js";
import { header, LARGEST } from "./sealedfile.js";
import { save } from "./offline_saving.js";

/** An envelope that becomes a file, sealed anew at each attempt. */
export class Delivery {
  #seal;

  /** @param {() => Promise<import("./upload.js").Envelope>} seal makes the envelope, each time under a new key */
  constructor(seal) {
    this.#seal = seal;
  }

  /**
   * Return once the browser was given the file; throws Failure if it is larger than this way takes.
   * @param {(part: number) => void} progress told the part that is sealed, 0 to 1
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
