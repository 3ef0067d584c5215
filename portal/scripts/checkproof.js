// @ts-check
/** The page for proofs, opened from disk: check a proof, ask whose proof it is, and answer that question (SPEC 5.6). */

import * as casetoken from "./casetoken.js";
import * as challenge from "./challenge.js";
import { helpTyping } from "./completion.js";
import { today } from "./days.js";
import { byId, show, whenPressed, write } from "./dom.js";
import { CryptoError, Malformed, NotForUs } from "./errors.js";
import { Failure } from "./failure.js";
import { guarded } from "./guarded.js";
import "./leave.js";
import { chosen, save } from "./saving.js";
import { DayOutside, LARGEST, openProof } from "./proof.js";
import "./secondpress.js";
import { site } from "./site.js";
import { goTo } from "./steps.js";
import { dayText, say } from "./texts.js";
import { read, whenTyped } from "./typedtoken.js";

const proofFile = byId("proof-file", HTMLInputElement);
const answerFiles = byId("answer-files", HTMLInputElement);
const questionFile = byId("question-file", HTMLInputElement);
const verifier = byId("verifier", HTMLInputElement);
const area = byId("token", HTMLTextAreaElement);
const forgetWords = helpTyping(area);

/** @type {import("./receipt.js").Receipt | null} */
let proven = null;
/** @type {Uint8Array | null} */
let question = null;

/** @param {HTMLInputElement} input */
async function small(input) {
  const tooLarge = [...(input.files ?? [])].some((file) => file.size > LARGEST);
  const files = await chosen(input);
  if (tooLarge) throw new Failure("proof-malformed");
  return files;
}

function checkProof() {
  proven = null;
  show("proven", false);
  show("answer-right", false);
  return guarded("proof-error", async () => {
    const [raw] = await small(proofFile);
    if (!raw) return;
    const { receipt, key } = plainly(() => openProof(raw, site));
    proven = receipt;
    const [first, last] = [key.not_before, key.not_after].map(dayText);
    write("proven-day", say("proven", { day: dayText(receipt.day) }));
    write("proven-key", say("proven-key", { channel: key.channel, first: first ?? "", last: last ?? "" }));
    show("proven");
  });
}

function ask() {
  return guarded("question-error", () => {
    const name = verifier.value.replace(/\s+/g, " ").trim();
    if (!name || !proven) throw new Failure("verifier-missing", {}, [verifier]);
    const asked = { deployment: site.deployment, author: proven.author, verifier: name, day: today() };
    save([challenge.draw(asked)], "challenge.json");
    show("question-saved");
  });
}

function checkAnswer() {
  show("answer-right", false);
  return guarded("answer-error", async () => {
    const files = await small(answerFiles);
    if (!proven || files.length === 0) return;
    const asked = files.find((file) => challenge.isChallenge(file));
    const raw = files.find((file) => file !== asked);
    if (!asked || !raw) throw new Failure("answer-incomplete");
    const { author } = proven;
    const found = plainly(() => challenge.check(raw, { asked, author, deployment: site.deployment }));
    write("answer-right", say("answer-right", { name: found.verifier, day: dayText(found.day) }));
  });
}

function readQuestion() {
  question = null;
  show("asked", false);
  return guarded("own-error", async () => {
    const [raw] = await small(questionFile);
    if (!raw) return;
    const found = plainly(() => challenge.readChallenge(raw, site.deployment));
    question = raw;
    write("asked-by", say("asked-by", { name: found.verifier, day: dayText(found.day) }));
    show("asked");
  });
}

/** @param {casetoken.Language} [language] the chosen language, if the words fit two lists */
function answer(language) {
  show("answer-saved", false);
  return guarded("own-error", async () => {
    const entropy = read(area, language);
    if (!entropy || !question) return;
    const asked = question;
    const { authorSeed } = await casetoken.derive(entropy, site.deployment);
    const raw = plainly(() => challenge.answer(asked, authorSeed, site.deployment));
    forgetWords();
    save([raw], "answer.json");
    show("answer-saved");
  });
}

/**
 * Return what `act` returns. If `act` refuses the bytes, throws a Failure with a plain text instead.
 * @template T
 * @param {() => T} act
 * @returns {T}
 */
function plainly(act) {
  try {
    return act();
  } catch (error) {
    throw error instanceof CryptoError ? new Failure(reason(error)) : error;
  }
}

/** @param {CryptoError} error */
function reason(error) {
  const own = [DayOutside, challenge.OtherAuthor, challenge.OtherChallenge].some((kind) => error instanceof kind);
  if (own) return error.code;
  if (error instanceof Malformed) return "proof-malformed";
  return error instanceof NotForUs ? "proof-foreign" : "proof-altered";
}

proofFile.addEventListener("change", checkProof);
answerFiles.addEventListener("change", checkAnswer);
questionFile.addEventListener("change", readQuestion);
whenPressed("to-check", () => goTo("step-check"));
whenPressed("to-answer", () => goTo("step-answer"));
whenPressed("ask", ask);
whenTyped("answer", answer);
show("loading", false);
goTo("step-begin");
