// @ts-check
/**
 * Verify the opening of a draw of transfers against its transcript, from docs/draws.md (11) alone. The modules of
 * `draws/transfers` do the same in Python, with the same names.
 */

import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex, hexToBytes } from "@noble/hashes/utils.js";
import * as base64url from "../../portal/scripts/base64url.js";
import { concat, equal, utf8 } from "../../portal/scripts/bytes.js";
import { binary, day, file, integer, listOf, optional, record, text } from "../../portal/scripts/shape.js";
import { matched } from "./matching.js";
import { Disproved, LIST, TRANSCRIPT, as, check, compare, hashed, isVoid, split, verify } from "./verify.js";

const COLUMNS = ["agent", "post", "profile", "exposure", "since", "exception", "held"];
const MOST_TRANSFERS = 300;
const MOST_LINES = 4_000_000;
const LONGEST_MAXIMUM = 600;
const FIRST_DAY = "1950-01-01";
const CODE = /^[A-Za-z0-9][A-Za-z0-9._/-]*$/;
const LONGEST_CODE = 40;
const COMMITTED = /^[0-9a-f]{64}$/;

const name = text(40, /^[a-z][a-z0-9-]*$/);
const hash = binary(32);
const RULE = file("draw-rule", {
  day,
  exposures: listOf(record({ name, months: integer(1, LONGEST_MAXIMUM) }), 99),
  batches: listOf(record({ day, capacity: integer(1, MOST_TRANSFERS) }), 99),
  reasons: listOf(name, 99),
  closed: optional(integer(1, LONGEST_MAXIMUM)),
});
const EXCEPTIONS = file("draw-exceptions", {
  salt: hash,
  signers: listOf(record({ signed_by: text(LONGEST_CODE, CODE), count: integer(1, MOST_LINES) }), 1_000),
});
const OPENING = file("draw-opening", {
  list: hash,
  rule: RULE,
  lines: listOf(record({ salt: hash, cells: listOf(text(4_000, /^[ -~]*$/), COLUMNS.length) }), MOST_LINES),
  exceptions: EXCEPTIONS,
  transfers: listOf(
    record({ agent: text(64, COMMITTED), post: text(LONGEST_CODE, /^(?:[A-Za-z0-9][A-Za-z0-9._/-]*)?$/) }),
    MOST_TRANSFERS,
  ),
});

/** @typedef {ReturnType<typeof RULE.parse>} Rule */
/** @typedef {ReturnType<typeof OPENING.parse>} Opening */
/** @typedef {ReturnType<typeof TRANSCRIPT.parse>} Transcript */
/** @typedef {Rule["batches"][number]} Batch */
/** @typedef {{ post: string, until: string }} Held */
/** @typedef {{ agent: string, post: string, profile: string, exposure: string, since: string, exception: string, held: Held[] }} Line */
/** @typedef {"certain" | "tied" | "waiting" | "within" | "excepted" | "free"} State */
/** @typedef {{ agent: string, from: string, post: string }} Transfer */
/**
 * What a valid opening says.
 * @typedef {{ number: number, list: Uint8Array, day: string, transfers: Transfer[], lines: Line[], states: State[], exceptions: Opening["exceptions"]["signers"] }} Outcome
 */

/**
 * Return what an opening says; throws Disproved.
 * @param {Uint8Array} transcript
 * @param {Uint8Array} opening
 * @returns {Outcome}
 */
export function verifyOpening(transcript, opening) {
  verify(transcript);
  const found = TRANSCRIPT.parse(transcript);
  const given = as("opening", () => OPENING.parse(opening));
  const leaves = checkOpening(found, given);
  const batch = checkRule(found.list, given.rule);
  const lines = linesOf(found.list, given);
  const states = sort(given.rule, batch, lines);
  checkDue(found.list, leaves, states, batch);
  checkExceptions(found.list, given, states);
  const seed = isVoid(found.end) ? new Uint8Array() : found.end.seed;
  const transfers = transfersOf(given.rule, batch, states, lines, leaves.flat(), seed);
  const stated = given.transfers;
  check(transfers.length === stated.length, "order");
  transfers.forEach(({ agent, post }, at) => check(agent === stated[at]?.agent && post === stated[at]?.post, "order"));
  return { number: found.list.number, list: given.list, day: batch.day, transfers, lines, states, exceptions: given.exceptions.signers };
}

/**
 * Return what an opening says of a person: the place in the order or 0, and both posts. Return null if nobody on the
 * list has this number and salt (11.2).
 * @param {Outcome} found
 * @param {string} number
 * @param {string} salt in hexadecimal
 */
export function ownOf({ lines, states, transfers }, number, salt) {
  if (!/^[0-9a-f]{64}$/.test(salt)) return null;
  const agent = bytesToHex(hashed("agent", concat([hexToBytes(salt), utf8(number)])));
  const at = lines.findIndex((line) => line.agent === agent);
  const [line, state] = [lines[at], states[at]];
  if (!line || !state) return null;
  const place = transfers.findIndex((each) => each.agent === agent) + 1;
  return { state, place, from: line.post, post: transfers[place - 1]?.post ?? "" };
}

/**
 * Return the transcript, of some, that an opening belongs to; throws Disproved if it is not among them.
 * @param {Uint8Array} opening
 * @param {Uint8Array[]} transcripts
 */
export function transcriptOf(opening, transcripts) {
  const { list } = as("opening", () => OPENING.parse(opening));
  const found = transcripts.find((raw) => equal(list, hashed("list", LIST.encode(TRANSCRIPT.parse(raw).list))));
  if (!found) throw new Disproved("opening");
  return found;
}

/**
 * Return the leaves of each stratum; each is opened, in the same order (11.5).
 * @param {Transcript} found
 * @param {Opening} given
 */
function checkOpening({ list, end, leaves }, given) {
  check(!isVoid(end) && equal(given.list, hashed("list", LIST.encode(list))), "opening");
  check(list.columns.join() === COLUMNS.join(), "opening");
  check(list.strata.every(({ weighted }) => !weighted), "opening");
  const strata = leaves.map((each) => split(base64url.decode(each)));
  const all = strata.flat();
  check(all.length === given.lines.length, "opening");
  given.lines.forEach(({ salt, cells }, at) => {
    const leaf = sha256(concat([utf8("fanal/draw/1/line\0"), salt, utf8(cells.join("\n"))]));
    check(equal(leaf, all[at] ?? new Uint8Array()), "opening");
  });
  return strata;
}

/**
 * Return the batch; the rule is older than the list, and nothing is published before the batch (11.1).
 * @param {Transcript["list"]} list
 * @param {Rule} rule
 * @returns {Batch}
 */
function checkRule(list, rule) {
  const batch = rule.batches.find((each) => each.day > list.day);
  check(isSound(rule) && !!list.rule && equal(list.rule, hashed("rule", RULE.encode(rule))), "rule");
  check(!!batch && rule.day <= list.day && batch.day <= list.publish, "rule");
  return /** @type {Batch} */ (batch);
}

/**
 * Return whether names differ, days of batches ascend, and nothing is missing (11.1).
 * @param {Rule} rule
 */
function isSound({ exposures, batches, reasons }) {
  const ascending = [exposures.map((each) => each.name), batches.map((each) => each.day), reasons];
  const isAscending = ascending.every((each) => each.every((value, at) => at === 0 || /** @type {string} */ (each[at - 1]) < value));
  return isAscending && exposures.length > 0 && batches.length > 0;
}

/**
 * @param {Transcript["list"]} list
 * @param {Opening} given
 */
function linesOf(list, given) {
  const lines = given.lines.map(({ cells }) => parsed(cells, given.rule, list.day));
  const agents = lines.map(({ agent }) => agent).filter((agent) => agent);
  check(new Set(agents).size === agents.length, "due");
  return lines;
}

/**
 * Return the line in these cells (11.2).
 * @param {string[]} cells
 * @param {Rule} rule
 * @param {string} frozen
 * @returns {Line}
 */
function parsed(cells, rule, frozen) {
  check(cells.length === COLUMNS.length, "due");
  const [agent, post, profile, exposure, since, exception, held] = /** @type {[string, string, string, string, string, string, string]} */ (cells);
  check((!agent || COMMITTED.test(agent)) && isCode(post) && (!profile || isCode(profile)), "due");
  if (!agent) {
    check(!exposure && !since && !exception && !held, "due");
    return { agent, post, profile, exposure, since, exception, held: [] };
  }
  check(rule.exposures.some((each) => each.name === exposure), "due");
  check(isDay(since, frozen) && (!exception || COMMITTED.test(exception)), "due");
  return { agent, post, profile, exposure, since, exception, held: heldOf(held, frozen) };
}

/** @param {string} written */
function isCode(written) {
  return written.length <= LONGEST_CODE && CODE.test(written);
}

/**
 * @param {string} written
 * @param {string} latest
 */
function isDay(written, latest) {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(written) || written < FIRST_DAY || written > latest) return false;
  const [year, month, number] = numbers(written);
  return month >= 1 && month <= 12 && number >= 1 && number <= lastOf(year, month);
}

/**
 * @param {string} cell
 * @param {string} frozen
 * @returns {Held[]}
 */
function heldOf(cell, frozen) {
  const pairs = cell ? cell.split(" ") : [];
  pairs.forEach((each, at) => check(at === 0 || /** @type {string} */ (pairs[at - 1]) < each, "due"));
  return pairs.map((each) => {
    const colon = each.indexOf(":");
    const [post, until] = [each.slice(0, Math.max(colon, 0)), each.slice(colon + 1)];
    check(isCode(post) && isDay(until, frozen), "due");
    return { post, until };
  });
}

/**
 * Return what the rule says of each line for a batch (11.3).
 * @param {Rule} rule
 * @param {Batch} batch
 * @param {Line[]} lines
 * @returns {State[]}
 */
function sort(rule, batch, lines) {
  const months = new Map(rule.exposures.map((each) => [each.name, each.months]));
  const reached = lines.map(({ agent, since, exposure }) => (agent ? monthsAfter(since, months.get(exposure) ?? 0) : ""));
  const due = reached.filter((each, at) => each && each <= batch.day && !lines[at]?.exception).sort();
  const border = due.length > batch.capacity ? due[batch.capacity - 1] : undefined;
  const tied = border !== undefined && due[batch.capacity] === border;
  return lines.map(({ agent, exception }, at) => {
    const own = /** @type {string} */ (reached[at]);
    if (!agent) return "free";
    if (exception) return "excepted";
    if (own > batch.day) return "within";
    if (border === undefined || own < border) return "certain";
    if (own > border) return "waiting";
    return tied ? "tied" : "certain";
  });
}

/**
 * Return how many lines of a state are drawn (11.3).
 * @param {State} state
 * @param {State[]} states
 * @param {Batch} batch
 */
function drawnOf(state, states, batch) {
  const size = (/** @type {State} */ of) => states.filter((each) => each === of).length;
  if (state === "tied") return size("tied") && batch.capacity - size("certain");
  return state === "certain" || state === "free" ? size(state) : 0;
}

/**
 * Check that the strata are those of the rule (11.3).
 * @param {Transcript["list"]} list
 * @param {Uint8Array[][]} leaves
 * @param {State[]} states
 * @param {Batch} batch
 */
function checkDue(list, leaves, states, batch) {
  let at = 0;
  const seen = new Set();
  leaves.forEach((own, n) => {
    const [state, ...others] = new Set(states.slice(at, at + own.length));
    check(state !== undefined && others.length === 0 && !seen.has(state), "due");
    check(list.strata[n]?.drawn === drawnOf(/** @type {State} */ (state), states, batch), "due");
    seen.add(state);
    at += own.length;
  });
}

/**
 * Check that each exception is counted, with who signed it, as it was frozen (11.5).
 * @param {Transcript["list"]} list
 * @param {Opening} given
 * @param {State[]} states
 */
function checkExceptions(list, { exceptions }, states) {
  check(!!list.exceptions && equal(list.exceptions, hashed("exceptions", EXCEPTIONS.encode(exceptions))), "exceptions");
  const signers = exceptions.signers.map((each) => each.signed_by);
  check(signers.every((each, at) => at === 0 || /** @type {string} */ (signers[at - 1]) < each), "exceptions");
  const counted = exceptions.signers.reduce((sum, { count }) => sum + count, 0);
  check(counted === states.filter((each) => each === "excepted").length, "exceptions");
}

/**
 * Return who is transferred, in order, and to which post (11.4).
 * @param {Rule} rule
 * @param {Batch} batch
 * @param {State[]} states
 * @param {Line[]} lines
 * @param {Uint8Array[]} leaves
 * @param {Uint8Array} seed
 * @returns {Transfer[]}
 */
function transfersOf(rule, batch, states, lines, leaves, seed) {
  const begun = concat([utf8("fanal/draw/1/ticket\0"), seed]);
  const order = leaves
    .map((leaf, at) => ({ at, leaf, ticket: sha256(concat([begun, leaf, new Uint8Array(2)])) }))
    .sort((a, b) => compare(a.ticket, b.ticket) || compare(a.leaf, b.leaf))
    .map(({ at }) => at);
  const tied = new Set(order.filter((at) => states[at] === "tied").slice(0, drawnOf("tied", states, batch)));
  const of = (/** @type {number} */ at) => /** @type {Line} */ (lines[at]);
  const people = order.filter((at) => states[at] === "certain" || tied.has(at)).map(of);
  const posts = order.filter((at) => states[at] === "free").map(of);
  const given = matched(people.map((person) => [...posts.keys()].filter((n) => fits(rule, batch, person, /** @type {Line} */ (posts[n])))));
  return people.map(({ agent, post }, n) => ({ agent, from: post, post: posts[given[n] ?? -1]?.post ?? "" }));
}

/**
 * Return whether a person may get a free post (11.4).
 * @param {Rule} rule
 * @param {Batch} batch
 * @param {Line} person
 * @param {Line} post
 */
function fits(rule, batch, person, post) {
  const isClosed = (/** @type {Held} */ held) => held.post === post.post && monthsAfter(held.until, rule.closed ?? 0) > batch.day;
  return person.profile === post.profile && person.post !== post.post && !person.held.some(isClosed);
}

/**
 * Return the day some calendar months later, or the last day of a shorter month (11.1).
 * @param {string} start
 * @param {number} months
 */
export function monthsAfter(start, months) {
  const [year, month, number] = numbers(start);
  const after = year * 12 + month - 1 + months;
  const [newYear, newMonth] = [Math.floor(after / 12), (after % 12) + 1];
  return [newYear, newMonth, Math.min(number, lastOf(newYear, newMonth))].map((each) => String(each).padStart(2, "0")).join("-");
}

/**
 * @param {string} written
 * @returns {[number, number, number]}
 */
function numbers(written) {
  return /** @type {[number, number, number]} */ (written.split("-").map(Number));
}

/**
 * Return the last day of a month.
 * @param {number} year
 * @param {number} month
 */
function lastOf(year, month) {
  return new Date(Date.UTC(year, month, 0)).getUTCDate();
}
