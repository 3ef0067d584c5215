// @ts-check
/** Follow-ups to a case: text and files, signed with the reporter's key. */

import { Delivery } from "#delivery";
import { Attachments } from "./attachments.js";
import { offerBeginnings } from "./beginnings.js";
import { freshAddress, openAddress } from "./channels.js";
import { today } from "./days.js";
import { byId, element, show, whenPressed, write } from "./dom.js";
import { Failure, together } from "./failure.js";
import { guarded } from "./guarded.js";
import { bringIntoView } from "./inview.js";
import { take } from "./prepared.js";
import { Progress } from "./progress.js";
import { countCharacters, textOf } from "./questions.js";
import { likelySize, sealFollowUp } from "./sealing.js";
import { pageChanged } from "./secondpress.js";
import { steadily } from "./still.js";
import { say } from "./texts.js";
import { addOwn } from "./timeline.js";
import { tellAlways, whenTranslated } from "./translated.js";
import { askBeforeLeaving, stopAsking } from "./unsent.js";

/** @typedef {import("./attachment.js").Enclosed} Enclosed */

/**
 * The data of a case that a follow-up needs.
 * @typedef {object} Case
 * @property {import("./casetoken.js").CaseKeys} keys
 * @property {import("./keyrings.js").Shown} shown
 * @property {() => string} channel
 * @property {number} seen serial of the newest slot opened, or 0
 */

const area = byId("follow-up-text", HTMLTextAreaElement);
const attachments = new Attachments("follow-up-files");
const progress = new Progress("follow-up-progress", "follow-up-progress-text");

/** @type {Case | null} */
let open = null;
/**
 * The message at the time of "send", and its sealed form.
 * @typedef {{ text: string, files: readonly Enclosed[], channel: string, delivery: Delivery }} Message
 */

/** @type {Message | null} */
let pending = null;
/** How many messages were sent from this page. */
let sent = 0;

/**
 * Offer the form for this case.
 * @param {Case} of
 */
export function offerFollowUp(of) {
  open = of;
  show("danger-now", false);
  show("danger-sent", false);
  byId("danger-sent").classList.add("reserved");
  show("follow-up");
}

/**
 * Return the address that a message has now, and its likely size in bytes; throws Failure.
 * @returns {Promise<{ to: import("./sealing.js").Address | null, size: number }>}
 */
export async function likelyEnvelope() {
  await attachments.examined();
  const size = likelySize(attachments.enclosed());
  return { to: open && openAddress(open.shown, today(), open.channel()), size };
}

/** The form keeps its content until the message has arrived. After a failure, the same sealed message is sent again. */
async function send() {
  write("follow-up-done", "");
  // The numbers are invisible until the message is sent. Their space is reserved, so that nothing moves at that time.
  show("danger-sent", !byId("danger-now").hidden);
  // Scroll at once, because a moment later, the person may be about to press something else.
  if (!byId("danger-sent").hidden) bringIntoView("danger-sent");
  bringIntoView("follow-up-said");
  await guarded("follow-up-error", async () => {
    if (!(await attachments.personWaits(byId("follow-up-send")))) return;
    try {
      lock(true);
      const message = prepare();
      progress.start();
      await message.delivery.attempt((part) => progress.show(part));
      finish(message.text);
    } finally {
      progress.stop();
      lock(false);
    }
  });
}

/** @returns {Message} the failed message if nothing has changed since; otherwise a new one, with another id */
function prepare() {
  const { keys, shown, channel, seen } = /** @type {Case} */ (open);
  const written = content(channel);
  if (pending && isSame(pending, written)) return pending;
  const id = crypto.getRandomValues(new Uint8Array(16));
  const address = () => freshAddress(shown, written.channel, today());
  const seal = async () => {
    const to = await address();
    return sealFollowUp(await take(to), to, keys, { ...written, id, seen });
  };
  pending = { ...written, delivery: new Delivery(seal) };
  return pending;
}

/**
 * Return the message as it is now; throws Failure with every mistake in it.
 * @param {() => string} chosen the channel
 * @returns {Omit<Message, "delivery">}
 */
function content(chosen) {
  const [channel, text, files] = together([chosen, enough, () => attachments.enclosed()]);
  return { text, files, channel };
}

/** Return the text; throws Failure if there is nothing to send. */
function enough() {
  const text = textOf(area);
  if (text === "" && attachments.isEmpty) throw new Failure("empty-follow-up", {}, [area, attachments.input]);
  return text;
}

/**
 * @param {Omit<Message, "delivery">} one
 * @param {Omit<Message, "delivery">} other
 */
function isSame(one, other) {
  const sameFiles = one.files.length === other.files.length
    && one.files.every((file, at) => isSameFile(file, other.files[at]));
  return sameFiles && one.text === other.text && one.channel === other.channel;
}

/**
 * @param {Enclosed} one
 * @param {Enclosed | undefined} other
 */
function isSameFile({ blob, patches, name }, other) {
  return blob === other?.blob && patches === other.patches && name === other.name;
}

/** @param {string} text */
function finish(text) {
  pending = null;
  stopAsking();
  steadily(byId("follow-up-send"), () => {
    sent = addOwn(today(), text);
    area.value = "";
    area.dispatchEvent(new Event("input"));
    attachments.clear();
    write("no-messages", "");
  });
  // The emergency numbers stay in sight, beside the next message of the page.
  byId("danger-sent").classList.remove("reserved");
  tellSent();
  pageChanged();
}

function tellSent() {
  write("follow-up-done", say("follow-up-sent", { number: sent }));
}

/** Hide the confirmation of the last message, and show that the new text has not been sent yet. */
function tellUnsent() {
  write("follow-up-done", "");
  byId("follow-up-unsent").classList.toggle("reserved", area.value.trim() === "");
}

/** Reserve enough room for the longest of the usual texts about sending: the confirmation, and a summary of one error. */
function reserve() {
  const mistake = element("ul", {}, element("li", {}, element("span", { class: "alone" }, say("empty-follow-up"))));
  byId("follow-up-room").replaceChildren(
    element("p", { class: "notice" }, say("follow-up-sent", { number: 10 })),
    element("div", { class: "notice" }, element("p", { class: "large" }, say("errors")), mistake),
  );
}

/** @param {boolean} busy */
function lock(busy) {
  byId("follow-up-send", HTMLButtonElement).disabled = busy;
  area.readOnly = busy;
  attachments.lock(busy);
}

countCharacters();
area.addEventListener("input", tellUnsent);
byId("follow-up").addEventListener("input", tellUnsent);
offerBeginnings(area);
askBeforeLeaving(byId("follow-up"));
whenPressed("follow-up-send", send);
whenTranslated(() => byId("follow-up-done").hidden || tellSent());
tellAlways(reserve);
