// @ts-check
/** Show the progress of sealing and sending: immediately on the screen, and in larger steps for screen readers. */

import { byId } from "./dom.js";
import { percent, say } from "./texts.js";
import { whenTranslated } from "./translated.js";

const STEP = 0.1;
/** After this time, a person may think that nothing is happening. The work for a large file can take minutes. */
const LONG_MS = 10_000;

/** @typedef {number | import("./connection.js").Silence} Part the part that has arrived, 0 to 1, or why no answer came */

/** A progress bar, and a line for screen readers. */
export class Progress {
  #bar;
  #line;
  #told = -1;
  #wait = 0;
  /** Returns the text of the line in the language of the page. */
  #text = () => "";

  /**
   * @param {string} bar id of a progress element
   * @param {string} line id of a live region
   */
  constructor(bar, line) {
    this.#bar = byId(bar, HTMLProgressElement);
    this.#line = byId(line);
    whenTranslated(() => this.#tell(this.#text));
  }

  /** Begin; nothing has arrived yet. */
  start() {
    this.#told = -1;
    this.#bar.hidden = false;
    this.#bar.removeAttribute("value");
    this.#tell(() => say("sealing"));
    clearTimeout(this.#wait);
    this.#wait = window.setTimeout(() => this.#tell(() => say("sealing-long")), LONG_MS);
  }

  /** @param {Part} part */
  show(part) {
    clearTimeout(this.#wait);
    this.#line.classList.toggle("lost", part === "lost");
    if (typeof part === "string") {
      // Announce the next progress, even if nothing more has arrived by then.
      this.#told = -1;
      this.#tell(() => say(`connection-${part}`));
      return;
    }
    this.#bar.value = part;
    if (part < this.#told + STEP && part < 1) return;
    this.#told = part;
    this.#tell(() => say("sending", { percent: percent(part) }));
  }

  /** Show nothing more. */
  stop() {
    clearTimeout(this.#wait);
    this.#bar.hidden = true;
    this.#tell(() => "");
    this.#line.classList.remove("lost");
  }

  /** @param {() => string} text */
  #tell(text) {
    this.#text = text;
    this.#line.textContent = text();
  }
}
