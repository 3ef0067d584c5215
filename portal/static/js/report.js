// @ts-check
/** The report page: write, keep the case token, send. */

import { Attachments } from "./attachments.js";
import * as casetoken from "./casetoken.js";
import { ChannelChoice, checkOpen, freshAddress } from "./channels.js";
import { Confirmation } from "./confirmation.js";
import { feedbackBy, firstAnswerBy, today } from "./days.js";
import { Delivery } from "./delivery.js";
import { byId, element, show, whenPressed, write } from "./dom.js";
import { explain, Failure } from "./failure.js";
import { equal } from "./bytes.js";
import { checkBrowser } from "./fitness.js";
import { offerToKeep } from "./keeping.js";
import { fetchKeyring } from "./keyrings.js";
import { Progress } from "./progress.js";
import { answers, areEnough, checkContainers, countCharacters, followConditions, onReader } from "./questions.js";
import { showRoutes } from "./routes.js";
import { sealReport } from "./sealing.js";
import { site } from "./site.js";
import { forgetOnReturn, goTo } from "./steps.js";
import { dayText, say } from "./texts.js";
import { prepareWork } from "./work.js";

const form = byId("form", HTMLFormElement);
const attachments = new Attachments("files");
const channels = new ChannelChoice("channels");
const progress = new Progress("progress", "progress-text");

/** @type {import("./keyrings.js").Shown} */
let shown;
/**
 * The token of this report, whether or not it has been shown yet.
 * @type {ReturnType<typeof newToken>}
 */
let token;
/** @type {Confirmation} */
let confirmation;
/** @type {Delivery} */
let delivery;

function newToken() {
  const entropy = casetoken.generate();
  /** @type {Promise<import("./casetoken.js").CaseKeys> | undefined} */
  let keys;
  return {
    words: casetoken.words(entropy, site.language),
    keys: () => (keys ??= casetoken.derive(entropy, site.deployment)),
  };
}

async function begin() {
  form.reset();
  countCharacters();
  checkContainers();
  followConditions(form);
  onReader(form, propose);
  await guarded("closed", async () => {
    checkBrowser();
    token = newToken();
    shown = await fetchKeyring();
    const { id, version, hash } = shown.keyring.questionnaire;
    const ours = site.questionnaire;
    const same = id === ours.id && version === ours.version && equal(hash, ours.hash);
    if (!same) throw new Failure("questionnaire-differs");
    showRoutes("closed-routes", shown.keyring.channels, today());
    checkOpen(shown, today());
    channels.offer(shown, today());
    show("step-write");
  });
  show("loading", false);
}

/** @param {import("./channels.js").Outside} outside whether the report concerns those who would read it */
function propose(outside) {
  const name = shown.keyring.channels[0]?.name[site.language] ?? "";
  write("channels-only", channels.propose(outside) ? "" : say("no-other-reader", { name }));
}

/** After writing: the token, which comes before anything is sent. */
function toToken() {
  guarded("error", async () => {
    const files = await attachments.enclosed();
    const given = answers();
    if (!areEnough(given) && files.length === 0) throw new Failure("empty-report");
    const chosen = channels.chosen;
    const { keys, words } = token;
    delivery = new Delivery(async () => sealReport(await freshAddress(shown, chosen, today()), await keys(), { answers: given, files }));
    prepareWork(chosen, files.length ? "files" : "text");
    confirmation = new Confirmation(words);
    showWords(true);
    goTo("step-token");
  });
}

/** @param {boolean} shownNow */
function showWords(shownNow) {
  listWords("token-words");
  show("token-shown", shownNow);
  show("token-asked", !shownNow);
  write("copied", "");
  offerToSend(!shownNow);
  if (!shownNow) byId("confirm-1").focus();
}

/**
 * While the button is not offered, Enter in any field of the form must not press it.
 * @param {boolean} offered
 */
function offerToSend(offered) {
  byId("send", HTMLButtonElement).disabled = !offered;
}

/** @param {string} id of a list */
function listWords(id) {
  byId(id).replaceChildren(...token.words.map((word) => element("li", {}, word)));
}

async function send() {
  await guarded("confirm-error", async () => {
    confirmation.check();
    offerToSend(false);
    goTo("step-send");
    await attempt();
  });
}

async function attempt() {
  show("failed", false);
  progress.start();
  try {
    await delivery.attempt((part) => progress.show(part));
    finish();
  } catch (error) {
    progress.stop();
    write("send-error", explain(error));
    show("failed");
    byId("retry").focus();
  }
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

form.addEventListener("submit", (event) => event.preventDefault());
form.addEventListener("input", () => {
  write("error", "");
  write("confirm-error", "");
});
form.addEventListener("input", () => addEventListener("beforeunload", warn), { once: true });
whenPressed("continue", toToken);
whenPressed("noted", () => showWords(false));
whenPressed("show-words", () => showWords(true));
whenPressed("back-to-text", () => goTo("step-write"));
whenPressed("send", send);
whenPressed("retry", attempt);
whenPressed("back", () => {
  // The attempt may have arrived, its answer lost: what is changed now is another report, with another token.
  token = newToken();
  goTo("step-write");
});
whenPressed("show-token", () => {
  const hidden = byId("token-again").hidden !== false;
  listWords("token-again");
  show("token-again", hidden);
  byId("show-token").setAttribute("aria-expanded", String(hidden));
});
offerToKeep(() => token.words);
forgetOnReturn();
begin();
