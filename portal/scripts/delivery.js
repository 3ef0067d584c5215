// @ts-check
/** Deliver an envelope: retry automatically for a while, then whenever the person asks. */

import { pause, watching } from "./connection.js";
import { truthOf } from "./contradiction.js";
import { Offline, Refused } from "./http.js";
import { mayPass, StartAgain, Upload } from "./upload.js";

const WAITS_MS = [1_000, 3_000, 9_000];
const ENVELOPES = 3;

/** The delivery of an envelope. Sealed bytes are kept between attempts. */
export class Delivery {
  #seal;
  /** @type {Upload | null} */
  #upload = null;

  /** @param {() => Promise<import("./upload.js").Envelope>} seal makes the envelope, each time under a new key */
  constructor(seal) {
    this.#seal = seal;
  }

  /**
   * Return once the portal has the envelope; after a failure, call again.
   * @param {(part: import("./progress.js").Part) => void} progress called with the part that has arrived, 0 to 1, or with
   * the state of the connection
   */
  async attempt(progress) {
    const waits = [...WAITS_MS];
    let arrived = 0;
    const tell = (/** @type {number} */ part) => progress(arrived = part);
    const watcher = { silent: progress, found: () => tell(arrived) };
    for (let left = ENVELOPES; ; ) {
      try {
        return await watching(async () => {
          const upload = (this.#upload ??= new Upload(await this.#seal()));
          await upload.send(tell);
        }, watcher);
      } catch (error) {
        // A source that failed cannot be read again. Bytes that the portal has lost cannot be read again either.
        if (!(error instanceof Offline || error instanceof Refused)) this.#upload = null;
        if (error instanceof StartAgain && (left -= 1) > 0) continue;
        const wait = mayPass(error) ? waits.shift() : undefined;
        if (wait === undefined) throw error instanceof StartAgain ? new Offline() : await truthOf(error, this.#upload?.channel);
        if (error instanceof Offline) progress("lost");
        await pause(wait);
      }
    }
  }
}
