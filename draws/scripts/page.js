// @ts-check
/**
 * The page that verifies transcripts and openings of transfers, opened from disk: it reads the files that a person
 * chooses, and sends nothing.
 */

import { equal, utf8 } from "../../portal/scripts/bytes.js";
import { byId, element, show, write } from "../../portal/scripts/dom.js";
import { ownOf, transcriptOf, verifyOpening } from "./transfers.js";
import { Disproved, verifySeries } from "./verify.js";

/** @typedef {import("./verify.js").Verified} Verified */
/** @typedef {import("./transfers.js").Outcome} Outcome */

const OPENING = utf8('{"v":1,"kind":"draw-opening",');

const chosen = byId("transcripts", HTMLInputElement);
const result = byId("result");
const [number, salt] = [byId("number", HTMLInputElement), byId("salt", HTMLInputElement)];
/** The openings that were chosen last, if they are valid. @type {Outcome[]} */
let openings = [];

/**
 * Return a text of the page with its values.
 * @param {string} code
 * @param {Record<string, string | number>} [values]
 */
function say(code, values = {}) {
  const text = document.querySelector(`[data-code="${code}"]`)?.textContent ?? code;
  return text.replace(/\{(\w+)\}/g, (_, name) => String(values[name] ?? ""));
}

async function verify() {
  const files = await Promise.all([...(chosen.files ?? [])].map((file) => file.arrayBuffer()));
  if (files.length === 0) return;
  result.className = "";
  openings = [];
  result.replaceChildren(...told(files.map((each) => new Uint8Array(each))));
  show("result");
  show("own", openings.length > 0);
  showOwn();
  result.focus();
}

/** @param {Uint8Array[]} files */
function told(files) {
  const isOpening = (/** @type {Uint8Array} */ raw) => equal(raw.subarray(0, OPENING.length), OPENING);
  const transcripts = files.filter((raw) => !isOpening(raw));
  try {
    const found = verifySeries(transcripts);
    openings = files.filter(isOpening).map((raw) => verifyOpening(transcriptOf(raw, transcripts), raw));
    return [...described(found), ...openings.flatMap((each) => [...ofTransfers(each)])];
  } catch (error) {
    if (!(error instanceof Disproved)) throw error;
    result.className = "refused";
    return [element("p", {}, say("refused", { why: say(error.rule) })), element("p", {}, say("do-not-rely"))];
  }
}

/**
 * @param {Verified[]} found
 * @returns {Generator<HTMLElement>}
 */
function* described(found) {
  const items = found.map((each) => element("li", {}, line(each), ...(each.pulse ? [element("br"), say("pulse", { pulse: each.pulse })] : [])));
  yield element("ol", { class: "plain" }, ...items);
  yield element("p", {}, say("voids", { count: found.filter((each) => each.isVoid).length, of: found.length }));
  const [first] = found;
  if (first && first.number > 1) yield element("p", {}, say("not-checked", { number: first.number }));
}

/** Show what the openings say of the person with the number and the salt in the fields. */
function showOwn() {
  const typed = /** @type {[string, string]} */ ([number.value.trim(), salt.value.trim().toLowerCase()]);
  write("place", typed.every((each) => each) ? ownLine(typed) : "");
}

/** @param {[string, string]} typed */
function ownLine(typed) {
  const own = openings.map((each) => ownOf(each, ...typed)).find((each) => each);
  if (!own) return say("nobody");
  const { state, place, from: before, post: after } = own;
  if (!place) return say("stays", { post: before, state: say(state) });
  return after ? say("moves", { place, before, after }) : say("leaves", { place, before });
}

/**
 * @param {Outcome} found
 * @returns {Generator<HTMLElement>}
 */
function* ofTransfers({ number, day, transfers, exceptions }) {
  const placed = transfers.filter(({ post }) => post).length;
  yield element("p", {}, say("opened", { number, day }), " ", say("transferred", { count: transfers.length, placed }));
  for (const { signed_by: signer, count } of exceptions) {
    yield element("p", {}, say("signer", { signer, count }));
  }
}

/** @param {Verified} found */
function line(found) {
  if (found.absent) return say("absent", { number: found.number, pulse: found.absent });
  if (found.isVoid) return say("void", { number: found.number, parties: found.missing.join(", ") });
  const { number, drawn, total, strata } = found;
  return say("drawn-line", { number, drawn, total, strata });
}

chosen.addEventListener("change", verify);
for (const field of [number, salt]) field.addEventListener("input", showOwn);
show("choosing");
