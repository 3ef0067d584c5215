// @ts-check
/** Check that the case token was written down, by asking for two of its words. */

import { plain } from "./casetoken.js";
import { byId } from "./dom.js";
import { Failure, together } from "./failure.js";
import { say } from "./texts.js";

const LABELS = ["confirm-1", "confirm-2"];

/** Two words of a token, at random places. The person learns the places only after the words are hidden. */
export class Confirmation {
  #words;
  #places;
  #isAsked = false;

  /** @param {readonly string[]} words */
  constructor(words) {
    this.#words = words;
    this.#places = twoOf(words.length);
    for (const [at, place] of this.#places.entries()) {
      input(at).dataset["place"] = String(place);
      input(at).value = "";
    }
    this.label();
  }

  /** From now on, show which two words the person must type. */
  ask() {
    this.#isAsked = true;
    this.label();
  }

  /** Label the fields in the language of the page. */
  label() {
    for (const [at, place] of this.#places.entries()) {
      byId(`${LABELS[at]}-label`).textContent = this.#isAsked
        ? say("word-number", { number: place + 1 })
        : say(at === 0 ? "one-word" : "another-word");
    }
  }

  /** Throw Failure with every mistake unless both words were typed; accents and capitals do not count. */
  check() {
    const empty = LABELS.map((_, at) => input(at)).filter(({ value }) => plain(value).length === 0);
    together(this.#places.map((place, at) => () => {
      const field = input(at);
      if (field === empty[0]) throw new Failure("confirm-missing", {}, empty);
      if (empty.includes(field) || isSame(field.value, this.#words[place] ?? "")) return;
      throw new Failure("confirm-wrong", { number: place + 1 }, [field]);
    }));
    for (const at of this.#places.keys()) input(at).value = "";
  }
}

/** @param {number} at */
function input(at) {
  return byId(/** @type {string} */ (LABELS[at]), HTMLInputElement);
}

/** @param {number} count */
function twoOf(count) {
  const drawn = /** @type {[number, number]} */ ([...crypto.getRandomValues(new Uint32Array(2))]);
  const first = drawn[0] % count;
  const second = (first + 1 + (drawn[1] % (count - 1))) % count;
  return [first, second].sort((one, other) => one - other);
}

/**
 * @param {string} one
 * @param {string} other
 */
function isSame(one, other) {
  return plain(one).join(" ") === plain(other).join(" ");
}
