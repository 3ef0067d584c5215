// @ts-check
/** Writing a report in the offline form: text, case token, sealed file. */

import { Attachments } from "./attachments.js";
import * as casetoken from "./casetoken.js";
import { addressOf, ChannelChoice, checkOpen } from "./channels.js";
import { Confirmation } from "./confirmation.js";
import { feedbackBy, firstAnswerBy, today } from "./days.js";
import { Delivery } from "./delivery.js";
import { byId, element, show, whenPressed, write } from "./dom.js";
import { explain, Failure } from "./failure.js";
import { Progress } from "./progress.js";
import { answers, areEnough, checkContainers, followConditions, onReader } from "./questions.js";
import { sealReport } from "./sealing.js";
import { site } from "./site.js";
import { goTo } from "./steps.js";
import { dayText, say } from "./texts.js";

const form = byId("form", HTMLFormElement);
const attachments = new Attachments("files");
const channels = new ChannelChoice("channels");
const progress = new Progress("progress", "progress-text");

/** @type {import("./keyrings.js").Shown} */
let shown;
/** @type {Delivery} */
let delivery;
/** @type {Confirmation} */
let confirmation;
/** For one report: for another one, the form is opened again. */
const entropy = casetoken.generate();

/**
 * Offer the form; throws Failure, KeyringExpired or ClockBehind if nothing can be sealed today.
 * @param {import("./keyrings.js").Shown} keys
 */
export function beginReport(keys) {
  checkOpen(keys, today());
  shown = keys;
  channels.offer(shown, today());
  goTo("step-write");
}

/** @param {import("./channels.js").Outside} outside whether the report concerns those who would read it */
function propose(outside) {
  const name = shown.keyring.channels[0]?.name[site.language] ?? "";
  write("channels-only", channels.propose(outside) ? "" : say("no-other-reader", { name }));
}

async function toToken() {
  await guarded("error", async () => {
    const files = await attachments.enclosed();
    const given = answers();
    if (!areEnough(given) && files.length === 0) throw new Failure("empty-report");
    const channel = channels.chosen;
    delivery = new Delivery(async () => {
      const keys = await casetoken.derive(entropy, site.deployment);
      return sealReport(addressOf(shown, channel, today()), keys, { answers: given, files });
    });
    confirmation = new Confirmation(words());
    showWords(true);
    goTo("step-token");
  });
}

/** @returns {string[]} */
function words() {
  return casetoken.words(entropy, site.language);
}

/** @param {boolean} now */
function showWords(now) {
  listWords("token-words");
  show("token-shown", now);
  show("token-asked", !now);
  byId("send", HTMLButtonElement).disabled = now;
  if (!now) byId("confirm-1").focus();
}

/** @param {string} id of a list */
function listWords(id) {
  byId(id).replaceChildren(...words().map((word) => element("li", {}, word)));
}

async function seal() {
  await guarded("confirm-error", async () => {
    confirmation.check();
    byId("send", HTMLButtonElement).disabled = true;
    try {
      progress.start();
      await delivery.attempt((part) => progress.show(part));
    } finally {
      progress.stop();
      byId("send", HTMLButtonElement).disabled = false;
    }
    finish();
  });
}

function finish() {
  removeEventListener("beforeunload", warn);
  form.reset();
  attachments.clear();
  byId("day-first").textContent = dayText(firstAnswerBy(today()));
  byId("day-last").textContent = dayText(feedbackBy(today()));
  goTo("done");
}

/**
 * Do `act`, and show in the element of this id what went wrong, if anything.
 * @param {string} id
 * @param {() => unknown} act
 */
async function guarded(id, act) {
  write(id, "");
  try {
    await act();
  } catch (error) {
    write(id, explain(error));
    byId(id).focus();
  }
}

/** @param {BeforeUnloadEvent} event */
function warn(event) {
  event.preventDefault();
}

form.reset();
// Characters are counted on the whole page already (followup.js).
checkContainers();
followConditions(form);
onReader(form, propose);
form.addEventListener("submit", (event) => event.preventDefault());
form.addEventListener("input", () => addEventListener("beforeunload", warn), { once: true });
whenPressed("continue", toToken);
whenPressed("noted", () => showWords(false));
whenPressed("words-again", () => showWords(true));
whenPressed("back-to-text", () => goTo("step-write"));
whenPressed("send", seal);
whenPressed("show-token", () => {
  const hidden = byId("token-again").hidden !== false;
  listWords("token-again");
  show("token-again", hidden);
  byId("show-token").setAttribute("aria-expanded", String(hidden));
});
