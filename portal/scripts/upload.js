// @ts-check
/** Send an envelope by tus 1.0.0 in pieces, so that a broken connection costs at most one piece (SPEC 7.1). */

import { concat } from "./bytes.js";
import { Failure } from "./failure.js";
import { ask, Offline, Refused } from "./http.js";
import { pay } from "./paying.js";

/**
 * @typedef {object} Envelope
 * @property {number} size
 * @property {Record<string, Uint8Array>} metadata
 * @property {Uint8Array} header its first bytes, for which the work is done
 * @property {AsyncGenerator<Uint8Array, void, void>} sealed
 */

/** The size of each request except the last, in bytes. */
export const PIECE = 1 << 20;

const ENVELOPES = "/api/envelopes";
const LOCATION = /^\/api\/envelopes\/[\w-]{1,64}$/;
const OFFSET = /^\d+$/;
const TUS = { "Tus-Resumable": "1.0.0" };
const BYTES = { "Content-Type": "application/offset+octet-stream" };
const PASSING = [404, 409, 410, 423, 429];
const FULL = 507;

/** The bytes that the portal lacks are no longer available, so the envelope must be sealed again, with a new key. */
export class StartAgain extends Error {}

/** An envelope that is being sent. Memory keeps only the piece that the portal has not confirmed. */
export class Upload {
  #envelope;
  /** @type {string | null} */
  #location = null;
  #offset = 0;
  #piece = { start: 0, bytes: new Uint8Array(0) };
  #interrupted = false;
  /** Sealed bytes that belong to the next piece. */
  #over = new Uint8Array(0);

  /** @param {Envelope} envelope */
  constructor(envelope) {
    this.#envelope = envelope;
  }

  /** The channel to which the envelope is addressed. */
  get channel() {
    return new TextDecoder().decode(this.#envelope.metadata["channel"]);
  }

  /**
   * Return once the portal has everything. After a failure, call it again: it continues with the same bytes.
   *
   * Throws Offline, Refused, StartAgain, and any error from reading a file.
   * @param {(part: number) => void} progress called with the part that has arrived, 0 to 1
   */
  async send(progress) {
    if (this.#interrupted) await this.#resume();
    this.#interrupted = true;
    while (this.#offset < this.#envelope.size) {
      await this.#fill();
      await (this.#location === null ? this.#create() : this.#continue(this.#location));
      progress(this.#offset / this.#envelope.size);
    }
  }

  async #create() {
    // An envelope that fits in one request is sent with the request that creates the upload.
    const body = this.#envelope.size <= PIECE ? this.#rest() : new Uint8Array(0);
    const { size, metadata, header } = this.#envelope;
    const headers = {
      ...TUS,
      ...(body.length ? BYTES : {}),
      "Upload-Length": String(size),
      "Upload-Metadata": Object.entries(metadata).map(metadatum).join(),
    };
    const answer = await pay({ channel: this.channel, size, header }, (paid) => {
      return ask(ENVELOPES, { method: "POST", headers: { ...headers, ...paid }, body, success: 201 });
    }).catch((error) => {
      // The header is used up. Its upload is deleted, and the header cannot be used again.
      throw error instanceof Refused && error.problem === "work_spent" ? new StartAgain() : error;
    });
    const location = answer.headers.get("Location") ?? "";
    if (!LOCATION.test(location)) throw new Failure("refused-by-portal");
    this.#location = location;
    if (body.length) this.#moveOn(answer);
  }

  /** @param {string} location */
  async #continue(location) {
    const headers = { ...TUS, ...BYTES, "Upload-Offset": String(this.#offset) };
    this.#moveOn(await ask(location, { method: "PATCH", headers, body: this.#rest(), success: 204 }));
  }

  /**
   * Ask how much of the envelope the portal has. If the portal has deleted everything, begin a new upload; this is
   * possible only while the page still has the first bytes.
   */
  async #resume() {
    if (this.#location === null) return;
    try {
      this.#moveTo(await ask(this.#location, { method: "HEAD", headers: TUS }));
    } catch (error) {
      if (!(error instanceof Refused) || ![403, 404, 410].includes(error.status)) throw error;
      if (this.#piece.start > 0) throw new StartAgain();
      this.#location = null;
      this.#offset = 0;
    }
  }

  /**
   * Handle the answer to a piece. If no byte of the piece arrived, treat the answer as missing, because otherwise the
   * upload might never end.
   * @param {import("./http.js").Answer} answer
   */
  #moveOn(answer) {
    const before = this.#offset;
    this.#moveTo(answer);
    if (this.#offset <= before) throw new Offline();
  }

  /** @param {import("./http.js").Answer} answer */
  #moveTo(answer) {
    const told = answer.headers.get("Upload-Offset") ?? "";
    const offset = OFFSET.test(told) ? Number(told) : NaN;
    const { start, bytes } = this.#piece;
    if (!(offset >= start && offset <= start + bytes.length)) throw new StartAgain();
    this.#offset = offset;
  }

  #rest() {
    return this.#piece.bytes.subarray(this.#offset - this.#piece.start);
  }

  /**
   * Read the next piece at the portal's offset, unless a part of the last piece is still unsent.
   *
   * Each piece has a new array. If all pieces used one array, Chromium would collect garbage less often. In a
   * measurement with 1 GB of files, the bodies of sent requests filled 230 MiB before Chromium freed them.
   */
  async #fill() {
    if (this.#rest().length) return;
    const parts = [this.#over];
    let length = this.#over.length;
    while (length < PIECE) {
      const { done, value } = await this.#envelope.sealed.next();
      if (done) break;
      parts.push(new Uint8Array(value));
      length += value.length;
    }
    const whole = concat(parts);
    this.#piece = { start: this.#offset, bytes: whole.subarray(0, PIECE) };
    this.#over = whole.slice(PIECE);
    if (this.#piece.bytes.length === 0) throw new StartAgain();
  }
}

/**
 * Return whether it may help to wait.
 * @param {unknown} error
 */
export function mayPass(error) {
  if (error instanceof Refused) return (error.status >= 500 && error.status !== FULL) || PASSING.includes(error.status);
  return error instanceof Offline;
}

/** @param {[string, Uint8Array]} pair */
function metadatum([name, value]) {
  return `${name} ${btoa(String.fromCharCode(...value))}`;
}
