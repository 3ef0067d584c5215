// @ts-check
/** A case as its reporter sees it: status, messages, days, and what is not certain. */

import { byId, element, write } from "./dom.js";
import { dayText, say } from "./texts.js";

/** @typedef {import("./mailbox.js").Mailbox} Mailbox */
/** @typedef {import("./messages.js").Slot} Slot */

/**
 * @param {Mailbox} mailbox
 * @param {string} today
 */
export function showCase({ claim, slot, fault }, today) {
  write("status-fault", fault ? say(fault) : "");
  write("claim", slot || claim.state === "unknown" ? "" : say(`state-${claim.state}`, { day: dayText(claim.day) }));
  write("status-label", slot ? say(`status-${slot.status}`) : say("not-confirmed"));
  write("confirmed", slot ? say("confirmed") : "");
  write("issued", slot ? say("issued", { day: dayText(slot.issued) }) : "");
  write("next-by", slot && today <= slot.next_by ? say("next-by", { day: dayText(slot.next_by) }) : "");
  write("overdue", slot && today > slot.next_by ? say("overdue", { day: dayText(slot.next_by) }) : "");
  write("earlier", slot?.earlier ? say("earlier", { count: slot.earlier }) : "");
  write("follow-ups-received", slot ? receivedText(slot.received) : "");
  byId("messages").replaceChildren(...(slot?.messages ?? []).map(({ day, text }) => message("them", day, text)));
  write("no-messages", slot?.messages.length ? "" : say("no-messages"));
}

/**
 * Put what was just sent behind the messages: once the page is closed, nobody but the inspectorate can read it.
 * @param {string} day
 * @param {string} text
 */
export function addOwn(day, text) {
  write("no-messages", "");
  byId("messages").append(message("you", day, text));
}

/** @param {Slot["received"]} received */
function receivedText({ count, last_day: day }) {
  if (count === 0 || day === undefined) return say("follow-ups-none");
  return say("follow-ups-received", { count, day: dayText(day) });
}

/**
 * @param {"you" | "them"} from
 * @param {string} day
 * @param {string} text
 */
function message(from, day, text) {
  const head = element("p", { class: "hint" }, `${say(`message-${from}`)} `, element("time", { datetime: day }, dayText(day)));
  return element("li", { class: from }, head, element("p", { class: "written", dir: "auto" }, text));
}
