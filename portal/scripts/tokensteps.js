// @ts-check
/** The steps for a new case token: show its words, ask for two of them, and show all again at the end. */

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
 * A new token. Its keys are derived at first use, and its words are in the language that the page had then.
 * @typedef {{ words: readonly string[], keys: () => Promise<casetoken.CaseKeys> }} Token
 */

/** @type {readonly string[]} */
let words = [];
/** @type {Confirmation | undefined} */
let confirmation;

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
 * Show the step with the words of this token.
 * @param {Token} token
 */
export function showToken(token) {
  ({ words } = token);
  confirmation = new Confirmation(words);
  showWords(true);
  goTo("step-token");
}

/** Throw Failure unless two of the words were typed. */
export function checkToken() {
  confirmation?.check();
}

/**
 * While the button is hidden, Enter in a field of the form must not press it.
 * @param {boolean} offered
 */
export function offerToSend(offered) {
  byId("send", HTMLButtonElement).disabled = !offered;
}

/** @param {boolean} shownNow whether the words are shown, rather than asked for */
function showWords(shownNow) {
  listWords("token-words");
  show("token-shown", shownNow);
  show("token-asked", !shownNow);
  write("copied", "");
  offerToSend(!shownNow);
  scrollTo(0, 0); // WebKit would scroll to the first field alone, and so past the number of its word
  if (!shownNow) byId("confirm-1").focus();
}

/** Say what the button below the report that has arrived does next. */
function tellShown() {
  const isShown = byId("token-again").hidden === false;
  byId("show-token").textContent = say(isShown ? "hide-token" : "show-token");
  byId("show-token").setAttribute("aria-expanded", String(isShown));
}

/** @param {string} id of a list */
function listWords(id) {
  byId(id).replaceChildren(...words.map((word) => element("li", {}, word)));
}

whenPressed("noted", () => showWords(false));
whenPressed("show-words", () => showWords(true));
whenPressed("back-to-text", () => goTo("step-write"));
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
