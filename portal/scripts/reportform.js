// @ts-check
/** The form of a report: its questions, files and channel, and the envelope made from them. */

import { Delivery } from "#delivery";
import { Attachments } from "./attachments.js";
import { equal } from "./bytes.js";
import { ChannelChoice, checkOpen, freshAddress, openAddress } from "./channels.js";
import { promisedBy, today } from "./days.js";
import { byId, show, write } from "./dom.js";
import { Failure, together } from "./failure.js";
import { answers, checkContainers, checkEnough, followConditions, onReader, saidDanger } from "./questions.js";
import { take } from "./prepared.js";
import { likelySize, sealReport } from "./sealing.js";
import { site } from "./site.js";
import { goTo } from "./steps.js";
import { dayText, say } from "./texts.js";
import { tellAlways, whenTranslated } from "./translated.js";
import { askBeforeLeaving, stopAsking } from "./unsent.js";

const form = byId("form", HTMLFormElement);
const attachments = new Attachments("files");
const channels = new ChannelChoice("channels", "no-reader-chosen");

/** @type {import("./keyrings.js").Shown} */
let shown;

/**
 * Fill the form with these channels; throws Failure, KeyringExpired or ClockBehind if no channel is open today.
 * @param {import("./keyrings.js").Shown} keys
 */
export function offerForm(keys) {
  const { id, version, hash } = keys.keyring.questionnaire;
  const ours = site.questionnaire;
  if (id !== ours.id || version !== ours.version || !equal(hash, ours.hash)) throw new Failure("questionnaire-differs");
  checkOpen(keys, today());
  shown = keys;
  channels.offer(shown, today());
}

/**
 * Return the report, which each attempt seals with the keys of its case. Return null if the person did something else
 * while files were still being examined. Throws Failure.
 * @param {import("./tokensteps.js").Token} token
 * @returns {Promise<{ delivery: Delivery, to: import("./sealing.js").Address | null, size: number } | null>} size: the probable size of the envelope
 */
export async function written(token) {
  if (!(await attachments.personWaits(byId("continue")))) return null;
  const { files, given, channel } = content();
  const address = () => freshAddress(shown, channel, today());
  const seal = async () => {
    const to = await address();
    return sealReport(await take(to), to, await token.keys(), { answers: given, files });
  };
  return { delivery: new Delivery(seal), to: openAddress(shown, today(), channel), size: likelySize(files) };
}

/** Return what the person gave; throws Failure with every mistake in it. */
function content() {
  const [files, given, channel] = together([() => attachments.enclosed(), enough, () => channels.chosen]);
  return { files, given, channel };
}

/** Return the answers; throws Failure if they are not enough for a report. */
function enough() {
  const given = answers();
  if (attachments.isEmpty) checkEnough(given, attachments.input);
  return given;
}

/**
 * Clear the form, and show the days on which the reporter should come back. If the report says that somebody is in
 * danger, also show the emergency numbers.
 */
export function finish() {
  show("danger-told", saidDanger());
  stopAsking();
  form.reset();
  attachments.clear();
  const sent = today();
  tellAlways(() => tellDays(sent));
  goTo("done");
}

/** @param {string} sent the day */
function tellDays(sent) {
  const { received, answered, daysOff } = site.promised;
  byId("day-first").textContent = dayText(promisedBy(received, sent, daysOff));
  byId("day-last").textContent = dayText(promisedBy(answered, sent, daysOff));
}

let isFound = true;

/** @param {import("./channels.js").Outside} outside whether the report concerns those who would read it */
function propose(outside) {
  isFound = channels.propose(outside);
  tellProposed();
}

function tellProposed() {
  const name = shown?.keyring.channels[0]?.name[site.language] ?? "";
  write("channels-only", isFound ? "" : say("no-other-reader", { name }));
}

form.reset();
checkContainers();
followConditions(form);
onReader(form, propose);
askBeforeLeaving(form);
whenTranslated(tellProposed);
form.addEventListener("submit", (event) => event.preventDefault());
