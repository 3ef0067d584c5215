// @ts-check
/** A pause between slices of work, so that a page stays responsive while it computes. */

/**
 * Resolve in a new task, after input and painting.
 * @returns {Promise<void>}
 */
export function breathe() {
  if (typeof scheduler !== "undefined" && scheduler.yield) return scheduler.yield();
  return new Promise((resolve) => {
    // Browsers slow down timers in background pages, but not messages.
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(null);
  });
}
