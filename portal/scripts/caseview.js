// @ts-check
/** A case as its reporter sees it: status, messages, days, and warnings. */

import { promisedBy, toCount } from "./days.js";
import { byId, element, write } from "./dom.js";
import { channel } from "./keyring.js";
import { site } from "./site.js";
import { dayText, has, say } from "./texts.js";

/** @typedef {import("./mailbox.js").Mailbox} Mailbox */
/** @typedef {import("./slot.js").Slot} Slot */

/**
 * @param {Mailbox} mailbox
 * @param {import("./keyring.js").Keyring} keyring which names the body that answers, perhaps not the inspectorate
 * @param {string} today
 */
export function showCase({ claim, channel: id, day, slot, fault }, keyring, today) {
  const known = id && channel(keyring, id)?.name[site.language];
  const name = known ? say("quoted", { name: known }) : say("reader");
  const { status } = slot ?? {};
  const isGone = fault === "channel-gone";
  write("status-fault", fault ? say(fault, { name }) : "");
  // A new portal has the slot, but does not know when the report arrived.
  const isUndated = claim.state !== "unknown" && toCount(claim.day) === 0;
  write("claim", slot || isUndated ? "" : say(`state-${claim.state}`, { day: dayText(claim.day) }));
  write("claim-differs", slot || isUndated ? "" : differsText(claim, day, name));
  write("status-label", status ? say(`status-${status}`) : say(isGone ? "not-followed" : "not-confirmed", { name }));
  write("status-means", status ? say(`means-${status}`, { name }) : "");
  write("measures", measuresText(slot?.measures_disclosed ?? []));
  write("confirmed", slot ? say("confirmed", { name }) : "");
  write("issued", slot ? say("issued", { name, day: dayText(slot.issued) }) : "");
  showNext(due({ day, slot, fault }), today, name);
  write("feedback-by", status !== "closed" && day ? feedbackText(day, today) : "");
  write("earlier", slot?.earlier ? say("earlier", { count: slot.earlier }) : "");
  write("follow-ups-received", slot ? receivedText(slot.received) : "");
  byId("messages").replaceChildren(...(slot?.messages ?? []).map(({ day, text }) => message("them", day, text, known ?? name)));
  write("no-messages", slot?.messages.length || fault ? "" : say("no-messages"));
  write("cannot-write", id ? "" : say(isGone ? "other-ways" : "cannot-write"));
}

/**
 * @param {Pick<Mailbox, "day" | "slot" | "fault">} mailbox
 * @returns {{ code: "next-by" | "first-by", day: string } | null} null if no answer is due, or if the day is not certain
 */
function due({ day, slot, fault }) {
  if (slot) return slot.status === "closed" ? null : { code: "next-by", day: slot.next_by };
  return fault || !day ? null : { code: "first-by", day: promisedBy(site.promised.received, day, site.promised.daysOff) };
}

/**
 * @param {ReturnType<typeof due>} next
 * @param {string} today
 * @param {string} name
 */
function showNext(next, today, name) {
  const isLate = next !== null && today > next.day;
  write("next-by", next && !isLate ? say(next.code, { name, day: dayText(next.day) }) : "");
  write("overdue", next && isLate ? say("overdue", { name, day: dayText(next.day) }) : "");
}

/**
 * Warn if the day from the portal and the day in the memo differ by more than one: midnight or clocks explain one.
 * @param {Mailbox["claim"]} claim
 * @param {string | null} day of the report, from the memo
 * @param {string} name
 */
function differsText(claim, day, name) {
  if (!day || claim.state === "unknown" || Math.abs(toCount(claim.day) - toCount(day)) <= 1) return "";
  return say("claim-differs", { name, claimed: dayText(claim.day), noted: dayText(day) });
}

/**
 * @param {string} reported the day of the report, from the memo
 * @param {string} today
 */
function feedbackText(reported, today) {
  const day = promisedBy(site.promised.answered, reported, site.promised.daysOff);
  return today > day ? "" : say("feedback-by", { day: dayText(day) });
}

/**
 * Add the message just sent after the others. Once the page is closed, only the inspectorate can read it.
 * @param {string} day
 * @param {string} text
 */
export function addOwn(day, text) {
  write("no-messages", "");
  byId("messages").append(message("you", day, text));
}

/** @param {readonly string[]} measures those unknown to this page are omitted */
function measuresText(measures) {
  const known = measures.map((each) => `measure-${each}`).filter(has);
  return known.length ? say("measures", { list: known.map((each) => say(each)).join(", ") }) : "";
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
 * @param {string} name of the writer, unless the reader wrote the message
 */
function message(from, day, text, name = "") {
  const head = element("p", { class: "hint" }, `${say(`message-${from}`, { name })} `, element("time", { datetime: day }, dayText(day)));
  return element("li", { class: from }, head, element("p", { class: "written", dir: "auto" }, text));
}
