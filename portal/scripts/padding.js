// @ts-check
/** The padded size of a container, which reveals almost nothing (SPEC 4.2); mirrors crypto/padding.py. */

import { Malformed } from "./errors.js";

export const SMALLEST = 65_536;
export const LARGEST = 1_107_296_256;
export const SLOT = 16_384;

/**
 * Return `length` (below 2^31) rounded up by Padmé: at most 12 % more.
 * @param {number} length
 * @returns {number}
 */
export function padme(length) {
  const exponent = bitLength(length) - 1;
  if (exponent < 1) return length;
  const unit = 2 ** (exponent - bitLength(exponent));
  return Math.ceil(length / unit) * unit;
}

/**
 * Return the container size of a report or follow-up; throws Malformed above 1 GiB plus headers.
 * @param {number} archive size of the archive with its two zero blocks
 * @returns {number}
 */
export function bucket(archive) {
  const size = Math.max(SMALLEST, padme(archive));
  if (size > LARGEST) throw new Malformed("container is larger than a report may be");
  return size;
}

/**
 * Return the container size of a slot; throws Malformed if the archive does not fit.
 * @param {number} archive size of the archive with its two zero blocks
 * @returns {number}
 */
export function slot(archive) {
  if (archive > SLOT) throw new Malformed("container is larger than a slot");
  return SLOT;
}

/** @param {number} value an integer of at least 0, computed without 32-bit operators, which would wrap */
function bitLength(value) {
  return value === 0 ? 0 : value.toString(2).length;
}
