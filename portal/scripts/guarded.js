// @ts-check
/**
 * Run an action for the person, and show its errors: in a summary below the button that was pressed, at the fields, and in
 * the title. The button stays where it is on the screen. The summary links to the fields, some perhaps in another step.
 */

import { byId, describe, element, write } from "./dom.js";
import { explain, Failure, Failures } from "./failure.js";
import { pageChanged, scrolling } from "./secondpress.js";
import { settle } from "./still.js";
import { say } from "./texts.js";

/** The event by which a field asks to be shown, because it may be in a hidden step or a closed fold. */
export const REVEAL = "reveal";

/**
 * @typedef {{ code: string, fields: HTMLElement[], message: HTMLElement | null, line?: HTMLElement | undefined }} Told about one error: its
 *   code (empty for a bug or a refusal), its fields, the message at the fields, and its line in the list of all errors
 */

/** @type {Map<string, { title: string, told: Told[] }>} */
const shown = new Map();

/**
 * Call `act`. If it fails, show the errors in the element with this id, each with a link to its field, and at the fields.
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
  remove(id, told);
  shown.delete(id);
  if (title !== undefined && shown.size === 0) document.title = title;
}

/**
 * Remove the errors with this code, because the person has corrected the mistake. Other errors stay.
 * @param {string} id
 * @param {string} code
 */
export function clearCode(id, code) {
  const { told = [] } = shown.get(id) ?? {};
  const left = told.filter((each) => each.code !== code);
  if (left.length === told.length) return;
  if (left.length === 0) {
    clear(id);
    return;
  }
  remove(id, told.filter((each) => each.code === code));
  told.splice(0, told.length, ...left);
}

/**
 * Remove these errors from their fields and from the list.
 * @param {string} id
 * @param {readonly Told[]} told
 */
function remove(id, told) {
  steadily(byId(id), () => {
    for (const { fields, message, line: listed } of told) {
      for (const field of fields) mark(field, message, false);
      message?.remove();
      listed?.remove();
    }
  });
}

/** Remove all errors. */
export function clearAll() {
  for (const id of [...shown.keys()]) clear(id);
}

/**
 * No longer mark a field as wrong, because the person is changing it. The message stays until the next press of a
 * button: otherwise the field would move while the person types.
 * @param {Event} event
 */
function unmark({ target: changed }) {
  for (const { told } of shown.values()) {
    for (const { fields } of told) {
      if (fields.some((each) => each === changed)) for (const field of fields) field.setAttribute("aria-invalid", "false");
    }
  }
}

/**
 * @param {string} id
 * @param {unknown[]} errors
 */
function tell(id, errors) {
  const place = byId(id);
  const told = steadily(place, () => errors.map((error) => at(error, place.id)));
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
  scrolling(() => place.focus());
}

/**
 * Call `act`, and return its result. The content above `place` keeps its position on the screen.
 * @template T
 * @param {HTMLElement} place
 * @param {() => T} act
 * @returns {T}
 */
function steadily(place, act) {
  const above = [...(place.parentElement?.children ?? [])].filter(
    (each) => each.getClientRects().length > 0 && each.compareDocumentPosition(place) & Node.DOCUMENT_POSITION_FOLLOWING,
  ).at(-1);
  const bottom = above?.getBoundingClientRect().bottom ?? 0;
  const result = act();
  scrollBy(0, (above?.getBoundingClientRect().bottom ?? 0) - bottom);
  return result;
}

/**
 * Show a message at each field of an error.
 * @param {unknown} error
 * @param {string} id of the place of all errors
 * @returns {Told}
 */
function at(error, id) {
  const fields = error instanceof Failure ? /** @type {HTMLElement[]} */ ([...error.fields]) : [];
  const code = error instanceof Failure ? error.code : "";
  const [first] = fields;
  if (!first) return { code, fields, message: null };
  const message = stand(explain(error), first, `${first.id}-${id}`);
  for (const field of fields) mark(field, message, true);
  return { code, fields, message };
}

/**
 * Insert a new message before a field or its box with a label, or below the legend of a choice, and return it.
 * @param {string} text
 * @param {HTMLElement} field
 * @param {string} id
 */
function stand(text, field, id) {
  const message = element("p", { class: "wrong", id }, text);
  const legend = field.matches("[type=radio]") ? field.closest("fieldset")?.querySelector("legend") : null;
  if (legend) legend.after(message);
  else (field.closest(".choice") ?? field).before(message);
  return message;
}

/**
 * @param {string} text
 * @param {HTMLElement | undefined} field
 */
function line(text, field) {
  if (!field) return element("li", {}, text);
  const link = element("a", { class: "alone", href: `#${field.id}` }, text);
  link.addEventListener("click", (event) => {
    event.preventDefault(); // the browser would note the field in the tab's history
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

addEventListener("input", unmark);
addEventListener("change", unmark);
