// @ts-check
/** The questions of the page: what was answered, and whether it can be sent. */

import { element } from "./dom.js";
import { Failure } from "./failure.js";
import { say } from "./texts.js";

const LONE = /\p{Surrogate}/gu;

/** Show beside each text how many characters are left; nothing is ever cut. */
export function countCharacters() {
  for (const area of texts()) {
    const counter = element("p", { class: "hint", id: `${area.id}-left` });
    area.after(counter);
    area.setAttribute("aria-describedby", `${area.getAttribute("aria-describedby") ?? ""} ${counter.id}`.trim());
    const count = () => {
      const left = most(area) - [...area.value].length;
      counter.textContent = say(left < 0 ? "characters-over" : "characters-left", { count: Math.abs(left) });
    };
    area.addEventListener("input", count);
    count();
  }
}

/**
 * Return the answers by id, those left empty left out; throws Failure for a text that is too long.
 * @returns {Record<string, string>}
 */
export function answers() {
  const fields = [...document.querySelectorAll("[data-field]")];
  const given = fields.map((field) => [field.getAttribute("data-field"), answer(field)]);
  return Object.fromEntries(given.filter(([, text]) => text !== ""));
}

/** Return whether anything was written, choices aside. */
export function hasText() {
  return [...texts()].some((area) => textOf(area) !== "");
}

/**
 * Return what was written in a text area, as the protocol can carry it.
 * @param {HTMLTextAreaElement} area
 * @returns {string} empty for blanks only; throws Failure if it is too long
 */
export function textOf(area) {
  const text = area.value.trim() === "" ? "" : area.value.replace(LONE, "\ufffd");
  if ([...text].length > most(area)) throw new Failure("too-long", { most: most(area) });
  return text;
}

/** @param {Element} field */
function answer(field) {
  const area = field.querySelector("textarea");
  if (area) return textOf(area);
  return field.querySelector("input:checked")?.getAttribute("value") ?? "";
}

/** @returns {NodeListOf<HTMLTextAreaElement>} */
function texts() {
  return document.querySelectorAll("textarea[data-most]");
}

/** @param {HTMLTextAreaElement} area */
function most(area) {
  return Number(area.dataset["most"]);
}
