// @ts-check
/**
 * Handle a connection that is lost or slow during sending: tell the person within two seconds, and continue as soon as
 * the connection returns.
 */

/**
 * After this time without an answer, the page says what it is waiting for. Silence alone does not count as a lost
 * connection, because an answer over Tor may take longer. Browsers also do not report whether the bytes that they sent
 * have arrived. (The upload events of XMLHttpRequest also count bytes that the system has only buffered; in a
 * measurement, this was a whole megabyte.) A connection counts as lost if the browser has no network, or if a request
 * fails.
 */
const SILENT_MS = 2_000;
/** A body above this size takes some time, even over a good connection. A sealed text is smaller. */
const LARGE = 128 << 10;
/** The assumed speed for the first large body, until an answer allows a better estimate: 128 KiB a second. */
const GUESSED_MS_PER_BYTE = 1_000 / (128 << 10);
/** A request is aborted if no answer comes within this time, plus the time that its body takes over a slow circuit. */
const DEAD_MS = 30_000;
const DEAD_MS_PER_BYTE = 270_000 / (1 << 20);

let msPerByte = GUESSED_MS_PER_BYTE;
/**
 * Why a request has no answer yet: a large body is still on its way, the connection is slow, or the connection is lost.
 * @typedef {"sending" | "slow" | "lost"} Silence
 */
/**
 * `silent` is called when an answer is missing, and again when the `Silence` changes. `found` is called once all
 * answers have arrived.
 * @typedef {{ silent: (silence: Silence) => void, found: () => void }} Watcher
 */
/** @type {Set<Watcher>} */
const watchers = new Set();
/**
 * The requests whose answers are missing.
 * @type {Map<Waiting, Silence>}
 */
const missing = new Map();

/**
 * Call `act` and return its result. Meanwhile, call the functions of `watcher` when the connection changes, and at once
 * if an earlier request is waiting.
 * @template T
 * @param {() => Promise<T>} act
 * @param {Watcher} watcher
 * @returns {Promise<T>}
 */
export async function watching(act, watcher) {
  const lost = () => watcher.silent("lost");
  watchers.add(watcher);
  addEventListener("offline", lost);
  for (const silence of missing.values()) watcher.silent(unlessLost(silence));
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
  #ending = new AbortController();
  /** @type {ReturnType<typeof setTimeout>[]} */
  #timers = [];

  /** @param {number} bytes of its body */
  constructor(bytes) {
    this.#bytes = bytes;
    this.#wait();
  }

  /** Aborts the request when the page gives up waiting. */
  get signal() {
    return this.#ending.signal;
  }

  /** Something has arrived. */
  sign() {
    if (this.#bytes > LARGE) msPerByte = (performance.now() - this.#begun) / this.#bytes;
    this.#bytes = 0;
    const wasMissing = missing.has(this);
    this.end();
    if (wasMissing && missing.size === 0) for (const { found } of watchers) found();
    this.#wait();
  }

  /** Stop waiting, because the request has ended. */
  end() {
    for (const each of this.#timers) clearTimeout(each);
    missing.delete(this);
  }

  #wait() {
    const usual = this.#bytes > LARGE ? 2 * this.#bytes * msPerByte : 0;
    const isLong = usual > SILENT_MS;
    this.#timers = [
      setTimeout(() => this.#tell(isLong ? "sending" : "slow"), SILENT_MS),
      ...(isLong ? [setTimeout(() => this.#tell("slow"), usual)] : []),
      setTimeout(() => this.#ending.abort(), DEAD_MS + this.#bytes * DEAD_MS_PER_BYTE),
    ];
  }

  /** @param {Silence} silence */
  #tell(silence) {
    missing.set(this, silence);
    for (const { silent } of watchers) silent(unlessLost(silence));
  }
}

/** @param {Silence} silence */
function unlessLost(silence) {
  return navigator.onLine ? silence : "lost";
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
