/** upload.js: even for a malicious portal, a browser sends only the upload, and never repeats requests without end. */

import assert from "node:assert/strict";
import { test } from "node:test";

globalThis.document = /** @type {any} */ ({ documentElement: { lang: "en" }, querySelectorAll: () => [] });
const { StartAgain, Upload } = await import("../../portal/scripts/upload.js");
const { Offline, Refused } = await import("../../portal/scripts/http.js");

const TEXT = 67_195;
const FILES = 3 << 20;
const OFFER = JSON.stringify({ v: 1, kind: "work", seed: "A".repeat(43), cost: 1 });
const PLACE = "/api/envelopes/AAAA";

/**
 * Send an envelope to a portal that gives each upload request the next of the `answers`. When no answer is left, the
 * portal repeats the last one. If an answer is null, the connection breaks.
 * @param {number} size
 * @param {([number, Record<string, string>] | null)[]} answers
 */
async function sent(size, ...answers) {
  /** @type {string[]} */
  const requests = [];
  globalThis.fetch = async (path, { method = "GET" } = {}) => {
    if (path === "/api/work") return new Response(OFFER);
    requests.push(`${method} ${path}`);
    assert.ok(requests.length < 20, "the upload never ends");
    const next = requests.length > answers.length ? answers.at(-1) : answers[requests.length - 1];
    if (!next) throw new TypeError("the connection broke");
    const [status, headers] = next;
    return new Response(null, { status, headers });
  };
  const sealed = (async function* () {
    for (let at = 0; at < size; at += 1 << 16) yield new Uint8Array(Math.min(1 << 16, size - at));
  })();
  const metadata = { channel: new TextEncoder().encode("inspectorate") };
  const upload = new Upload({ size, metadata, header: new Uint8Array(1_627), sealed });
  const attempt = () => upload.send(() => {}).then(() => null, (error) => error);
  return { error: await attempt(), requests, attempt };
}

/** @param {string} [offset] */
function created(offset) {
  return /** @type {[number, Record<string, string>]} */ ([201, { Location: PLACE, ...(offset ? { "Upload-Offset": offset } : {}) }]);
}

test("the control: an honest portal receives the whole envelope", async () => {
  assert.equal((await sent(TEXT, created(String(TEXT)))).error, null);
  /** @type {[number, Record<string, string>][]} */
  const pieces = [1, 2, 3].map((each) => [204, { "Upload-Offset": String(each << 20) }]);
  assert.equal((await sent(FILES, created(), ...pieces)).error, null);
});

for (const size of [TEXT, FILES]) {
  test(`an answer without progress counts as a lost connection, with ${size} bytes`, async () => {
    const { error, requests, attempt } = await sent(size, created("0"), [204, { "Upload-Offset": "0" }]);
    assert.ok(error instanceof Offline);
    assert.ok(requests.length <= 2);
    const before = requests.length;
    assert.ok((await attempt()) instanceof Refused, "204 is not a valid answer to HEAD");
    assert.deepEqual(requests.slice(before), [`HEAD ${PLACE}`]);
  });
}

test("an answer with a lower offset counts as a lost connection", async () => {
  const { error, requests } = await sent(TEXT, created("9"), [204, { "Upload-Offset": "8" }]);
  assert.ok(error instanceof Offline);
  assert.equal(requests.length, 2);
});

for (const offset of ["1.5", "0x1067b", "67195e0", "+67195", "-0", "x", "", "67196", "9".repeat(400)]) {
  test(`after an invalid offset the upload starts again: ${offset.slice(0, 9)}`, async () => {
    assert.ok((await sent(TEXT, created(offset))).error instanceof StartAgain);
  });
}

for (const status of [200, 202, 204, 299]) {
  test(`the status ${status} for a new upload is an error`, async () => {
    const [, headers] = created(String(TEXT));
    const { error } = await sent(TEXT, [status, headers]);
    assert.ok(error instanceof Refused);
    assert.equal(error.status, status);
  });
}

for (const place of [
  "//evil/api/envelopes/A", "https://evil/api/envelopes/A", "/\\evil/api/envelopes/A", "/api/envelopes/../withdraw",
  "/api/envelopes/A/..", "/api/envelopes/A?at=evil", "/api/envelopes/A#", "/api/envelopes/", "/api/withdraw", "",
  `/api/envelopes/${"A".repeat(100_000)}`,
]) {
  test(`nothing is sent to an address that is not an upload: ${place.slice(0, 40)}`, async () => {
    for (const size of [TEXT, FILES]) {
      const { error, requests, attempt } = await sent(size, [201, { Location: place, "Upload-Offset": "0" }]);
      assert.equal(error.code, "refused-by-portal");
      await attempt();
      assert.deepEqual([...new Set(requests)], ["POST /api/envelopes"]);
    }
  });
}

/** @type {Record<string, Record<string, string>>} */
const NOWHERE = { lower: { "Upload-Offset": "5" }, higher: { "Upload-Offset": "99999999" }, missing: {} };
for (const [where, headers] of Object.entries(NOWHERE)) {
  test(`an upload that cannot be resumed is sealed again, if the offset is ${where}`, async () => {
    /** @type {[number, Record<string, string>]} */
    const taken = [204, { "Upload-Offset": String(1 << 20) }];
    const { error, requests, attempt } = await sent(FILES, created(), taken, null, [200, headers]);
    assert.ok(error instanceof Offline);
    assert.ok((await attempt()) instanceof StartAgain);
    assert.deepEqual(requests, ["POST /api/envelopes", `PATCH ${PLACE}`, `PATCH ${PLACE}`, `HEAD ${PLACE}`]);
  });
}

test("the status 200 for a piece is an error", async () => {
  const { error } = await sent(FILES, created(), [200, { "Upload-Offset": String(1 << 20) }]);
  assert.ok(error instanceof Refused);
});
