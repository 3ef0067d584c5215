// @ts-check
/** How far sealing and sending have come, for eyes at once and for screen readers now and then. */

import { byId } from "./dom.js";
import { percent, say } from "./texts.js";

const STEP = 0.1;

/** A bar and, beside it, a line that is read out. */
export class Progress {
  #bar;
  #line;
  #told = -1;

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
  }

  /** @param {number} part 0 to 1 */
  show(part) {
    this.#bar.value = part;
    if (part < this.#told + STEP && part < 1) return;
    this.#told = part;
    this.#line.textContent = say("sending", { percent: percent(part) });
  }

  /** Show nothing more. */
  stop() {
    this.#bar.hidden = true;
    this.#line.textContent = "";
  }
}
