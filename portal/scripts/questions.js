// @ts-check
/** The questions of the page: which questions are asked, the answers, and whether they can be sent (SPEC 5.5). */

import { wellFormed } from "./bytes.js";
import { wrongNumbers } from "./containers.js";
import { describe, element } from "./dom.js";
import { Failure, Failures, together } from "./failure.js";
import { whenStill } from "./still.js";
import { say } from "./texts.js";
import { tellAlways, whenTranslated } from "./translated.js";

/** @typedef {HTMLTextAreaElement | HTMLInputElement} Area a text field with one or several lines */
/** @typedef {Record<string, string | string[]>} Answers */

/** If less than this fraction of the allowed characters is left, the page shows how many characters are left. */
const NEAR = 0.2;
/** Elements with reserved space. They can appear at once, because nothing else moves. */
const IN_ROOM = ".room > [data-when]";

/** Beside each text that is nearly too long, show how many characters are left. A text is never cut. */
export function countCharacters() {
  for (const area of texts()) {
    const counter = element("p", { class: "hint", id: `${area.id}-left` });
    area.after(counter);
    describe(area, counter.id);
    const count = () => {
      const left = most(area) - [...area.value].length;
      const isNear = left < most(area) * NEAR;
      counter.className = left < 0 ? "wrong" : "hint";
      counter.textContent = isNear ? say(left < 0 ? "characters-over" : "characters-left", { count: Math.abs(left) }) : "";
    };
    area.addEventListener("input", count);
    tellAlways(count);
  }
}

/** Beside a text, show which container numbers look mistyped. */
export function checkContainers() {
  for (const area of /** @type {NodeListOf<Area>} */ (document.querySelectorAll("[data-check=container]"))) {
    const line = element("p", { class: "hint", role: "status" });
    area.after(line);
    const tell = () => {
      const hints = wrongNumbers(area.value).map((wrong) => say("container-digit", { ...wrong }));
      line.textContent = hints.join(" ");
    };
    area.addEventListener("change", tell);
    whenTranslated(tell);
  }
}

/**
 * From now on, show each question only while its condition is true.
 * @param {HTMLElement} form
 */
export function followConditions(form) {
  form.addEventListener("click", ({ target }) => {
    if (target instanceof HTMLElement && target.matches("[data-clear]")) clearChoice(target);
  });
  form.addEventListener("change", ({ target }) => {
    if (target instanceof HTMLInputElement) offerToClear(target);
    ask(IN_ROOM);
    whenStill(ask);
  });
  ask();
}

/**
 * Check the texts of a step; throws Failure if a text is too long.
 * @param {Element} step
 */
export function checkTexts(step) {
  const areas = /** @type {NodeListOf<Area>} */ (step.querySelectorAll("[data-most]"));
  together([...areas].map((area) => () => textOf(area)));
}

/**
 * Call `act` after each answer to this question: does the report concern the people who would read it?
 * @param {HTMLElement} form
 * @param {(outside: import("./channels.js").Outside) => void} act
 */
export function onReader(form, act) {
  const fields = [...form.querySelectorAll("[data-outside]")].map((option) => option.closest("[data-field]"));
  for (const field of new Set(fields)) {
    field?.addEventListener("change", () => {
      whenStill(() => {
        const asked = field.querySelector("input:checked")?.getAttribute("data-outside");
        const outside = asked === "only" || asked === "first" ? asked : "none";
        act(checked(field).length ? outside : "");
      });
    });
  }
}

/**
 * Return the answers by id, except for questions that are not shown or not answered.
 *
 * Throws Failure for invalid periods, and for texts that are too long.
 * @returns {Answers}
 */
export function answers() {
  const asked = [...document.querySelectorAll("[data-field]")].filter(isAsked);
  const given = together(asked.map((field) => () => /** @type {const} */ ([field.getAttribute("data-field"), answer(field)])));
  return Object.fromEntries(given.filter(([, value]) => value.length > 0));
}

/**
 * Throw Failures unless these answers are enough for a report without files. One error leads to the text, the other to
 * the step with the files and subjects. A change in any of these fields removes both errors.
 * @param {Answers} given
 * @param {Element} files the field with which files are added
 */
export function checkEnough(given, files) {
  const enough = [...document.querySelectorAll("[data-enough]")];
  if (enough.some((field) => (field.getAttribute("data-field") ?? "") in given)) return;
  const texts = document.querySelectorAll("[data-enough] [data-most]");
  const others = [files, ...document.querySelectorAll("[data-enough] input")];
  throw new Failures([
    new Failure("empty-report", {}, [...texts, ...others]),
    new Failure("empty-report-otherwise", {}, [...others, ...texts]),
  ]);
}

/**
 * Return the text of a field in the form of the protocol.
 * @param {Area} area
 * @returns {string} empty if it is blank; throws Failure if it is too long
 */
export function textOf(area) {
  const text = area.value.trim() === "" ? "" : wellFormed(area.value);
  const question = area.labels?.[0]?.textContent ?? "";
  if ([...text].length > most(area)) throw new Failure("too-long", { most: most(area), question }, [area]);
  return text;
}

/** Return whether an answer says that somebody is in danger. */
export function saidDanger() {
  return [...document.querySelectorAll("[data-danger]")].some(isAsked);
}

/**
 * Show each element whose condition is true. Conditions refer only to earlier questions, so one pass from the top is
 * enough.
 * @param {string} [which] a selector
 */
function ask(which = "[data-when]") {
  for (const each of document.querySelectorAll(which)) each.toggleAttribute("hidden", !holds(each));
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

/** @param {Element} field */
function checked(field) {
  const inputs = /** @type {NodeListOf<HTMLInputElement>} */ (field.querySelectorAll("input:checked"));
  return [...inputs].map((input) => input.value);
}

/**
 * In browsers, the choice of a radio button cannot be undone.
 * @param {HTMLInputElement} chosen
 */
function offerToClear(chosen) {
  chosen.closest("fieldset")?.querySelector("[data-clear]")?.toggleAttribute("hidden", !chosen.checked);
}

/** @param {HTMLElement} button which disappears, so that the focus moves to the choice */
function clearChoice(button) {
  const inputs = button.closest("fieldset")?.querySelectorAll("input") ?? [];
  for (const input of inputs) input.checked = false;
  inputs[0]?.dispatchEvent(new Event("change", { bubbles: true }));
  (inputs[0]?.offsetParent ? inputs[0] : button.closest("fieldset")?.querySelector("summary"))?.focus();
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
