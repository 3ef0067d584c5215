// @ts-check
/** A case as its reporter sees it: status, messages, days, and what is not certain. */

import { byId, element, write } from "./dom.js";
import { channel } from "./keyring.js";
import { site } from "./site.js";
import { dayText, say } from "./texts.js";

/** @typedef {import("./mailbox.js").Mailbox} Mailbox */
/** @typedef {import("./messages.js").Slot} Slot */

/**
 * @param {Mailbox} mailbox
 * @param {import("./keyring.js").Keyring} keyring that names who answers: it need not be the inspectorate
 * @param {string} today
 */
export function showCase({ claim, slot, fault }, keyring, today) {
  const name = (slot && channel(keyring, slot.channel)?.name[site.language]) ?? "";
  write("status-fault", fault ? say(fault) : "");
  write("claim", slot ? "" : say(`state-${claim.state}`, { day: dayText(claim.day) }));
  write("status-label", slot ? say(`status-${slot.status}`) : say("not-confirmed"));
  write("confirmed", slot ? say("confirmed", { name }) : "");
  write("issued", slot ? say("issued", { day: dayText(slot.issued) }) : "");
  write("next-by", slot && today <= slot.next_by ? say("next-by", { day: dayText(slot.next_by) }) : "");
  write("overdue", slot && today > slot.next_by ? say("overdue", { day: dayText(slot.next_by) }) : "");
  write("earlier", slot?.earlier ? say("earlier", { count: slot.earlier }) : "");
  write("follow-ups-received", slot ? receivedText(slot.received) : "");
  byId("messages").replaceChildren(...(slot?.messages ?? []).map(({ day, text }) => message("them", day, text, name)));
  write("no-messages", slot?.messages.length || fault ? "" : say("no-messages"));
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
 * @param {string} name of who wrote it, unless that is the reader
 */
function message(from, day, text, name = "") {
  const head = element("p", { class: "hint" }, `${say(`message-${from}`, { name })} `, element("time", { datetime: day }, dayText(day)));
  return element("li", { class: from }, head, element("p", { class: "written", dir: "auto" }, text));
}
