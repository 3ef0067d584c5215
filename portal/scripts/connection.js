// @ts-check
/**
 * A connection that is lost or slow while something is sent: say so immediately, and continue as soon as the connection
 * returns.
 */

/**
 * After this time without an answer, the page says that the connection is slow. After a large piece of a file, the time
 * is longer. Silence alone does not count as a lost connection: over Tor, an answer may take longer, and browsers do not
 * report whether the bytes that they sent have arrived. A connection is lost if the browser has no network, or if a
 * request fails.
 */
const SILENT_MS = 2_000;
/** A body above this size takes some time, even over a good connection. A sealed text is smaller. */
const LARGE = 128 << 10;
/** The assumed speed for the first large body, until an answer allows a better estimate: 128 KiB a second. */
const GUESSED_MS_PER_BYTE = 1_000 / (128 << 10);
/** A request without an answer for this time, plus the time of its body over a slow Tor circuit, is given up. */
const DEAD_MS = 30_000;
const DEAD_MS_PER_BYTE = 270_000 / (1 << 20);

let msPerByte = GUESSED_MS_PER_BYTE;
/**
 * What to call when the browser has no network, when no answer has arrived for a while, and when an answer arrives again.
 * @typedef {{ lost: () => void, slow: () => void, found: () => void }} Watcher
 */
/** @type {Set<Watcher>} */
const watchers = new Set();

/**
 * Call `act` and return its result. Meanwhile, call the functions of `watcher` when the connection changes.
 * @template T
 * @param {() => Promise<T>} act
 * @param {Watcher} watcher
 * @returns {Promise<T>}
 */
export async function watching(act, watcher) {
  const { lost } = watcher;
  watchers.add(watcher);
  addEventListener("offline", lost);
  try {
    return await act();
  } finally {
    removeEventListener("offline", lost);
    watchers.delete(watcher);
  }
}

/** A request that waits for an answer. */
export class Waiting {
  #bytes;
  #begun = performance.now();
  #isSilent = false;
  #ending = new AbortController();
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #silent;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #dead;

  /** @param {number} bytes of its body */
  constructor(bytes) {
    this.#bytes = bytes;
    this.#wait(bytes > LARGE ? 2 * bytes * msPerByte : 0, bytes * DEAD_MS_PER_BYTE);
  }

  /** Aborts the request once it is given up. */
  get signal() {
    return this.#ending.signal;
  }

  /** Something has arrived. */
  sign() {
    if (this.#bytes > LARGE) msPerByte = (performance.now() - this.#begun) / this.#bytes;
    this.#bytes = 0;
    this.end();
    if (this.#isSilent) for (const { found } of watchers) found();
    this.#isSilent = false;
    this.#wait(0, 0);
  }

  /** Stop waiting: the request has ended. */
  end() {
    clearTimeout(this.#silent);
    clearTimeout(this.#dead);
  }

  /**
   * @param {number} more milliseconds until silence counts
   * @param {number} most further milliseconds until the request is given up
   */
  #wait(more, most) {
    this.#silent = setTimeout(() => {
      this.#isSilent = true;
      for (const { lost, slow } of watchers) (navigator.onLine ? slow : lost)();
    }, SILENT_MS + more);
    this.#dead = setTimeout(() => this.#ending.abort(), DEAD_MS + most);
  }
}

/**
 * Resolve after `ms`, or earlier if the browser finds a network again.
 * @param {number} ms
 * @returns {Promise<void>}
 */
export function pause(ms) {
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer);
      removeEventListener("online", end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    addEventListener("online", end);
  });
}
