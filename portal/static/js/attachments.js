// @ts-check
/** The files that a person adds to a message, listed so that each can be taken away again. */

import { element } from "./dom.js";
import { Failure } from "./failure.js";
import { say, size } from "./texts.js";

export const MOST = 99;
export const MOST_BYTES = 1 << 30;

const SLICE = 1 << 18;

/** A file input with its list. */
export class Attachments {
  /** @type {File[]} */
  #files = [];
  #input;
  #list;

  /**
   * @param {HTMLInputElement} input
   * @param {HTMLElement} list
   */
  constructor(input, list) {
    this.#input = input;
    this.#list = list;
    input.addEventListener("change", () => {
      this.#files.push(...(input.files ?? []));
      // The list is ours; the browser keeps nothing to restore, and the same file may be chosen again.
      input.value = "";
      this.#draw();
    });
  }

  /** @returns {readonly File[]} */
  get files() {
    return this.#files;
  }

  /** Throw Failure if there are more, or larger ones, than a message takes. */
  check() {
    const total = this.#files.reduce((sum, file) => sum + file.size, 0);
    if (this.#files.length > MOST) throw new Failure("too-many-files", { most: MOST });
    if (total > MOST_BYTES) throw new Failure("files-too-large", { total: size(total) });
  }

  /** @param {boolean} busy whether the list has to stay as it is */
  lock(busy) {
    for (const control of [this.#input, ...this.#list.querySelectorAll("button")]) control.disabled = busy;
  }

  clear() {
    this.#files = [];
    this.#draw();
  }

  #draw() {
    this.#list.replaceChildren(...this.#files.map((file, at) => this.#row(file, at)));
    this.#list.hidden = this.#files.length === 0;
  }

  /**
   * @param {File} file
   * @param {number} at
   */
  #row(file, at) {
    const name = element("bdi", {}, file.name);
    const remove = element("button", { type: "button", class: "quiet" }, say("remove"));
    remove.setAttribute("aria-label", say("remove-file", { name: file.name }));
    remove.addEventListener("click", () => {
      this.#files.splice(at, 1);
      this.#draw();
      this.#input.focus();
    });
    return element("li", {}, name, element("span", { class: "hint" }, size(file.size)), remove);
  }
}

/**
 * Yield the bytes of a file, a slice at a time; throws Failure if it cannot be read any more.
 * @param {File} file
 * @returns {AsyncGenerator<Uint8Array, void, void>}
 */
export async function* pieces(file) {
  for (let at = 0; at < file.size; at += SLICE) {
    const buffer = await file.slice(at, at + SLICE).arrayBuffer().catch(() => {
      throw new Failure("file-unreadable", { name: file.name });
    });
    yield new Uint8Array(buffer);
  }
}
