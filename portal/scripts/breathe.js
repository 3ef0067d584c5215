// @ts-check
/** A pause between slices of work, so that a page stays alive while it computes. */

/**
 * Resolve in a task of its own: input and painting come first.
 * @returns {Promise<void>}
 */
export function breathe() {
  if (typeof scheduler !== "undefined" && scheduler.yield) return scheduler.yield();
  return new Promise((resolve) => {
    // Unlike a timer, a message is not slowed down in a page that lies in the background.
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(null);
  });
}
