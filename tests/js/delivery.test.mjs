/** delivery.js: an envelope is sealed again only a few times. */

import assert from "node:assert/strict";
import { test } from "node:test";

globalThis.document = /** @type {any} */ ({
  documentElement: { lang: "en", dataset: {} }, querySelectorAll: () => [],
});
globalThis.addEventListener = globalThis.removeEventListener = () => {};
const { Delivery } = await import("../../portal/scripts/delivery.js");
const { Offline } = await import("../../portal/scripts/http.js");

const SIZE = 67_195;
const OFFER = JSON.stringify({ v: 1, kind: "work", seed: "A".repeat(43), cost: 1 });

test("after three envelopes, the page gives up on a portal that always says that the work was used", async () => {
  let sealed = 0;
  globalThis.fetch = async (path) => {
    if (path === "/api/work") return new Response(OFFER);
    assert.ok(sealed < 10, "the page never gives up");
    return new Response('{"code":"work_spent"}', { status: 403 });
  };
  const delivery = new Delivery(async () => {
    sealed += 1;
    const content = (async function* () {
      yield new Uint8Array(SIZE);
    })();
    return { size: SIZE, metadata: { channel: new TextEncoder().encode("inspectorate") }, header: new Uint8Array(1_627), sealed: content };
  });
  await assert.rejects(delivery.attempt(() => {}), Offline);
  assert.equal(sealed, 3);
});
