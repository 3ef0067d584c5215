// @ts-check
/**
 * The step for a new case token: it shows the words, asks for two of them, and shows all words again at the end.
 */

import * as casetoken from "./casetoken.js";
import { Confirmation } from "./confirmation.js";
import { byId, element, show, whenPressed, write } from "./dom.js";
import { offerToKeep } from "./keeping.js";
import { site } from "./site.js";
import { goTo } from "./steps.js";
import { say } from "./texts.js";
import { whenTranslated } from "./translated.js";
import { LISTS } from "./wordlists.js";

/**
 * A new token. Its keys are derived at their first use. Its words are in the language that the page has when they are
 * first used.
 * @typedef {{ words: readonly string[], keys: () => Promise<casetoken.CaseKeys> }} Token
 */

/** @type {readonly string[]} */
let words = [];
/** @type {Confirmation | undefined} */
let confirmation;
const asked = byId("token-asked");

/** @returns {Token} */
export function newToken() {
  const entropy = casetoken.generate();
  /** @type {Promise<casetoken.CaseKeys> | undefined} */
  let keys;
  /** @type {readonly string[] | undefined} */
  let inWords;
  return {
    get words() {
      return (inWords ??= casetoken.words(entropy, LISTS[site.language]));
    },
    keys: () => (keys ??= casetoken.derive(entropy, site.deployment)),
  };
}

/**
 * Show the step with the words of this token. If it was shown before, it asks for the same two words.
 * @param {Token} token
 */
export function showToken(token) {
  if (token.words !== words) confirmation = new Confirmation(token.words);
  ({ words } = token);
  listWords("token-words");
  cover(false);
  write("copied", "");
  offerToSend(true);
  goTo("step-token");
}

/** Throw Failure unless two of the words were typed. */
export function checkToken() {
  confirmation?.check();
}

/**
 * While the button is hidden or pressed, Enter in a field of the form must not press it.
 * @param {boolean} offered
 */
export function offerToSend(offered) {
  byId("send", HTMLButtonElement).disabled = !offered;
}

/**
 * Hide the list of words but keep its space, so that nothing moves under a finger.
 * @param {boolean} covered
 */
function cover(covered) {
  byId("token-words").classList.toggle("covered", covered);
}

/**
 * The list is hidden while a word is typed, so that the person needs the words that were written down.
 * @param {EventTarget | null} focused
 */
function followFocus(focused) {
  const isTyping = focused instanceof HTMLInputElement && asked.contains(focused);
  cover(isTyping);
  if (isTyping) confirmation?.ask();
}

/** Show what the button below a delivered report does next. */
function tellShown() {
  const isShown = byId("token-again").hidden === false;
  byId("show-token").textContent = say(isShown ? "hide-token" : "show-token");
  byId("show-token").setAttribute("aria-expanded", String(isShown));
}

/** @param {string} id of a list */
function listWords(id) {
  byId(id).replaceChildren(...words.map((word) => element("li", {}, word)));
}

asked.addEventListener("focusin", ({ target }) => followFocus(target));
asked.addEventListener("focusout", ({ relatedTarget }) => followFocus(relatedTarget));
whenPressed("back-to-text", () => {
  offerToSend(false);
  goTo("step-write");
});
whenPressed("show-token", () => {
  const hidden = byId("token-again").hidden !== false;
  listWords("token-again");
  show("token-again", hidden);
  tellShown();
});
offerToKeep(() => words);
whenTranslated(() => {
  confirmation?.label();
  write("copied", "");
  tellShown();
});
