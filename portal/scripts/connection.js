// @ts-check
/** A connection that is lost while something is sent: tell at once, and go on as soon as it returns. */

/**
 * Call `act` and return its result. Call `lost` as soon as the browser has no network: a request that waits for its
 * answer would fail only minutes later.
 * @template T
 * @param {() => Promise<T>} act
 * @param {() => void} lost
 * @returns {Promise<T>}
 */
export async function watching(act, lost) {
  addEventListener("offline", lost);
  try {
    return await act();
  } finally {
    removeEventListener("offline", lost);
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
