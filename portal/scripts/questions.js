// @ts-check
/** The questions of the page: which are asked, what was answered, and whether it can be sent (SPEC 5.5). */

import { wrongNumbers } from "./containers.js";
import { describe, element } from "./dom.js";
import { Failure } from "./failure.js";
import { say } from "./texts.js";

/** @typedef {HTMLTextAreaElement | HTMLInputElement} Area a field for text, of one line or several */
/** @typedef {Record<string, string | string[]>} Answers */

const LONE = /\p{Surrogate}/gu;

/** Show beside each text how many characters are left; nothing is ever cut. */
export function countCharacters() {
  for (const area of texts()) {
    const counter = element("p", { class: "hint", id: `${area.id}-left` });
    area.after(counter);
    describe(area, counter.id);
    const count = () => {
      const left = most(area) - [...area.value].length;
      counter.textContent = say(left < 0 ? "characters-over" : "characters-left", { count: Math.abs(left) });
    };
    area.addEventListener("input", count);
    count();
  }
}

/** Say beside a text which container numbers in it look mistyped. */
export function checkContainers() {
  for (const area of /** @type {NodeListOf<Area>} */ (document.querySelectorAll("[data-check=container]"))) {
    const line = element("p", { class: "hint", role: "status" });
    area.after(line);
    area.addEventListener("change", () => {
      const hints = wrongNumbers(area.value).map((wrong) => say("container-digit", { ...wrong }));
      line.textContent = hints.join(" ");
    });
  }
}

/**
 * Ask each question only while its condition holds, from now on.
 * @param {HTMLElement} form
 */
export function followConditions(form) {
  form.addEventListener("change", ({ target }) => {
    if (target instanceof HTMLInputElement && target.checked) exclude(target);
    ask();
  });
  ask();
}

/**
 * Tell `act` whenever somebody answers, or prefers not to, whether the report concerns those who would read it.
 * @param {HTMLElement} form
 * @param {(outside: import("./channels.js").Outside) => void} act
 */
export function onReader(form, act) {
  const fields = [...form.querySelectorAll("[data-outside]")].map((option) => option.closest("[data-field]"));
  for (const field of new Set(fields)) {
    field?.addEventListener("change", () => {
      const asked = field.querySelector("input:checked")?.getAttribute("data-outside");
      const outside = asked === "only" || asked === "first" ? asked : "none";
      act(checked(field).length ? outside : "");
    });
  }
}

/**
 * Return the answers by id; questions not asked or left empty are left out.
 *
 * Throws Failure for a text that is too long or a period that is none.
 * @returns {Answers}
 */
export function answers() {
  const asked = [...document.querySelectorAll("[data-field]")].filter(isAsked);
  const given = asked.map((field) => /** @type {const} */ ([field.getAttribute("data-field"), answer(field)]));
  return Object.fromEntries(given.filter(([, value]) => value.length > 0));
}

/**
 * Throw Failure unless these answers make a report, without any file.
 * @param {Answers} given
 */
export function checkEnough(given) {
  const enough = [...document.querySelectorAll("[data-enough]")];
  if (enough.some((field) => (field.getAttribute("data-field") ?? "") in given)) return;
  throw new Failure("empty-report", {}, document.querySelectorAll("[data-enough] [data-most]"));
}

/**
 * Return what was written in a field, as the protocol can carry it.
 * @param {Area} area
 * @returns {string} empty for blanks only; throws Failure if it is too long
 */
export function textOf(area) {
  const text = area.value.trim() === "" ? "" : area.value.replace(LONE, "\ufffd");
  const question = area.labels?.[0]?.textContent ?? "";
  if ([...text].length > most(area)) throw new Failure("too-long", { most: most(area), question }, [area]);
  return text;
}

/** Conditions name questions further up, so one pass from the top settles them all. */
function ask() {
  for (const each of document.querySelectorAll("[data-when]")) each.toggleAttribute("hidden", !holds(each));
}

/** @param {Element} conditional */
function holds(conditional) {
  /** @type {Record<string, string[]>} */
  const when = JSON.parse(conditional.getAttribute("data-when") ?? "{}");
  return Object.entries(when).every(([question, wanted]) => chosen(question).some((each) => wanted.includes(each)));
}

/** @param {string} question */
function chosen(question) {
  const field = document.querySelector(`[data-field="${question}"]`);
  return field && isAsked(field) ? checked(field) : [];
}

/** @param {Element} field */
function isAsked(field) {
  return field.closest("[data-when][hidden]") === null;
}

/** @param {Element} field */
function answer(field) {
  const area = /** @type {Area | null} */ (field.querySelector("[data-most]"));
  if (area) return textOf(area);
  const days = /** @type {NodeListOf<HTMLInputElement>} */ (field.querySelectorAll("[type=date]"));
  if (days.length) return period([...days]);
  const given = checked(field);
  return field.querySelector("[type=checkbox]") ? given : given[0] ?? "";
}

/**
 * @param {Element} field
 * @returns {string[]} none for somebody who prefers not to answer
 */
function checked(field) {
  const inputs = /** @type {NodeListOf<HTMLInputElement>} */ (field.querySelectorAll("input:checked"));
  return [...inputs].map((input) => input.value).filter((value) => value !== "");
}

/**
 * Answers, and that somebody prefers not to answer, exclude each other: what was chosen last counts.
 * @param {HTMLInputElement} chosen
 */
function exclude(chosen) {
  const boxes = chosen.closest("[data-field]")?.querySelectorAll(/** @type {"input"} */ ("[type=checkbox]")) ?? [];
  for (const box of boxes) if ((box.value === "") !== (chosen.value === "")) box.checked = false;
}

/** @param {HTMLInputElement[]} inputs of the first and the last day */
function period(inputs) {
  if (inputs.some((input) => input.validity.badInput)) throw new Failure("day-incomplete", {}, inputs);
  const days = inputs.map((input) => input.value).filter((day) => day !== "");
  const [first = "", last = first] = days;
  if (last < first) throw new Failure("days-reversed", {}, inputs);
  return [...new Set(days)].join("/");
}

/** @returns {NodeListOf<Area>} */
function texts() {
  return document.querySelectorAll("[data-most]");
}

/** @param {Area} area */
function most(area) {
  return Number(area.dataset["most"]);
}
