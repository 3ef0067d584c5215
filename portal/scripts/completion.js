// @ts-check
/**
 * Help with typing a case token: the number of words, completions of the last word, and suggestions for a mistyped
 * word.
 */

import { index, LANGUAGES, plain, WORDS } from "./casetoken.js";
import { byId, element, show, write } from "./dom.js";
import { say } from "./texts.js";
import { whenTranslated } from "./translated.js";
import { firstUnknown, nearest } from "./typos.js";
import { LISTS } from "./wordlists.js";

const FEWEST_LETTERS = 2;
const MOST_OFFERED = 6;
const LETTERS = /[\p{L}\p{M}]+/gu;

/**
 * What is shown beside the typed words.
 * @typedef {{ say: string, offered: string[], at: number, isMistyped?: boolean }} Help a line, the words offered, the place that
 *   they are for, and whether the word there is in no list
 */

/**
 * Return the words that complete the last word of `text`, or no words if there are more than six.
 *
 * Earlier words that are in only one list decide the language.
 * @param {string} text what was typed so far
 * @returns {string[]}
 */
export function completions(text) {
  const typed = plain(text);
  const begun = typed.pop() ?? "";
  if (begun.length < FEWEST_LETTERS || !endsInWord(text)) return [];
  const found = fitting(typed).flatMap((language) => {
    const places = [...index(language)].filter(([form]) => form.startsWith(begun)).map(([, place]) => place);
    return [...new Set(places)].map((place) => LISTS[language][place] ?? "");
  });
  const words = [...new Set(found.map((word) => word.normalize("NFC")))];
  return words.length > MOST_OFFERED ? [] : words;
}

/**
 * Return help with `text`: suggestions for a mistyped word or, if there is none, completions of the last word.
 * @param {string} text what was typed so far
 * @param {boolean} isVeiled whether no word may be shown
 * @returns {Help}
 */
export function helpFor(text, isVeiled) {
  const typed = plain(text);
  // The last word may still be incomplete.
  const isWhole = !endsInWord(text) || (typed.length >= WORDS && !isBegun(typed.at(-1) ?? ""));
  const unknown = firstUnknown(isWhole ? typed : typed.slice(0, -1));
  if (unknown < 0) {
    const line = typed.length ? say("words-typed", { count: typed.length, all: WORDS }) : "";
    const isDone = typed.length > WORDS || (typed.length === WORDS && isWord(typed.at(-1) ?? "", fitting(typed.slice(0, -1))));
    return { say: line, offered: isVeiled || isDone ? [] : completions(text), at: typed.length - 1 };
  }
  const near = nearest(typed[unknown] ?? "", typed.filter((_, at) => at !== unknown));
  const number = unknown + 1;
  if (near.length === 0) return { say: say("unknown-word", { number }), offered: [], at: unknown, isMistyped: true };
  if (isVeiled) return { say: say("mistyped-veiled", { number }), offered: [], at: unknown, isMistyped: true };
  return { say: say("mistyped", { number }), offered: near, at: unknown, isMistyped: true };
}

/**
 * Return `text` with the word at one place replaced. The last word is followed by a space, for the next word.
 * @param {string} text
 * @param {number} at place among the words, from 0
 * @param {string} word
 */
export function withWord(text, at, word) {
  let count = 0;
  for (const run of text.matchAll(LETTERS)) {
    count += plain(run[0]).length;
    if (count <= at) continue;
    const rest = text.slice(run.index + run[0].length);
    return `${text.slice(0, run.index)}${word}${rest || " "}`;
  }
  return text;
}

/**
 * Help with typing in this field, and make it possible to show and hide its words.
 * @param {HTMLTextAreaElement} area
 * @returns {() => void} empties the field
 */
export function helpTyping(area) {
  const help = () => {
    const { say: line, offered, at, isMistyped = false } = helpFor(area.value, area.classList.contains("veiled"));
    byId("completions").replaceChildren(...offered.map((word) => button(area, at, word)));
    show("completions", offered.length > 0);
    write("typed", line);
    byId("typed").classList.toggle("mistyped", isMistyped);
  };
  const tell = () => {
    const isVeiled = area.classList.contains("veiled");
    byId("show-typed").textContent = say(isVeiled ? "show-words" : "hide-words");
    byId("show-typed").dataset["other"] = say(isVeiled ? "hide-words" : "show-words");
    byId("show-typed").setAttribute("aria-pressed", String(!isVeiled));
    help();
  };
  area.addEventListener("input", help);
  byId("show-typed").addEventListener("click", () => {
    area.classList.toggle("veiled");
    tell();
  });
  whenTranslated(tell);
  return () => {
    area.value = "";
    help();
  };
}

/**
 * @param {HTMLTextAreaElement} area
 * @param {number} at
 * @param {string} word
 */
function button(area, at, word) {
  const made = element("button", { type: "button", class: "second" }, word);
  made.addEventListener("click", () => {
    area.value = withWord(area.value, at, word);
    area.focus();
    // An error about the old word is no longer shown (guarded.js), and the help changes.
    area.dispatchEvent(new Event("input", { bubbles: true }));
  });
  return made;
}

/**
 * Return the languages whose lists have all these words.
 * @param {readonly string[]} words in the form of `plain`
 * @returns {import("./casetoken.js").Language[]}
 */
function fitting(words) {
  return LANGUAGES.filter((language) => words.every((word) => index(language).has(word)));
}

/**
 * @param {string} letters of a whole word, rather than of its beginning
 * @param {readonly import("./casetoken.js").Language[]} languages “vast” is English, and begins the French “vaste”
 */
function isWord(letters, languages) {
  return languages.some((language) => LISTS[language].some((word) => plain(word).join("") === letters));
}

/** @param {string} letters */
function isBegun(letters) {
  return LANGUAGES.some((language) => [...index(language).keys()].some((form) => form.startsWith(letters)));
}

/** @param {string} text */
function endsInWord(text) {
  return /[\p{L}\p{M}]$/u.test(text);
}
