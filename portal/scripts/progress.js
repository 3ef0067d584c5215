// @ts-check
/** How far sealing and sending have come, for eyes at once and for screen readers now and then. */

import { byId } from "./dom.js";
import { percent, say } from "./texts.js";

const STEP = 0.1;
/** After this a person wonders whether anything still happens: the work for a large file takes minutes at times. */
const LONG_MS = 10_000;

/** A bar and, beside it, a line that is read out. */
export class Progress {
  #bar;
  #line;
  #told = -1;
  #wait = 0;

  /**
   * @param {string} bar id of a progress element
   * @param {string} line id of a live region
   */
  constructor(bar, line) {
    this.#bar = byId(bar, HTMLProgressElement);
    this.#line = byId(line);
  }

  /** Begin; nothing has arrived yet. */
  start() {
    this.#told = -1;
    this.#bar.hidden = false;
    this.#bar.removeAttribute("value");
    this.#line.textContent = say("sealing");
    clearTimeout(this.#wait);
    this.#wait = window.setTimeout(() => (this.#line.textContent = say("sealing-long")), LONG_MS);
  }

  /** @param {number} part 0 to 1 */
  show(part) {
    clearTimeout(this.#wait);
    this.#bar.value = part;
    if (part < this.#told + STEP && part < 1) return;
    this.#told = part;
    this.#line.textContent = say("sending", { percent: percent(part) });
  }

  /** Show nothing more. */
  stop() {
    clearTimeout(this.#wait);
    this.#bar.hidden = true;
    this.#line.textContent = "";
  }
}
