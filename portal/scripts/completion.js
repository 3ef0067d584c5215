// @ts-check
/** Help with typing a case token: how many words there are, which is unknown, what the last one may become. */

import { index, LANGUAGES, plain, WORDS } from "./casetoken.js";
import { LISTS } from "./wordlists.js";
import { byId, element, write } from "./dom.js";
import { say } from "./texts.js";

const FEWEST_LETTERS = 2;
const MOST_OFFERED = 6;

/**
 * Return the words of the lists that the last word of `text` may become, none while they are more than six.
 *
 * Words before it that stand in one list alone decide the language.
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
 * Return the place, from 0, of the first word that stands in no list; the last one may still be going on.
 * @param {string} text what was typed so far
 * @returns {number} -1 if there is none
 */
export function firstUnknown(text) {
  const typed = plain(text);
  const whole = endsInWord(text) ? typed.slice(0, -1) : typed;
  return whole.findIndex((word) => LANGUAGES.every((language) => !index(language).has(word)));
}

/**
 * Tell beside this field what was typed so far, and offer words for it while it is not veiled.
 * @param {HTMLTextAreaElement} area
 * @returns {() => void} to be called when the field was changed or veiled by something else than typing
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
