// @ts-check
/** Copy a text that the page shows. */

/**
 * Use the older clipboard call, which needs no permission. A hostile script could use a permission later.
 * @param {string} text
 * @returns {boolean} whether the text is in the clipboard
 */
export function copy(text) {
  let taken = false;
  /** @param {ClipboardEvent} event */
  const fill = (event) => {
    event.clipboardData?.setData("text/plain", text);
    event.preventDefault();
    taken = true;
  };
  document.addEventListener("copy", fill, { once: true });
  const done = document.execCommand("copy");
  document.removeEventListener("copy", fill);
  return done && taken;
}
