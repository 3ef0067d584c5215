// @ts-check
/** Help with typing a case token: the number of words, the first unknown word, completions of the last one. */

import { index, LANGUAGES, plain, WORDS } from "./casetoken.js";
import { LISTS } from "./wordlists.js";
import { byId, element, write } from "./dom.js";
import { say } from "./texts.js";

const FEWEST_LETTERS = 2;
const MOST_OFFERED = 6;

/**
 * Return the words that complete the last word of `text`; empty if there are more than six.
 *
 * Earlier words that are in only one list decide the language.
 * @param {string} text what was typed so far
 * @returns {string[]}
 */
export function completions(text) {
  const typed = plain(text);
  const begun = typed.pop() ?? "";
  if (begun.length < FEWEST_LETTERS || !endsInWord(text)) return [];
  const languages = LANGUAGES.filter((language) => typed.every((word) => index(language).has(word)));
  const found = languages.flatMap((language) => {
    const places = [...index(language)].filter(([form]) => form.startsWith(begun)).map(([, place]) => place);
    return [...new Set(places)].map((place) => LISTS[language][place] ?? "");
  });
  const words = [...new Set(found.map((word) => word.normalize("NFC")))];
  return words.length > MOST_OFFERED ? [] : words;
}

/**
 * Return the place, from 0, of the first word that is in no list. The last word may be incomplete.
 * @param {string} text what was typed so far
 * @returns {number} -1 if there is none
 */
export function firstUnknown(text) {
  const typed = plain(text);
  const whole = endsInWord(text) ? typed.slice(0, -1) : typed;
  return whole.findIndex((word) => LANGUAGES.every((language) => !index(language).has(word)));
}

/**
 * Show the state of the typed words beside this field, and offer completions while it is not veiled.
 * @param {HTMLTextAreaElement} area
 * @returns {() => void} to call after code has changed or veiled the field
 */
export function helpTyping(area) {
  const help = () => {
    const offered = area.classList.contains("veiled") ? [] : completions(area.value);
    byId("completions").replaceChildren(...offered.map((word) => button(area, word, help)));
    byId("completions").hidden = offered.length === 0;
    write("typed", typedText(area.value));
  };
  area.addEventListener("input", help);
  return help;
}

/** @param {string} text */
function typedText(text) {
  const count = plain(text).length;
  const unknown = firstUnknown(text);
  if (unknown >= 0) return say("unknown-word", { number: unknown + 1 });
  return count ? say("words-typed", { count, all: WORDS }) : "";
}

/**
 * @param {HTMLTextAreaElement} area
 * @param {string} word
 * @param {() => void} then
 */
function button(area, word, then) {
  const made = element("button", { type: "button", class: "second" }, word);
  made.addEventListener("click", () => {
    area.value = `${area.value.replace(/[\p{L}\p{M}]+$/u, "")}${word} `;
    area.focus();
    then();
  });
  return made;
}

/** @param {string} text */
function endsInWord(text) {
  return /[\p{L}\p{M}]$/u.test(text);
}
