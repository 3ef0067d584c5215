// @ts-check
/** A page that comes back from the browser's memory shows nothing until it is reloaded. */

addEventListener("pagehide", ({ persisted }) => persisted && document.body.replaceChildren());
addEventListener("pageshow", ({ persisted }) => persisted && location.reload());
