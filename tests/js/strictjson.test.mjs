/** strictjson.js beyond the vectors: values that are not written. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { utf8 } from "../../portal/scripts/bytes.js";
import { Malformed } from "../../portal/scripts/errors.js";
import { decode, encode } from "../../portal/scripts/strictjson.js";

test("a value keeps the order of its members", () => {
  assert.deepEqual(Object.keys(/** @type {object} */ (decode(utf8('{"b":1,"a":2}')))), ["b", "a"]);
});

for (const [name, value] of /** @type {[string, any][]} */ ([
  ["a fraction", 0.5],
  ["a number beyond 2^53", 2 ** 53],
  ["NaN", NaN],
  ["undefined", undefined],
  ["a member that is undefined", { a: undefined }],
  ["a big integer", 1n],
  ["bytes", new Uint8Array(1)],
  ["half a surrogate pair in a text", ["\ud800"]],
  ["half a surrogate pair in front of a text", ["\udc00a"]],
  ["a key in capitals", { A: 1 }],
  ["an own member __proto__", JSON.parse('{"__proto__":1}')],
  ["nine levels", [[[[[[[[[]]]]]]]]]],
])) {
  test(`${name} is not written`, () => assert.throws(() => encode(value), Malformed));
}

test("JSON with far too many levels is refused and causes no crash", () => {
  assert.throws(() => decode(utf8("[".repeat(200_000) + "]".repeat(200_000))), Malformed);
});

test("a member may have the name of a property that objects inherit", () => {
  const raw = utf8('{"constructor":1,"to_string":2}');
  assert.deepEqual(encode(decode(raw)), raw);
});
