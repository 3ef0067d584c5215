// @ts-check
/** Whether a person waits, or does something else on the page meanwhile. */

const CONTROLS = "a, button, input, label, summary, textarea";

/**
 * Return true if the person does nothing before `ready`. Return false as soon as the person types, or presses another
 * control than this button.
 * @param {Promise<unknown>} ready
 * @param {HTMLElement} button that was pressed
 * @returns {Promise<boolean>}
 */
export async function personWaits(ready, button) {
  const end = new AbortController();
  const didOther = new Promise((resolve) => {
    /** @param {Event} event */
    const look = ({ type, target }) => {
      const control = target instanceof Element ? target.closest(CONTROLS) : null;
      if (type !== "click" || (control && control !== button)) resolve(false);
    };
    for (const type of ["click", "input"]) addEventListener(type, look, { capture: true, signal: end.signal });
  });
  try {
    return await Promise.race([ready.then(() => true), didOther]);
  } finally {
    end.abort();
  }
}
