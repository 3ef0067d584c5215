// @ts-check
/** The status page: from the case token to the state of the report. */

import * as casetoken from "./casetoken.js";
import { showCase } from "./caseview.js";
import { ChannelChoice } from "./channels.js";
import { helpTyping } from "./completion.js";
import { watching } from "./connection.js";
import { today } from "./days.js";
import { byId, show, whenPressed, write } from "./dom.js";
import { explain, Failure } from "./failure.js";
import { checkBrowser } from "./fitness.js";
import { likelyEnvelope, offerFollowUp } from "./followup.js";
import { guarded } from "./guarded.js";
import { checkDay } from "./keyring.js";
import { fetchKeyring } from "./keyrings.js";
import { switchLanguages } from "./language.js";
import { openMailbox } from "./mailbox.js";
import { askWork, prepareWork } from "./paying.js";
import { prepare } from "./prepared.js";
import { showRoutes } from "./routes.js";
import { offerProof } from "./saveproof.js";
import { pageChanged } from "./secondpress.js";
import { site } from "./site.js";
import { goTo } from "./steps.js";
import { say } from "./texts.js";
import { tellAlways } from "./translated.js";
import { read, whenTyped } from "./typedtoken.js";
import { offerWithdrawal } from "./withdrawal.js";

const area = byId("token", HTMLTextAreaElement);
const opener = byId("open", HTMLButtonElement);
const forgetWords = helpTyping(area);
const channels = new ChannelChoice("follow-up-channels", "no-channel-chosen");

/** @param {casetoken.Language} [language] the chosen language, if the words fit two lists */
async function open(language) {
  show("write-anyway", false);
  opener.disabled = true;
  write("busy", say("opening"));
  /** @type {import("./connection.js").Watcher} */
  const watcher = {
    silent: (silence) => write("busy", say(`connection-${silence}`)),
    found: () => write("busy", say("opening")),
  };
  await watching(() => guarded("error", async () => {
    checkBrowser();
    const entropy = read(area, language);
    if (entropy) await openWith(await casetoken.derive(entropy, site.deployment));
  }), watcher);
  opener.disabled = false;
  write("busy", "");
}

/** @param {casetoken.CaseKeys} keys */
async function openWith(keys) {
  const shown = await fetchKeyring();
  const mailbox = await openMailbox(keys, shown.keyring, today());
  if (mailbox.channel === null && mailbox.fault === null) {
    showUnknown(keys, shown);
    return;
  }
  forgetWords();
  showCase(mailbox, shown.keyring, today());
  offerProof(keys, mailbox.slot, shown.keyring);
  goTo("case");
  offerWithdrawal(keys.withdrawKey);
  const { channel, slot } = mailbox;
  if (channel === null) return;
  tellAlways(() => write("cannot-write", staleText(shown)));
  showRoutes("closed-routes", shown.keyring.channels.filter((each) => each.id === channel), today());
  offerFollowUp({ keys, shown, channel: () => channel, seen: slot?.serial ?? 0 });
  workAhead();
}

/** Begin the work for the message as it is now. Larger files need more work. */
async function workAhead() {
  try {
    const { to, size } = await likelyEnvelope();
    if (to) prepareWork(prepare(to), to.channel, size);
  } catch {
    // Errors of files are shown at Send.
  }
}

/**
 * No case was found, probably because one of the words is wrong but the checksum fits by chance. A person who is sure
 * can still write.
 * @param {casetoken.CaseKeys} keys
 * @param {import("./keyrings.js").Shown} shown
 */
function showUnknown(keys, shown) {
  show("write-anyway");
  byId("write-anyway").onclick = () => {
    forgetWords();
    channels.offer(shown, today());
    byId("now").classList.add("asked");
    tellAlways(() => {
      byId("case-title").textContent = say("unknown-title");
      write("status-means", say("unknown-case"));
      write("cannot-write", staleText(shown));
    });
    show("state", false);
    show("day-by-day", false);
    goTo("case");
    showRoutes("closed-routes", shown.keyring.channels, today());
    offerFollowUp({ keys, shown, channel: () => channels.chosen, seen: 0 });
  };
  pageChanged();
  throw new Failure("unknown-case", {}, [area]);
}

/** @param {import("./keyrings.js").Shown} shown */
function staleText({ keyring }) {
  try {
    checkDay(keyring, today());
    return "";
  } catch (error) {
    return explain(error);
  }
}

byId("form", HTMLFormElement).reset();
byId("form").addEventListener("submit", (event) => event.preventDefault());
whenTyped("open", open);
byId("follow-up-files").addEventListener("input", workAhead);
whenPressed("close", () => location.replace(byId("close", HTMLAnchorElement).href));
switchLanguages("closed");
askWork();
show("loading", false);
goTo("step-token");
