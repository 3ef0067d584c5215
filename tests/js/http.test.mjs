/** http.js: the settings of requests, and the limit on the size of an answer. */

import assert from "node:assert/strict";
import { test } from "node:test";

globalThis.document = /** @type {any} */ ({ documentElement: { lang: "en" }, querySelectorAll: () => [] });
const { answered, ask, Offline, Refused } = await import("../../portal/scripts/http.js");

const MOST = 4 << 20;

/**
 * Answer the next requests with a body of this many pieces. Each piece is made when it is read.
 * Return an object that counts the pieces read.
 * @param {number} pieces
 * @param {number} each bytes
 * @param {number} [status]
 */
function answering(pieces, each, status = 200) {
  const taken = { pieces: 0, cancelled: false };
  globalThis.fetch = async () => {
    const body = new ReadableStream({
      pull(controller) {
        if (taken.pieces === pieces) return controller.close();
        taken.pieces += 1;
        controller.enqueue(new Uint8Array(each));
      },
      cancel: () => void (taken.cancelled = true),
    });
    return new Response(body, { status });
  };
  return taken;
}

for (const act of [ask, answered]) {
  for (const status of [200, 500]) {
    test(`${act.name} stops reading an endless answer of status ${status}`, async () => {
      const taken = answering(64, 1 << 20, status);
      await assert.rejects(act("/x"), act === ask ? Offline : RangeError);
      assert.ok(taken.pieces <= 6);
      assert.ok(taken.cancelled);
    });
  }
}

test("the control: an answer of the largest size is read completely, and one byte more is refused", async () => {
  answering(4, 1 << 20);
  assert.equal((await ask("/x")).bytes.length, MOST);
  answering(2, 9);
  assert.equal((await ask("/x", { most: 18 })).bytes.length, 18);
  answering(2, 9);
  await assert.rejects(ask("/x", { most: 17 }), Offline);
});

test("an answer without a body has no bytes", async () => {
  globalThis.fetch = async () => new Response(null, { status: 204 });
  assert.equal((await ask("/x", { success: 204 })).bytes.length, 0);
  await assert.rejects(ask("/x"), Refused);
});

test("no request sends a cookie or a referrer, follows a redirect, or is cached", async () => {
  /** @type {RequestInit[]} */
  const sent = [];
  globalThis.fetch = async (_, request = {}) => {
    sent.push(request);
    return new Response("{}");
  };
  await ask("/x");
  await answered("/x");
  await ask("/x", { method: "POST", body: "x" });
  assert.equal(sent.length, 3);
  for (const { cache, credentials, redirect, referrerPolicy } of sent) {
    assert.deepEqual([cache, credentials, redirect, referrerPolicy], ["no-store", "omit", "error", "no-referrer"]);
  }
  assert.deepEqual([sent[2]?.method, sent[2]?.body], ["POST", "x"]);
});
