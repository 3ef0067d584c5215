/** shape.js: shapes read and write valid values and refuse others. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { utf8 } from "../../portal/scripts/bytes.js";
import { Malformed } from "../../portal/scripts/errors.js";
import * as shape from "../../portal/scripts/shape.js";

const POINT = shape.record({ x: shape.integer(), note: shape.optional(shape.text(3)) });
const FILE = shape.file("sheet", { title: shape.text(5), count: shape.integer(1, 9) });

test("a file begins with its version and kind, which are not part of its value", () => {
  const raw = utf8('{"v":1,"kind":"sheet","title":"été","count":9}');
  assert.deepEqual(FILE.parse(raw), { title: "été", count: 9 });
  assert.deepEqual(FILE.encode({ title: "été", count: 9 }), raw);
});

for (const text of [
  '{"v":2,"kind":"sheet","title":"a","count":1}',
  '{"v":true,"kind":"sheet","title":"a","count":1}',
  '{"v":1,"kind":"shape","title":"a","count":1}',
  '{"kind":"sheet","v":1,"title":"a","count":1}',
  '{"v":1,"kind":"sheet","count":1,"title":"a"}',
  '{"v":1,"kind":"sheet","title":"a","count":1,"more":1}',
  '{"v":1,"kind":"sheet","title":"a"}',
  '{"v":1,"kind":"sheet","title":"a","count":10}',
  '{"v":1,"kind":"sheet","title":"longer","count":1}',
  '{"v":1,"kind":"sheet","title":null,"count":1}',
  "[]",
  "null",
]) {
  test(`a malformed file is refused: ${text}`, () => assert.throws(() => FILE.parse(utf8(text)), Malformed));
}

test("an optional member that is absent is neither read nor written", () => {
  assert.deepEqual(POINT.read({ x: 1 }), { x: 1 });
  assert.deepEqual(POINT.write({ x: 1 }), { x: 1 });
  assert.deepEqual(POINT.write(POINT.read({ x: 1, note: "abc" })), { x: 1, note: "abc" });
  assert.throws(() => POINT.read({ x: 1, note: null }), Malformed);
});

test("a member that objects inherit does not count as present", () => {
  const odd = shape.record({ constructor: shape.optional(shape.integer()) });
  assert.deepEqual(odd.read({}), {});
  assert.deepEqual(odd.write(/** @type {any} */ ({})), {});
});

test("a day must exist in the calendar, between 2000 and 2199", () => {
  for (const day of ["2000-01-01", "2024-02-29", "2199-12-31"]) assert.equal(shape.day.read(day), day);
  for (const day of ["1999-12-31", "2200-01-01", "2023-02-29", "2024-13-01", "2024-00-10", "2024-1-1", "+02024-01-01",
    "2024-01-01T00:00:00Z", "", 20240101]) {
    assert.throws(() => shape.day.read(day), Malformed);
  }
});

test("bytes must have their exact size and their only encoding", () => {
  assert.deepEqual(shape.binary(2).read("AQI"), Uint8Array.of(1, 2));
  assert.equal(shape.binary(2).write(Uint8Array.of(1, 2)), "AQI");
  for (const json of ["AQ", "AQIA", "AQJ", "AQI=", "A+/", 7]) {
    assert.throws(() => shape.binary(2).read(json), Malformed);
  }
  assert.throws(() => shape.binary(2).write(Uint8Array.of(1)), Malformed);
});

test("the length of a text is counted in code points, and its pattern must match completely", () => {
  assert.equal(shape.text(1).read("😀"), "😀");
  assert.throws(() => shape.text(1).read("😀a"), Malformed);
  assert.throws(() => shape.text(9, /^[a-z]*$/).read("a\n"), Malformed);
});

test("a list and a map have an upper limit, and the keys of a map are ids", () => {
  const list = shape.listOf(shape.constant("x"), 2);
  assert.deepEqual(list.read(["x", "x"]), ["x", "x"]);
  for (const json of [["x", "x", "x"], ["y"], { 0: "x" }, null]) assert.throws(() => list.read(json), Malformed);
  const map = shape.mapOf(shape.either(shape.text(1), shape.listOf(shape.text(1), 1)), 2, /^[a-z]{1,3}$/);
  assert.deepEqual(map.write(map.read({ b: "1", a: ["2"] })), { b: "1", a: ["2"] });
  for (const json of [{ A: "" }, { long: "" }, { a: "", b: "", c: "" }, { a: 1 }, { a: ["", ""] }, [], null]) {
    assert.throws(() => map.read(json), Malformed);
  }
});

test("a value that a shape would not read is not written", () => {
  assert.throws(() => FILE.encode({ title: "longer", count: 1 }), Malformed);
  assert.throws(() => FILE.encode({ title: "a", count: 0 }), Malformed);
  assert.throws(() => shape.listOf(shape.integer(), 1).write([1, 2]), Malformed);
  assert.throws(() => shape.mapOf(shape.integer(), 1, /^[a-z]$/).write({ a: 1, b: 2 }), Malformed);
  assert.throws(() => shape.mapOf(shape.integer(), 1, /^[a-z]$/).write({ A: 1 }), Malformed);
  assert.throws(() => shape.oneOf("a", "b").write(/** @type {any} */ ("c")), Malformed);
});
