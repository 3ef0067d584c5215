// @ts-check
/** What is certain about a case, day by day. The newest entry is first, even within a day. */

import { byId, element, show } from "./dom.js";
import { dayText, say } from "./texts.js";

/**
 * Something that happened on a day: a message with its text, or an event that is described in one line.
 * @typedef {object} Entry
 * @property {string} day
 * @property {"you" | "them" | "event"} kind
 * @property {string} head
 * @property {string} [text] of a message
 */

/** @type {readonly Entry[]} */
let entries = [];
/** @type {{ day: string, text: string }[]} the messages that were sent from this page */
let own = [];

/**
 * Show these entries.
 * @param {readonly Entry[]} found in the order in which they happened, where they have the same day
 */
export function showTimeline(found) {
  entries = found;
  own = [];
  tell();
}

/**
 * Replace the displayed entries, which are in another language, with these. Messages sent from this page stay.
 * @param {readonly Entry[]} found
 */
export function retellTimeline(found) {
  entries = found;
  tell();
}

function tell() {
  show("day-by-day");
  const sent = own.map(({ day, text }, at) => {
    const head = say("message-you", { number: at + 1 });
    return /** @type {const} */ ({ day, kind: "you", head, text: text || say("files-only") });
  });
  // Sorting keeps this order within each day.
  const all = [...entries, ...sent].sort((one, other) => (one.day < other.day ? -1 : one.day > other.day ? 1 : 0));
  show("newest-first", all.filter(({ text }) => text !== undefined).length > 1);
  const days = [...new Set(all.map(({ day }) => day))].reverse();
  byId("messages").replaceChildren(...days.map((day) => {
    const ofDay = all.filter((each) => each.day === day).reverse();
    const heading = element("h3", {}, element("time", { datetime: day }, dayText(day)));
    return element("li", {}, heading, element("ul", {}, ...ofDay.map(item)));
  }));
}

/**
 * Add a message that was just sent. Once the page is closed, only the inspectorate can read it.
 * @param {string} day
 * @param {string} text empty if only files were sent
 * @returns {number} how many messages were sent from this page
 */
export function addOwn(day, text) {
  own.push({ day, text });
  tell();
  return own.length;
}

/** @param {Entry} entry */
function item({ kind, head, text }) {
  if (text === undefined) return element("li", { class: kind }, head);
  const written = element("p", { class: "written", dir: "auto" }, text);
  return element("li", { class: kind }, element("p", { class: "hint" }, head), written);
}
