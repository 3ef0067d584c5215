// @ts-check
/** A case as its reporter sees it: what to do now, what happened day by day, the days to come back, and warnings. */

import { showReturns } from "./comeback.js";
import { promisedBy, toCount } from "./days.js";
import { byId, show, write } from "./dom.js";
import { channel } from "./keyring.js";
import { site } from "./site.js";
import { dayText, has, say } from "./texts.js";
import { retellTimeline, showTimeline } from "./timeline.js";
import { whenTranslated } from "./translated.js";

/** @typedef {import("./mailbox.js").Mailbox} Mailbox */
/** @typedef {import("./slot.js").Slot} Slot */

let retell = () => {};

/**
 * Show a case, and show it again whenever the language of the page changes.
 * @param {Mailbox} mailbox
 * @param {import("./keyring.js").Keyring} keyring
 * @param {string} today
 */
export function showCase(mailbox, keyring, today) {
  tell(mailbox, keyring, today, showTimeline);
  retell = () => tell(mailbox, keyring, today, retellTimeline);
}

/**
 * @param {Mailbox} mailbox
 * @param {import("./keyring.js").Keyring} keyring which names the body that answers, perhaps not the inspectorate
 * @param {string} today
 * @param {typeof showTimeline} inTime shows what happened
 */
function tell({ claim, channel: id, day, slot, fault }, keyring, today, inTime) {
  const name = (id && channel(keyring, id)?.name[site.language]) || say("reader");
  const { status } = slot ?? {};
  const isGone = fault === "channel-gone";
  write("status-fault", fault ? say(fault) : "");
  // A new portal has the slot, but does not know when the report arrived.
  const isUndated = claim.state !== "unknown" && toCount(claim.day) === 0;
  write("claim", slot || isUndated ? "" : say(`state-${claim.state}`, { day: dayText(claim.day) }));
  write("claim-differs", slot || isUndated ? "" : differsText(claim, day));
  byId("now").classList.toggle("asked", status === "info_requested");
  show("state");
  write("status-label", status ? say(`status-${status}`) : say(isGone ? "not-followed" : "not-confirmed", { name }));
  write("status-means", status ? say(`means-${status}`, { name }) : "");
  write("measures", measuresText(slot?.measures_disclosed ?? []));
  write("confirmed", slot ? say("confirmed", { name }) : "");
  write("issued", slot ? say("issued", { day: dayText(slot.issued) }) : "");
  const dues = due({ day, slot, fault });
  const late = dues.find((each) => today > each.day);
  write("overdue", late ? say("overdue", { day: dayText(late.day) }) : "");
  const answer = status !== "closed" && day ? feedback(day, slot) : [];
  showReturns([...dues, ...answer].filter((each) => today <= each.day).map(toReturn));
  write("earlier", slot?.earlier ? say("earlier", { count: slot.earlier }) : "");
  write("follow-ups-received", slot ? receivedText(slot.received) : "");
  inTime(happened({ day, slot }, name));
  write("no-messages", slot?.messages.length || fault ? "" : say("no-messages"));
  write("cannot-write", id ? "" : say(isGone ? "other-ways" : "cannot-write"));
}

/**
 * Return what is certain about a case. The slot contains no other days, and shows the status only as it was on the day
 * of the slot.
 * @param {Pick<Mailbox, "day" | "slot">} mailbox
 * @param {string} name of the body that answers
 * @returns {import("./timeline.js").Entry[]}
 */
function happened({ day, slot }, name) {
  const { messages = [], received, issued, status, receipt } = slot ?? {};
  return [
    ...(day ? [event(day, say("event-reported"))] : []),
    ...(receipt ? [event(receipt.statement.day, say("event-receipt", { name }))] : []),
    ...(received?.last_day ? [event(received.last_day, wroteText(received.count))] : []),
    ...messages.map((each) => {
      return /** @type {const} */ ({ day: each.day, kind: "them", head: say("message-them", { name }), text: each.text });
    }),
    ...(issued ? [event(issued, say("event-status", { status: say(`status-${status}`) }))] : []),
  ];
}

/**
 * @param {string} day
 * @param {string} head
 */
function event(day, head) {
  return /** @type {const} */ ({ day, kind: "event", head });
}

/**
 * A day that the reporter can rely on: its place on the page, and the code of its text.
 * @typedef {{ place: import("./comeback.js").Return["place"], code: string, day: string }} Due
 */

/**
 * Return the days of the next update and of the acknowledgement. Even before the acknowledgement, a slot can say that
 * the report was opened. Only the slot that acknowledges the report, and later slots, contain a receipt (SPEC 5.3).
 * @param {Pick<Mailbox, "day" | "slot" | "fault">} mailbox
 * @returns {Due[]} empty if no answer is due, or if the day is not certain
 */
function due({ day, slot, fault }) {
  if (fault || slot?.status === "closed") return [];
  const received = day ? promisedBy(site.promised.received, day, site.promised.daysOff) : null;
  if (!slot) return received ? [{ place: "next-by", code: "first-by", day: received }] : [];
  return [
    ...(received && !slot.receipt ? [/** @type {Due} */ ({ place: "acknowledge-by", code: "acknowledge-by", day: received })] : []),
    { place: "next-by", code: "next-by", day: slot.next_by },
  ];
}

/**
 * @param {Due} due
 * @returns {import("./comeback.js").Return}
 */
function toReturn({ place, code, day }) {
  return { place, text: say(code, { day: dayText(day) }), day };
}

/**
 * The time runs from the acknowledgement, so the page names the same day as the text of the acknowledgement. The
 * receipt in the slot is of that day.
 * @param {string} reported the day of the report, from the memo
 * @param {Slot | null} slot
 * @returns {Due[]}
 */
function feedback(reported, slot) {
  const day = promisedBy(site.promised.answered, reported, site.promised.daysOff, slot?.receipt?.statement.day);
  return [{ place: "feedback-by", code: "feedback-by", day }];
}

/**
 * Warn if the portal's day and the memo's day differ by more than one day. Midnight or clocks can explain a
 * difference of one day.
 * @param {Mailbox["claim"]} claim
 * @param {string | null} day of the report, from the memo
 */
function differsText(claim, day) {
  if (!day || claim.state === "unknown" || Math.abs(toCount(claim.day) - toCount(day)) <= 1) return "";
  return say("claim-differs", { claimed: dayText(claim.day), noted: dayText(day) });
}

/** @param {readonly string[]} measures those unknown to this page are omitted */
function measuresText(measures) {
  const known = measures.map((each) => `measure-${each}`).filter(has);
  return known.length ? say("measures", { list: known.map((each) => say(each)).join(", ") }) : "";
}

/** @param {number} count of the messages that were opened; only the day of the last is known */
function wroteText(count) {
  return count === 1 ? say("event-received") : say("event-received-several", { count });
}

/** @param {Slot["received"]} received */
function receivedText({ count, last_day: day }) {
  if (count === 0 || day === undefined) return say("follow-ups-none");
  return say("follow-ups-received", { count, day: dayText(day) });
}

whenTranslated(() => retell());
