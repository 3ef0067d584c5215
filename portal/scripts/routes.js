// @ts-check
/** Where a channel is closed: since when, and how else somebody can be reached. */

import { byId, element, show } from "./dom.js";
import { closedSince, intakeKey } from "./keyring.js";
import { site } from "./site.js";
import { dayText, say } from "./texts.js";

/** @typedef {import("./keyring.js").Channel} Channel */

/**
 * Return since when a channel cannot be written to.
 * @param {Channel} channel
 * @param {string} today
 */
export function closedText(channel, today) {
  const since = closedSince(channel, today);
  return since ? say("closed-since", { day: dayText(since) }) : say("channel-closed-now");
}

/**
 * Show in the element of this id what the closed ones among these channels say of other ways to reach them, which
 * stands in their notes; hide it if none is closed.
 * @param {string} id
 * @param {readonly Channel[]} channels
 * @param {string} today
 */
export function showRoutes(id, channels, today) {
  const closed = channels.filter((each) => intakeKey(each, today) === null);
  const lines = closed.map((each) => element("li", {},
    element("strong", {}, each.name[site.language]), ` – ${closedText(each, today)} ${each.note[site.language]}`));
  const elsewhere = element("p", {}, say("other-ways"));
  byId(id).replaceChildren(element("ul", {}, ...lines), elsewhere);
  show(id, closed.length > 0);
}
