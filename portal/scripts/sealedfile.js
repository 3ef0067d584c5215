// @ts-check
/** The header before the age file that is sent without JavaScript (SPEC 7.7); mirrors portal/api/sealed_file.py. */

import { concat, utf8 } from "./bytes.js";

const MAGIC = utf8("fanal/1/sealed\0\0");
const CHANNEL = 32;
const REST = 32 + 60 + 32;

/** The size limit of the age file: a container of 16 MiB. */
export const LARGEST = 16_782_955;

/**
 * Return the 172 bytes before an envelope. `metadata` has the values that an upload would have.
 * @param {Record<string, Uint8Array>} metadata
 * @returns {Uint8Array<ArrayBuffer>}
 */
export function header(metadata) {
  const { channel = utf8(""), case: caseId, memo, withdraw } = metadata;
  const beginning = caseId && memo && withdraw ? [caseId, memo, withdraw] : [new Uint8Array(REST)];
  return concat([MAGIC, channel, new Uint8Array(CHANNEL - channel.length), ...beginning]);
}
