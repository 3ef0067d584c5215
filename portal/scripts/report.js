// @ts-check
/** The report page: write, keep the case token, send. */

import { openAddress } from "./channels.js";
import { watching } from "./connection.js";
import { today } from "./days.js";
import { byId, show, whenPressed, write } from "./dom.js";
import { explain } from "./failure.js";
import { checkBrowser } from "./fitness.js";
import { guarded } from "./guarded.js";
import { fetchKeyring } from "./keyrings.js";
import { switchLanguages } from "./language.js";
import { openForm, whenWritten } from "./parts.js";
import { askWork, prepareWork } from "./paying.js";
import { prepare } from "./prepared.js";
import { Progress } from "./progress.js";
import { countCharacters } from "./questions.js";
import { finish, offerForm, written } from "./reportform.js";
import { showRoutes } from "./routes.js";
import "./secondpress.js";
import { likelySize } from "./sealing.js";
import { goTo } from "./steps.js";
import { say } from "./texts.js";
import { whenTranslated } from "./translated.js";
import { checkToken, newToken, offerToSend, showToken } from "./tokensteps.js";

const progress = new Progress("progress", "progress-text");

/**
 * The token of this report, whether it has been shown or not.
 * @type {import("./tokensteps.js").Token}
 */
let token;
/** @type {import("#delivery").Delivery} */
let delivery;
/** @type {unknown} why the last attempt failed */
let failed;

async function begin() {
  countCharacters();
  await guarded("closed", async () => {
    checkBrowser();
    token = newToken();
    askWork();
    const shown = await watching(fetchKeyring, {
      silent: (silence) => byId("loading").querySelector("[role]")?.replaceChildren(say(`connection-${silence}`)),
      found: () => {}, // the form follows at once
    });
    showRoutes("closed-routes", shown.keyring.channels, today());
    offerForm(shown);
    openForm();
    switchLanguages("closed");
    // Do the work while the person writes. It is enough for most reports.
    workFor(openAddress(shown, today()), likelySize([]));
  });
  show("loading", false);
  // If the form is not shown, the page has no other heading than this one. Until then, only screen readers find it.
  byId("unopened").classList.remove("unseen");
  show("unopened", byId("step-write").hidden !== false);
}

/**
 * @param {import("./sealing.js").Address | null} to
 * @param {number} size the probable size of the envelope in bytes
 */
function workFor(to, size) {
  if (to) prepareWork(prepare(to), to.channel, size);
}

/** Show the token once the report is written, before anything is sent. */
async function toToken() {
  const made = await written(token);
  if (!made) return;
  delivery = made.delivery;
  workFor(made.to, made.size);
  showToken(token);
}

async function send() {
  await guarded("confirm-error", async () => {
    checkToken();
    offerToSend(false);
    goTo("step-send");
    await attempt();
  });
}

async function attempt() {
  show("failed", false);
  show("under-way");
  hideLinks(true);
  progress.start();
  try {
    await delivery.attempt((part) => progress.show(part));
    finish();
  } catch (error) {
    progress.stop();
    failed = error;
    write("send-error", explain(error));
    show("under-way", false);
    hideLinks(false);
    show("failed");
    byId("retry").focus();
  }
}

/**
 * While a report is sent, and beside its receipt, no link leaves the page except “Leave quickly”, because a touch by
 * mistake would lose something that the page cannot show again.
 * @param {boolean} areHidden
 */
function hideLinks(areHidden) {
  for (const each of document.querySelectorAll("footer nav, .brand")) each.toggleAttribute("inert", areHidden);
}

whenWritten(toToken);
whenPressed("send", send);
whenPressed("retry", attempt);
whenPressed("back", () => {
  // The failed attempt may have arrived: perhaps only the portal's answer was lost.
  // A changed text is therefore another report, with another token.
  token = newToken();
  openForm();
});
whenTranslated(() => failed && write("send-error", explain(failed)));
begin();
