// @ts-check
/** Closed channels: the day on which each was closed, and other ways to reach somebody. */

import { byId, element, show } from "./dom.js";
import { closedSince, intakeKey } from "./keyring.js";
import { site } from "./site.js";
import { dayText, say } from "./texts.js";
import { tellAlways } from "./translated.js";

/** @typedef {import("./keyring.js").Channel} Channel */

/**
 * Return the text that says when a channel was closed.
 * @param {Channel} channel
 * @param {string} today
 */
export function closedText(channel, today) {
  const since = closedSince(channel, today);
  return since ? say("closed-since", { day: dayText(since) }) : say("channel-closed-now");
}

/**
 * Return the note on a channel, or "" if it only repeats the name.
 * @param {Channel} channel
 */
export function noteOn({ name, note }) {
  const { language } = site;
  return note[language] === name[language] ? "" : note[language];
}

/**
 * Show the notes of the closed channels in the element with this id. The notes name other ways to reach somebody. Hide
 * the element if no channel is closed.
 * @param {string} id
 * @param {readonly Channel[]} channels
 * @param {string} today
 */
export function showRoutes(id, channels, today) {
  tellAlways(() => tell(id, channels, today));
}

/**
 * @param {string} id
 * @param {readonly Channel[]} channels
 * @param {string} today
 */
function tell(id, channels, today) {
  const closed = channels.filter((each) => intakeKey(each, today) === null);
  const lines = closed.map((each) => element("li", {},
    element("strong", {}, each.name[site.language]), ` – ${closedText(each, today)} ${noteOn(each)}`));
  const elsewhere = element("p", {}, say("other-ways"));
  byId(id).replaceChildren(element("ul", {}, ...lines), elsewhere);
  show(id, closed.length > 0);
}
