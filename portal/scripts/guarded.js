// @ts-check
/**
 * Run an action for the person, and show its errors: in a summary below the button that was pressed, at the fields, and in
 * the title. The button keeps its position on the screen. The summary links to the fields, even in another step.
 *
 * Once the person changes a field, its error is no longer shown, because an error beside a corrected answer would be wrong.
 * Only the next press checks the new answer, so until then, the field shows only that it was changed. The error keeps
 * its space until then, because otherwise something would move under a finger.
 */

import { byId, describe, element, write } from "./dom.js";
import { explain, Failure, Failures } from "./failure.js";
import { bringIntoView } from "./inview.js";
import { pageChanged } from "./secondpress.js";
import { settle, steadily } from "./still.js";
import { say } from "./texts.js";

/** The event by which a field asks to be shown, because it may be in a hidden step or a closed fold. */
export const REVEAL = "reveal";

/**
 * @typedef {{ fields: HTMLElement[], message: HTMLElement | null, line?: HTMLElement | undefined }} Told about one error: its
 *   fields, the message at the first of them, and the line in the summary
 */

const CORRECTED = "corrected";
/** The space reserved at a field, so that showing an error there moves nothing. */
const ROOM = ".typing";

/** @type {Map<string, { title: string, told: Told[] }>} */
const shown = new Map();

/**
 * Call `act`. If it fails, show each error at its field. Also list the errors, with links to the fields, in the
 * element with this id.
 * @param {string} id
 * @param {() => unknown} act
 */
export async function guarded(id, act) {
  settle();
  clear(id);
  try {
    await act();
  } catch (error) {
    tell(id, error instanceof Failures ? error.all : [error]);
  }
}

/**
 * Remove the errors.
 * @param {string} id
 */
export function clear(id) {
  write(id, "");
  const { title, told } = shown.get(id) ?? { told: [] };
  steadily(above(byId(id)), () => {
    for (const { fields, message } of told) {
      for (const field of fields) mark(field, message, false);
      message?.remove();
    }
  });
  byId(id).classList.remove(CORRECTED);
  shown.delete(id);
  if (title !== undefined && shown.size === 0) document.title = title;
}

/** Remove the errors of hidden steps, because the title of the page refers only to what is shown. */
export function clearHidden() {
  for (const id of [...shown.keys()]) if (byId(id).closest("[data-step][hidden]")) clear(id);
}

/** Remove all errors. */
export function clearAll() {
  for (const id of [...shown.keys()]) clear(id);
}

/**
 * Stop showing the errors of a field that the person is changing. Their space stays reserved.
 * @param {Event} event
 */
function correct({ target: changed }) {
  for (const [id, { told }] of shown) {
    for (const each of told) if (isAbout(each, changed)) tellCorrected(each);
    byId(id).classList.toggle(CORRECTED, told.every(isCorrected));
  }
  const [one] = shown.values();
  if (one && [...shown.values()].every(({ told }) => told.every(isCorrected))) document.title = one.title;
}

/**
 * @param {Told} told
 * @param {EventTarget | null} changed
 */
function isAbout({ fields, message }, changed) {
  return fields.some((each) => each === changed) || (changed instanceof Node && message?.closest(".field")?.contains(changed));
}

/** @param {Told} told */
function tellCorrected({ fields, message, line: listed }) {
  for (const field of fields) field.setAttribute("aria-invalid", "false");
  if (message) {
    message.style.minHeight = `${message.offsetHeight}px`;
    message.textContent = say("changed");
  }
  for (const each of [message, listed]) each?.classList.add(CORRECTED);
}

/** @param {Told} told */
function isCorrected({ line: listed }) {
  return listed?.classList.contains(CORRECTED) ?? false;
}

/**
 * @param {string} id
 * @param {unknown[]} errors
 */
function tell(id, errors) {
  const place = byId(id);
  const told = steadily(above(place), () => errors.map((error) => at(error, place.id)));
  // While errors are shown elsewhere on the page, its title already begins with “Error”.
  const { title } = [...shown.values()][0] ?? document;
  shown.set(id, { title, told });
  const lines = errors.map((error, which) => line(explain(error), told[which]?.fields[0]));
  for (const [which, each] of told.entries()) each.line = lines[which];
  const isList = told.some(({ fields }) => fields.length > 0);
  write(id, "x");
  if (isList) place.replaceChildren(element("p", { class: "large" }, say("errors")), element("ul", {}, ...lines));
  else place.replaceChildren(...errors.map(explain));
  document.title = say("error-in-title", { title });
  // Each browser scrolls to a focused element in its own way, and the bar at the foot of the screen could cover the
  // summary.
  place.focus({ preventScroll: true });
  bringIntoView(id);
}

/**
 * Return the element directly above the summary in `place`.
 * @param {HTMLElement} place
 */
function above(place) {
  return [...(place.parentElement?.children ?? [])].filter(
    (each) => each.getClientRects().length > 0 && each.compareDocumentPosition(place) & Node.DOCUMENT_POSITION_FOLLOWING,
  ).at(-1);
}

/**
 * Show a message at each field of an error.
 * @param {unknown} error
 * @param {string} id of the place of all errors
 * @returns {Told}
 */
function at(error, id) {
  const fields = error instanceof Failure ? /** @type {HTMLElement[]} */ ([...error.fields]) : [];
  const [first] = fields;
  const room = first ? first.parentElement?.querySelector(ROOM) : document.querySelector(`${ROOM}[data-summary="${id}"]`);
  if (!first && !room) return { fields, message: null };
  const message = element("p", { class: "wrong", id: `${first?.id ?? "room"}-${id}` }, explain(error));
  if (room) room.prepend(message);
  else if (first) stand(message, first);
  for (const field of fields) mark(field, message, true);
  return { fields, message };
}

/**
 * Insert a message before a field or its labelled box, or below the legend of a choice.
 * @param {HTMLElement} message
 * @param {HTMLElement} field
 */
function stand(message, field) {
  const legend = field.matches("[type=radio]") ? field.closest("fieldset")?.querySelector("legend") : null;
  if (legend) legend.after(message);
  else (field.closest(".choice") ?? field).before(message);
}

/**
 * @param {string} text
 * @param {HTMLElement | undefined} field
 */
function line(text, field) {
  if (!field) return element("li", {}, text);
  const link = element("a", { class: "alone", href: `#${field.id}` }, text);
  link.addEventListener("click", (event) => {
    event.preventDefault(); // the browser would record the field in the tab's history
    field.dispatchEvent(new Event(REVEAL, { bubbles: true }));
    field.focus();
    pageChanged();
  });
  return element("li", {}, link);
}

/**
 * @param {Element} field
 * @param {HTMLElement | null} message
 * @param {boolean} wrong
 */
function mark(field, message, wrong) {
  if (message) describe(field, message.id, wrong);
  field.setAttribute("aria-invalid", String(wrong));
}

addEventListener("input", correct);
addEventListener("change", correct);
