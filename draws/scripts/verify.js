// @ts-check
/**
 * Verify the transcripts of draws, from docs/draws.md alone. `draws/verify.py` does the same in Python, with the same
 * names. The numbers in comments are sections of docs/draws.md.
 */

import { ed25519 } from "@noble/curves/ed25519.js";
import { blake2b } from "@noble/hashes/blake2.js";
import { sha256 } from "@noble/hashes/sha2.js";
import * as base64url from "../../portal/scripts/base64url.js";
import { concat, equal, utf8 } from "../../portal/scripts/bytes.js";
import { Malformed } from "../../portal/scripts/errors.js";
import { binary, constant, day, file, integer, listOf, oneOf, optional, record, text } from "../../portal/scripts/shape.js";
import { isSound } from "../../portal/scripts/signing.js";
import * as strictjson from "../../portal/scripts/strictjson.js";

const HASH = 32;
const DICE = "dice";
const MOST_PARTIES = 9;
const FEWEST_PARTIES = 3;
const MOST_LINES = 4_000_000;
const MOST_STRATA = 2_000;
const HEAVIEST = 100;

/** A transcript breaks a rule; `rule` is the bold word of the specification. */
export class Disproved extends Error {
  /** @param {string} rule */
  constructor(rule) {
    super(rule);
    this.rule = rule;
  }
}

const name = text(40, /^[a-z][a-z0-9-]*$/);
const word = text(80, /^[ -~]+$/);
const hash = binary(HASH);
const signedBy = listOf(record({ party: name, signature: binary(64) }), MOST_PARTIES);
const texts = listOf(text(2 ** 28, /^[A-Za-z0-9_-]*$/), MOST_STRATA);

export const LIST = file("draw-list", {
  series: name,
  number: integer(1),
  previous: hash,
  id: binary(16),
  day,
  until: day,
  publish: day,
  columns: listOf(text(40, /^[a-z][a-z0-9_]*$/), 99),
  total: integer(1, MOST_LINES),
  leaves: hash,
  strata: listOf(
    record({
      name,
      size: integer(1, MOST_LINES),
      drawn: integer(0, MOST_LINES),
      weighted: optional(constant(1)),
    }),
    MOST_STRATA,
  ),
  parties: listOf(record({ name, key: binary(32) }), MOST_PARTIES),
  later: optional(record({ source: name, round: word, day })),
  rule: optional(hash),
  exceptions: optional(hash),
});
const REVEAL = file("draw-reveal", { id: binary(16), list: hash, party: name, secret: binary(32) });
const STATEMENT = file("draw-statement", { list: hash, commitments: listOf(hash, MOST_PARTIES) });
const LATER = file("draw-later", { list: hash, source: name, round: word, value: text(1024, /^[0-9a-f]{32,1024}$/) });
const SEED = file("draw-seed", { list: hash, secrets: listOf(hash, MOST_PARTIES), later: optional(text(1024)) });
const DRAWN = file("draw-end", { list: hash, outcome: constant("drawn"), missing: listOf(name, 0), seed: hash });
const VOID = file("draw-void", {
  list: hash,
  stage: oneOf("commitment", "signature", "reveal", "later"),
  missing: listOf(name, MOST_PARTIES),
  day,
});
export const TRANSCRIPT = file("draw-transcript", {
  list: LIST,
  leaves: texts,
  weights: texts,
  statement: optional(STATEMENT),
  signatures: signedBy,
  reveals: listOf(REVEAL, MOST_PARTIES),
  later: optional(LATER),
  later_signatures: signedBy,
  drawn: texts,
  end: { read: readEnd, write: writeEnd },
  end_signatures: signedBy,
});

/** @typedef {ReturnType<typeof TRANSCRIPT.parse>} Transcript */
/** @typedef {ReturnType<typeof DRAWN.parse>} Drawn */
/** @typedef {ReturnType<typeof VOID.parse>} Voided */
/** @typedef {{ leaves: Uint8Array, weights: Uint8Array }} Lines the bytes of all leaves and weights of a stratum (3.3) */
/**
 * What a valid transcript says. `missing` names the parties that voided the draw, if any; `absent` names the pulse
 * that did not come, as the parties of a void draw signed.
 * @typedef {{ series: string, number: number, previous: Uint8Array, end: Uint8Array, total: number, strata: number,
 *   drawn: number, isVoid: boolean, missing: string[], pulse: string, absent: string }} Verified
 */

/**
 * Return what a transcript says; throws Disproved.
 * @param {Uint8Array} raw
 * @returns {Verified}
 */
export function verify(raw) {
  const found = as("transcript", () => TRANSCRIPT.parse(raw));
  const { list, end } = found;
  checkList(list);
  const strata = linesOf(found);
  const own = hashed("list", LIST.encode(list));
  check(equal(end.list, own), "end");
  checkStatement(found, own);
  checkReveals(found, own);
  checkLater(found, own);
  if (isVoid(end)) {
    checkVoid(found, end);
  } else {
    checkDrawn(found, own, end, strata);
  }
  const drawn = isVoid(end) ? 0 : list.strata.reduce((sum, each) => sum + each.drawn, 0);
  const { later } = found;
  const asked = list.later;
  return {
    series: list.series,
    number: list.number,
    previous: list.previous,
    end: hashed("end", strictjson.encode(writeEnd(end))),
    total: list.total,
    strata: list.strata.length,
    drawn,
    isVoid: isVoid(end),
    missing: end.missing,
    pulse: later ? `${later.source} ${later.round}: ${later.value}` : "",
    absent: asked && isVoid(end) && end.missing.length === 0 ? `${asked.source} ${asked.round}` : "",
  };
}

/**
 * Return what each transcript says, in the order of their numbers; throws Disproved.
 * @param {Uint8Array[]} files
 */
export function verifySeries(files) {
  const found = files.map(verify).sort((a, b) => a.number - b.number);
  found.forEach((after, at) => {
    const before = found[at - 1];
    check((after.number === 1) === equal(after.previous, new Uint8Array(HASH)), "series");
    if (!before) return;
    check(after.series === before.series && after.number === before.number + 1, "series");
    check(equal(after.previous, before.end), "series");
  });
  return found;
}

/**
 * Section 3.4.
 * @param {Transcript["list"]} list
 */
function checkList({ parties, strata, total, day: frozen, until, publish, later }) {
  check(parties.length >= FEWEST_PARTIES, "list");
  const keys = parties.map(({ key }) => base64url.encode(key));
  for (const different of [parties.map((each) => each.name), keys, strata.map((each) => each.name)]) {
    check(new Set(different).size === different.length, "list");
  }
  check(strata.reduce((sum, { size }) => sum + size, 0) === total, "list");
  check(strata.every(({ drawn, size }) => drawn <= size) && strata.some(({ drawn }) => drawn > 0), "list");
  check(frozen <= until && until <= publish, "list");
  check(!later || later.source === DICE || until < later.day, "list");
}

/**
 * Return the leaves and weights of each stratum (3.3).
 * @param {Transcript} found
 * @returns {Lines[]}
 */
function linesOf({ list, leaves, weights }) {
  check(list.strata.length === leaves.length && leaves.length === weights.length, "lines");
  const state = sha256.create().update(utf8("fanal/draw/1/leaves\0"));
  const strata = list.strata.map(({ size, weighted }, at) => {
    const own = { leaves: bytesOf(leaves[at] ?? ""), weights: bytesOf(weights[at] ?? "") };
    check(own.leaves.length === HASH * size && own.weights.length === (weighted ? 2 * size : 0), "lines");
    state.update(own.leaves).update(own.weights);
    for (let n = 1; n < size; n += 1) check(compareItems(own.leaves, n - 1, n) < 0, "lines");
    for (let n = 0; n < size; n += 1) check(weightOf(own, n) >= 1 && weightOf(own, n) <= HEAVIEST, "lines");
    return own;
  });
  check(areDifferent(strata.map((own) => own.leaves), list.total), "lines");
  check(equal(state.digest(), list.leaves), "lines");
  return strata;
}

/**
 * Return the bytes of a text, whose characters are those of base64url. The browser decodes long texts faster than a
 * library, but accepts bits after the last byte that are not zero.
 * @param {string} written
 */
function bytesOf(written) {
  const end = written.length - (written.length % 4);
  const rest = as("lines", () => base64url.decode(written.slice(end)));
  const binary = atob(written.slice(0, end).replaceAll("-", "+").replaceAll("_", "/"));
  const bytes = new Uint8Array(binary.length + rest.length);
  for (let at = 0; at < binary.length; at += 1) bytes[at] = binary.charCodeAt(at);
  bytes.set(rest, binary.length);
  return bytes;
}

/**
 * Return the weight of a line; it is 1 in a stratum without weights.
 * @param {Lines} lines
 * @param {number} at
 */
function weightOf({ weights }, at) {
  return weights.length ? view(weights).getUint16(2 * at) : 1;
}

/**
 * Return whether no leaf is there twice. The first six bytes tell nearly all leaves apart.
 * @param {Uint8Array[]} strata the leaves of each stratum
 * @param {number} total
 */
function areDifferent(strata, total) {
  const begins = new Float64Array(total);
  let next = 0;
  for (const raw of strata) {
    for (let at = 0; at < raw.length; at += HASH) begins[next++] = beginOf(raw, at);
  }
  begins.sort();
  const twice = new Set(begins.filter((begin, at) => begin === begins[at - 1]));
  if (twice.size === 0) return true;
  const alike = strata.flatMap(split).filter((leaf) => twice.has(beginOf(leaf, 0)));
  return new Set(alike.map(base64url.encode)).size === alike.length;
}

/**
 * Return the six bytes from a place as a number.
 * @param {Uint8Array} raw
 * @param {number} at
 */
function beginOf(raw, at) {
  const bytes = view(raw);
  return bytes.getUint32(at) * 2 ** 16 + bytes.getUint16(at + 4);
}

/**
 * Section 5. A draw that is void may lack the statement or signatures.
 * @param {Transcript} found
 * @param {Uint8Array} own the list hash
 */
function checkStatement(found, own) {
  const { statement, signatures, end, list } = found;
  const stage = isVoid(end) ? end.stage : "";
  if (!statement) {
    check(stage === "commitment", "statement");
    check(signatures.length === 0, "signature");
    return;
  }
  check(stage !== "commitment", "statement");
  check(equal(statement.list, own) && statement.commitments.length === list.parties.length, "statement");
  check(new Set(statement.commitments.map(base64url.encode)).size === list.parties.length, "statement");
  checkSigned(found, signatures, STATEMENT.encode(statement), "signature");
  check(stage === "signature" || signatures.length === list.parties.length, "signature");
}

/**
 * Section 6.
 * @param {Transcript} found
 * @param {Uint8Array} own
 */
function checkReveals({ list, statement, signatures, reveals }, own) {
  if (!statement || signatures.length < list.parties.length) {
    check(reveals.length === 0, "reveal");
    return;
  }
  checkOrder(list, reveals.map(({ party }) => party), "reveal");
  for (const each of reveals) {
    check(equal(each.id, list.id) && equal(each.list, own), "reveal");
    const committed = statement.commitments[list.parties.findIndex(({ name: party }) => party === each.party)];
    check(committed !== undefined && equal(hashed("commitment", REVEAL.encode(each)), committed), "reveal");
  }
}

/**
 * Section 6. The value may still lack signatures; `checkVoid` and `checkDrawn` look at this.
 * @param {Transcript} found
 * @param {Uint8Array} own
 */
function checkLater(found, own) {
  const { later, later_signatures: signed } = found;
  const asked = found.list.later;
  if (!asked || !later) {
    check(!later && signed.length === 0, "later");
    return;
  }
  check(equal(later.list, own) && later.source === asked.source && later.round === asked.round, "later");
  check(asked.source !== DICE || /^[1-6]{50,200}$/.test(later.value), "later");
  checkSigned(found, signed, LATER.encode(later), "later");
}

/**
 * Return whether the later value is there: a pulse, or dice that most of the parties signed (6).
 * @param {Transcript} found
 */
function hasValue({ list, later, later_signatures: signed }) {
  if (!list.later) return true;
  return !!later && (list.later.source !== DICE || 2 * signed.length > list.parties.length);
}

/**
 * Section 8: the record names exactly the parties from which something is missing.
 * @param {Transcript} found
 * @param {Voided} end
 */
function checkVoid(found, end) {
  const { list, signatures, reveals, later, later_signatures: laterSigned, end_signatures: signed } = found;
  const asked = list.later;
  checkSigned(found, signed, VOID.encode(end), "end");
  check(found.drawn.length === 0 && end.day >= list.until, "end");
  if (end.stage !== "later") {
    check(!later, "end");
  } else {
    check(reveals.length === list.parties.length && !hasValue(found), "end");
    if (asked && asked.source !== DICE) {
      check(end.missing.length === 0 && end.day > asked.day && signed.length === list.parties.length, "end");
      return;
    }
    check(!!asked && end.day >= asked.day, "end");
  }
  checkOrder(list, end.missing, "end");
  if (end.stage !== "commitment") {
    const sent = { signature: signatures, reveal: reveals, later: laterSigned }[end.stage].map(({ party }) => party);
    const missing = list.parties.map((each) => each.name).filter((each) => !sent.includes(each));
    check(missing.join() === end.missing.join(), "end");
  }
  const isOfAnother = signed.some(({ party }) => !end.missing.includes(party));
  const areAllNamed = end.missing.length === list.parties.length && signed.length > 0;
  check(end.missing.length > 0 && (isOfAnother || areAllNamed), "end");
}

/**
 * Section 7.
 * @param {Transcript} found
 * @param {Uint8Array} own
 * @param {Drawn} end
 * @param {Lines[]} strata
 */
function checkDrawn(found, own, end, strata) {
  const { list, reveals, later, drawn, end_signatures: signed } = found;
  check(reveals.length === list.parties.length, "reveal");
  check(hasValue(found), "later");
  const secrets = reveals.map(({ secret }) => secret);
  const seed = hashed("seed", SEED.encode(later ? { list: own, secrets, later: later.value } : { list: own, secrets }));
  check(equal(end.seed, seed) && signed.length === 0, "end");
  check(drawn.length === strata.length, "drawn");
  strata.forEach((lines, at) => {
    const chosen = smallest(seed, lines, list.strata[at]?.drawn ?? 0);
    check(drawn[at] === base64url.encode(concat(chosen)), "drawn");
  });
}

/**
 * Return the leaves of a stratum that are drawn, in ascending order (7).
 * @param {Uint8Array} seed
 * @param {Lines} lines
 * @param {number} count
 */
function smallest(seed, lines, count) {
  const tickets = ticketsOf(seed, lines);
  const size = tickets.length / HASH;
  const begins = Uint8Array.from({ length: size }, (_, at) => tickets[HASH * at] ?? 0);
  // Only lines whose ticket begins with the byte of the last line drawn, or a smaller one, have to be sorted.
  const last = begins.slice().sort()[count - 1] ?? 0;
  const near = [...begins.keys()].filter((at) => /** @type {number} */ (begins[at]) <= last);
  // Leaves ascend, so the order of equal tickets is that of the leaves.
  const chosen = near.sort((a, b) => compareItems(tickets, a, b) || a - b).slice(0, count);
  return chosen.sort((a, b) => a - b).map((at) => lines.leaves.subarray(HASH * at, HASH * (at + 1)));
}

/**
 * Return the tickets of all lines of a stratum (7).
 * @param {Uint8Array} seed
 * @param {Lines} lines
 */
function ticketsOf(seed, lines) {
  const { leaves } = lines;
  const tickets = new Uint8Array(leaves.length);
  const begun = sha256.create().update(utf8("fanal/draw/1/ticket\0")).update(seed);
  const [ofLine, state, number, tried] = [begun.clone(), begun.clone(), new Uint8Array(2), new Uint8Array(HASH)];
  for (let at = 0; at < leaves.length; at += HASH) {
    const ticket = tickets.subarray(at, at + HASH).fill(255);
    begun._cloneInto(ofLine).update(leaves.subarray(at, at + HASH));
    for (let j = 0; j < weightOf(lines, at / HASH); j += 1) {
      number[1] = j;
      ofLine._cloneInto(state).update(number).digestInto(tried);
      if (compare(tried, ticket) < 0) ticket.set(tried);
    }
  }
  return tickets;
}

/**
 * Check that each signature is valid, and that the parties are in order, none twice (2, 9).
 * @param {Transcript} found
 * @param {Transcript["signatures"]} signed
 * @param {Uint8Array} signedFile
 * @param {string} rule
 */
function checkSigned({ list }, signed, signedFile, rule) {
  checkOrder(list, signed.map(({ party }) => party), rule);
  const message = blake2b(signedFile);
  for (const { party, signature } of signed) {
    const key = list.parties.find((each) => each.name === party)?.key ?? new Uint8Array();
    const sound = isSound(key) && isSound(signature.subarray(0, 32));
    check(sound && ed25519.verify(signature, message, key, { zip215: false }), rule);
  }
}

/**
 * @param {Transcript["list"]} list
 * @param {string[]} names
 * @param {string} rule
 */
function checkOrder(list, names, rule) {
  const ordered = list.parties.map((each) => each.name).filter((each) => names.includes(each));
  check(ordered.join() === names.join(), rule);
}

/**
 * Return `hash(label, file)` (2).
 * @param {string} label
 * @param {Uint8Array} hashedFile
 */
export function hashed(label, hashedFile) {
  return sha256(concat([utf8(`fanal/draw/1/${label}\0`), hashedFile]));
}

/** @param {import("../../portal/scripts/strictjson.js").Json} json */
function readEnd(json) {
  const kind = json !== null && typeof json === "object" && !Array.isArray(json) ? json["kind"] : "";
  return kind === "draw-void" ? VOID.read(json) : DRAWN.read(json);
}

/** @param {Drawn | Voided} end */
function writeEnd(end) {
  return isVoid(end) ? VOID.write(end) : DRAWN.write(end);
}

/**
 * @param {Drawn | Voided} end
 * @returns {end is Voided}
 */
export function isVoid(end) {
  return "stage" in end;
}

/** @param {Uint8Array} raw */
export function split(raw) {
  return Array.from({ length: raw.length / HASH }, (_, at) => raw.subarray(HASH * at, HASH * (at + 1)));
}

/**
 * Compare bytes as big-endian numbers of the same length.
 * @param {Uint8Array} a
 * @param {Uint8Array} b
 */
export function compare(a, b) {
  for (let at = 0; at < a.length; at += 1) {
    const difference = /** @type {number} */ (a[at]) - /** @type {number} */ (b[at]);
    if (difference) return difference;
  }
  return 0;
}

/**
 * Compare two leaves or tickets in a row of them.
 * @param {Uint8Array} row
 * @param {number} a
 * @param {number} b
 */
function compareItems(row, a, b) {
  for (let at = 0; at < HASH; at += 1) {
    const difference = /** @type {number} */ (row[HASH * a + at]) - /** @type {number} */ (row[HASH * b + at]);
    if (difference) return difference;
  }
  return 0;
}

/** @param {Uint8Array} bytes */
function view(bytes) {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/**
 * Return what `act` returns; a refusal of bytes breaks `rule`.
 * @template T
 * @param {string} rule
 * @param {() => T} act
 * @returns {T}
 */
export function as(rule, act) {
  try {
    return act();
  } catch (error) {
    throw error instanceof Malformed ? new Disproved(rule) : error;
  }
}

/**
 * @param {boolean} holds
 * @param {string} rule
 */
export function check(holds, rule) {
  if (!holds) throw new Disproved(rule);
}
