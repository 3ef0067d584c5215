// @ts-check
/**
 * Shapes describe values in strict JSON. One shape both parses and encodes; mirrors crypto/shape.py.
 *
 * A shape that reads a JSON value returns a valid value or throws Malformed. Writing that value gives the same JSON
 * again (SPEC 1.3). Members keep their JSON names. Bytes are Uint8Array, days are text.
 */

import * as base64url from "./base64url.js";
import { Malformed } from "./errors.js";
import * as strictjson from "./strictjson.js";

/** @typedef {import("./strictjson.js").Json} Json */

/**
 * Two inverse functions between JSON and a value.
 * @template T
 * @typedef {{ read: (json: Json) => T, write: (value: T) => Json, optional?: boolean }} Shape
 */

/**
 * @template T
 * @typedef {{ read: (json: Json) => T, write: (value: T) => Json, optional: true }} OptionalShape
 */

/**
 * A shape of a whole file: `parse` and `encode` convert between a value and its bytes.
 * @template T
 * @typedef {Shape<T> & { parse: (raw: Uint8Array) => T, encode: (value: T) => Uint8Array<ArrayBuffer> }} FileShape
 */

/**
 * The value that a shape reads.
 * @template S
 * @typedef {S extends { read: (json: Json) => infer T } ? T : never} Value
 */

/**
 * @template M
 * @typedef {{ [K in keyof M as M[K] extends OptionalShape<any> ? never : K]: Value<M[K]> }
 *   & { [K in keyof M as M[K] extends OptionalShape<any> ? K : never]?: Value<M[K]> }} Members
 */

const FIRST_DAY = "2000-01-01";
const LAST_DAY = "2199-12-31";
const DAY = /^\d{4}-\d{2}-\d{2}$/;
const VERSION = 1;

/**
 * A text of at most `most` code points that matches `pattern`, which must be anchored.
 * @param {number} most
 * @param {RegExp} [pattern]
 * @returns {Shape<string>}
 */
export function text(most, pattern) {
  return plain((json) => {
    if (typeof json !== "string" || (json.length > most && [...json].length > most)) {
      throw new Malformed("text is missing or too long");
    }
    if (pattern && !pattern.test(json)) throw new Malformed("text has an unexpected form");
    return json;
  });
}

/**
 * An integer from `least` to `most`, both included.
 * @param {number} [least]
 * @param {number} [most]
 * @returns {Shape<number>}
 */
export function integer(least = 0, most = strictjson.LARGEST) {
  return plain((json) => {
    if (typeof json !== "number" || !Number.isSafeInteger(json) || json < least || json > most) {
      throw new Malformed("number is missing or out of range");
    }
    return json;
  });
}

/**
 * Exactly `expected`.
 * @template {string | number} const X
 * @param {X} expected
 * @returns {Shape<X>}
 */
export function constant(expected) {
  return oneOf(expected);
}

/**
 * One value of a fixed list.
 * @template {string | number} const X
 * @param {...X} allowed
 * @returns {Shape<X>}
 */
export function oneOf(...allowed) {
  return plain((json) => {
    const found = allowed.find((each) => each === json);
    if (found === undefined) throw new Malformed("value is not one of those expected here");
    return found;
  });
}

/**
 * Exactly `size` bytes in base64url.
 * @param {number} size
 * @returns {Shape<Uint8Array>}
 */
export function binary(size) {
  return {
    read(json) {
      const raw = typeof json === "string" ? base64url.decode(json) : null;
      if (raw?.length !== size) throw new Malformed("binary value has the wrong length");
      return raw;
    },
    write(value) {
      if (value.length !== size) throw new Malformed("binary value has the wrong length");
      return base64url.encode(value);
    },
  };
}

/** A day from 2000 to 2199 as `YYYY-MM-DD`. Days can be compared as text. */
export const day = plain((json) => {
  if (typeof json !== "string" || !DAY.test(json)) throw new Malformed("day is not written YYYY-MM-DD");
  // Given a day that does not exist, Date returns an invalid date or another day.
  const time = new Date(`${json}T00:00:00Z`);
  if (Number.isNaN(time.getTime()) || time.toISOString().slice(0, 10) !== json) {
    throw new Malformed("day does not exist");
  }
  if (json < FIRST_DAY || json > LAST_DAY) throw new Malformed("day is outside 2000 to 2199");
  return json;
});

/**
 * A list of at most `most` values of one shape.
 * @template T
 * @param {Shape<T>} shape
 * @param {number} most
 * @returns {Shape<T[]>}
 */
export function listOf(shape, most) {
  return {
    read(json) {
      if (!Array.isArray(json) || json.length > most) throw new Malformed("list is missing or too long");
      return json.map((item) => shape.read(item));
    },
    write(items) {
      if (items.length > most) throw new Malformed("list is too long");
      return items.map((item) => shape.write(item));
    },
  };
}

/**
 * An object of at most `most` members, in the order read; the keys match `pattern`, which must be anchored.
 * @template T
 * @param {Shape<T>} shape
 * @param {number} most
 * @param {RegExp} pattern
 * @returns {Shape<{ [id: string]: T }>}
 */
export function mapOf(shape, most, pattern) {
  /**
   * @template M
   * @param {{ [id: string]: M }} value
   */
  const members = (value) => {
    const found = Object.entries(value);
    if (found.length > most) throw new Malformed("object is too large");
    if (!found.every(([id]) => pattern.test(id))) throw new Malformed("id has an unexpected form");
    return found;
  };
  return {
    read(json) {
      const found = members(isObject(json) ? json : refuse("object is missing"));
      return Object.fromEntries(found.map(([id, member]) => [id, shape.read(member)]));
    },
    write: (value) => Object.fromEntries(members(value).map(([id, member]) => [id, shape.write(member)])),
  };
}

/**
 * Either a text of the shape `first` or a list of the shape `second`.
 * @template T
 * @param {Shape<string>} first
 * @param {Shape<T[]>} second
 * @returns {Shape<string | T[]>}
 */
export function either(first, second) {
  return {
    read: (json) => (typeof json === "string" ? first : second).read(json),
    write: (value) => (typeof value === "string" ? first.write(value) : second.write(value)),
  };
}

/**
 * A member that may be absent.
 * @template T
 * @param {Shape<T>} shape
 * @returns {OptionalShape<T>}
 */
export function optional(shape) {
  return { read: shape.read, write: shape.write, optional: true };
}

/**
 * An object with exactly these members in this order.
 * @template {Record<string, Shape<any>>} M
 * @param {M} members
 * @returns {Shape<Members<M>>}
 */
export function record(members) {
  return headed({}, members);
}

/**
 * A file: a record that begins with the members `v` (always 1) and `kind`. Neither is part of the value.
 * @template {Record<string, Shape<any>>} M
 * @param {string} kind
 * @param {M} members
 * @returns {FileShape<Members<M>>}
 */
export function file(kind, members) {
  const shape = headed({ v: VERSION, kind }, members);
  return {
    ...shape,
    parse: (raw) => shape.read(strictjson.decode(raw)),
    encode: (value) => strictjson.encode(shape.write(value)),
  };
}

/**
 * @template {Record<string, Shape<any>>} M
 * @param {{ [name: string]: Json }} head
 * @param {M} members
 * @returns {Shape<Members<M>>}
 */
function headed(head, members) {
  /** @param {object} value */
  const present = (value) =>
    Object.entries(members).filter(([name, shape]) => Object.hasOwn(value, name) || !shape.optional);
  return {
    read(json) {
      const value = isObject(json) ? json : refuse("record is missing");
      const found = present(value);
      const names = [...Object.keys(head), ...found.map(([name]) => name)];
      if (Object.keys(value).join() !== names.join()) {
        throw new Malformed("record has other members, or in another order, than SPEC");
      }
      if (Object.entries(head).some(([name, expected]) => value[name] !== expected)) {
        throw new Malformed("record is of another version or kind");
      }
      const pairs = found.map(([name, shape]) => [name, shape.read(/** @type {Json} */ (value[name]))]);
      return /** @type {Members<M>} */ (Object.fromEntries(pairs));
    },
    write(value) {
      const written = present(value).map(([name, shape]) => [name, shape.write(Reflect.get(value, name))]);
      return { ...head, ...Object.fromEntries(written) };
    },
  };
}

/**
 * @template T
 * @param {(json: Json) => T & Json} read
 * @returns {Shape<T & Json>} a shape whose values are the same in JSON, and are also checked when written
 */
function plain(read) {
  return { read, write: read };
}

/**
 * @param {Json} json
 * @returns {json is { [key: string]: Json }}
 */
function isObject(json) {
  return typeof json === "object" && json !== null && !Array.isArray(json);
}

/**
 * @param {string} message
 * @returns {never}
 */
function refuse(message) {
  throw new Malformed(message);
}
