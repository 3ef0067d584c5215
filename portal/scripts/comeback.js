// @ts-check
/** The days to come back, and a neutral line about each day to copy into a calendar. */

import { copy } from "./clipboard.js";
import { byId, element, show, write } from "./dom.js";
import { writeInView } from "./inview.js";
import { dayText, say, shortDay } from "./texts.js";

/**
 * A day on which the reporter should come back.
 * @typedef {{ place: "acknowledge-by" | "next-by" | "feedback-by", text: string, day: string }} Return
 */

/**
 * Show these days, or hide the box if there are no days.
 * @param {readonly Return[]} days
 */
export function showReturns(days) {
  for (const place of ["acknowledge-by", "next-by", "feedback-by"]) write(place, days.find((each) => each.place === place)?.text ?? "");
  const dates = [...new Set(days.map(({ day }) => day))].sort();
  byId("calendar-lines").replaceChildren(...dates.map(line));
  write("calendar-copied", "");
  byId("calendar", HTMLDetailsElement).open = false;
  show("come-back", days.length > 0);
}

/**
 * Return a field with a line that the person can change, because only the person knows what fits their calendar.
 * @param {string} day
 */
function line(day) {
  const field = /** @type {HTMLInputElement} */ (element("input", {
    type: "text", autocomplete: "off", spellcheck: "false", "aria-label": dayText(day),
  }));
  field.value = say("calendar-line", { day: shortDay(day) });
  const button = element("button", { type: "button", class: "second" }, say("copy"));
  button.addEventListener("click", () => {
    writeInView("calendar-copied", say(copy(field.value) ? "line-copied" : "token-not-copied"));
  });
  return element("li", {}, field, button);
}
