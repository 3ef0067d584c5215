// @ts-check
/** Where the samples of a track are in the file (ISO 14496-12, 8.7), read from the tables of the track in little memory. */

import { uint } from "./boxes.js";
import { Malformed } from "./errors.js";
import { NO_CODEC } from "./media_units.js";

/** @typedef {import("./boxes.js").Reader} Reader */
/** @typedef {import("./boxes.js").Box} Box */
/** @typedef {import("./media_units.js").Codec} Codec */
/** @typedef {{ start: number, end: number, codec: Codec }} Range a part of the file with picture or sound */
/** @typedef {AsyncGenerator<Range, void, void>} Ranges in the order of the file */

/**
 * The boxes of a track with its tables; the codecs of its samples are in the order of their descriptions.
 * @typedef {{ stsc: Box, sizes: Box, offsets: Box, codecs: readonly Codec[] }} Tables
 */

const ROWS = 4_096;
const MOST_ROWS = 8_000_000;

/** Rows of numbers, read a few thousand at a time. */
class Table {
  #reader;
  #at;
  #width;
  #count;
  #rows = new Uint8Array(0);
  #first = 0;

  /**
   * @param {Reader} reader
   * @param {number} at offset of the first row
   * @param {number} width of a row in bytes
   * @param {number} count of rows
   */
  constructor(reader, at, width, count) {
    if (count > MOST_ROWS) throw new Malformed("table is too long");
    this.#reader = reader;
    this.#at = at;
    this.#width = width;
    this.#count = count;
  }

  get count() {
    return this.#count;
  }

  /**
   * Return the bytes of one row or more; throws Malformed if there is no such row.
   * @param {number} row from 0
   * @param {number} most rows
   */
  async rows(row, most) {
    if (row >= this.#count) throw new Malformed("table is too short");
    const known = this.#rows.length / this.#width;
    if (row < this.#first || row >= this.#first + known) {
      this.#first = row;
      this.#rows = await this.#reader.bytes(this.#at + row * this.#width, Math.min(this.#count - row, ROWS) * this.#width);
    }
    const start = (row - this.#first) * this.#width;
    return this.#rows.subarray(start, start + most * this.#width);
  }

  /**
   * Return the sum of the numbers in rows of one number; throws as above.
   * @param {number} row
   * @param {number} count of rows
   */
  async sum(row, count) {
    let total = 0;
    for (let done = 0; done < count; ) {
      const part = await this.rows(row + done, count - done);
      for (let at = 0; at < part.length; at += this.#width) total += uint(part.subarray(at, at + this.#width));
      done += part.length / this.#width;
    }
    return total;
  }
}

/** The sizes of the samples of a track. */
class Sizes {
  #table;
  /** The size of each sample in bytes, or 0 if each has another size. */
  #each;

  /**
   * @param {Table} table
   * @param {number} each
   */
  constructor(table, each) {
    this.#table = table;
    this.#each = each;
  }

  /**
   * @param {Reader} reader
   * @param {Box} box
   * @param {number} frame the size in bytes that the description declares for a sample of sound, or 0
   */
  static async read(reader, { type, body }, frame) {
    const count = await reader.uint(body + 8, 4);
    const field = await reader.uint(body + 4, 4);
    if (type === "stsz") {
      // In QuickTime, a size of 1 can mean that a sample has the size that its description declares.
      if (field === 1 && frame === 0) throw new Malformed("size of samples is unknown");
      return new Sizes(new Table(reader, body + 12, 4, field ? 0 : count), field === 1 ? frame : field);
    }
    if (field !== 8 && field !== 16) throw new Malformed("sizes of samples have an unexpected width");
    return new Sizes(new Table(reader, body + 12, field / 8, count), 0);
  }

  /**
   * Return the size of samples that follow each other; throws Malformed if there are not so many.
   * @param {number} first
   * @param {number} count
   */
  async of(first, count) {
    return this.#each ? Math.ceil(count * this.#each) : this.#table.sum(first, count);
  }
}

/** Which samples are in which chunk. */
class Runs {
  #table;
  #row = 0;
  #count = 0;
  #description = 0;
  /** The number of the chunk with which the next run begins, from 1. */
  #next = 1;

  /** @param {Table} table */
  constructor(table) {
    this.#table = table;
  }

  /**
   * Return the number of samples in a chunk, and of their description, both from the table; throws Malformed.
   * @param {number} chunk from 1; each call has a higher number than the one before
   */
  async of(chunk) {
    if (chunk === this.#next) {
      let first;
      [first, this.#count, this.#description] = await this.#read(this.#row);
      this.#row += 1;
      [this.#next] = this.#row < this.#table.count ? await this.#read(this.#row) : [Infinity, 0, 0];
      if (first !== chunk || this.#next <= chunk) throw new Malformed("table is not in order");
    }
    return { count: this.#count, description: this.#description };
  }

  /** @param {number} row @returns {Promise<[number, number, number]>} */
  async #read(row) {
    const bytes = await this.#table.rows(row, 1);
    return [uint(bytes.subarray(0, 4)), uint(bytes.subarray(4, 8)), uint(bytes.subarray(8))];
  }
}

/**
 * Yield the parts of the file with the samples of a track. Throws Malformed if the tables contradict each other, or are
 * not in the order of the file.
 * @param {Reader} reader
 * @param {Tables} tables
 * @returns {Ranges}
 */
export async function* chunks(reader, { stsc, sizes, offsets, codecs }) {
  const width = offsets.type === "co64" ? 8 : 4;
  const starts = new Table(reader, offsets.body + 8, width, await reader.uint(offsets.body + 4, 4));
  const runs = new Runs(new Table(reader, stsc.body + 8, 12, await reader.uint(stsc.body + 4, 4)));
  const bytes = await Sizes.read(reader, sizes, codecs[0]?.frame ?? 0);
  let sample = 0;
  let range = { start: 0, end: 0, codec: NO_CODEC };
  for (let chunk = 1; chunk <= starts.count; chunk += 1) {
    const { count, description } = await runs.of(chunk);
    const codec = codecs[description - 1];
    if (!codec) throw new Malformed("sample without a description");
    const start = uint(await starts.rows(chunk - 1, 1));
    const end = start + (await bytes.of(sample, count));
    sample += count;
    if (start < range.end) throw new Malformed("parts of a track are not in the order of the file");
    if (start === range.end && codec === range.codec) range.end = end;
    else {
      if (range.end > range.start) yield range;
      range = { start, end, codec };
    }
  }
  if (range.end > range.start) yield range;
}

/**
 * Yield the parts of several tracks in the order of the file.
 * @param {readonly Ranges[]} all
 * @returns {Ranges}
 */
export async function* merged(all) {
  const heads = await Promise.all(all.map(async (each) => (await each.next()).value));
  for (;;) {
    let first = -1;
    for (const [at, head] of heads.entries()) {
      if (head && head.start < (heads[first]?.start ?? Infinity)) first = at;
    }
    const head = heads[first];
    if (!head) return;
    yield head;
    heads[first] = (await all[first]?.next())?.value;
  }
}
