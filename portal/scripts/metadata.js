// @ts-check
/** Examine a file before it is sent: its kind by its bytes, what it reveals, and what can be removed. */

import { bytesOf, streamed } from "./blobs.js";
import { digestOf, FileDigest } from "./container.js";
import { Malformed } from "./errors.js";
import { distinct } from "./findings.js";
import { ascii } from "./images.js";
import * as jpeg from "./images_jpeg.js";
import * as png from "./images_png.js";
import * as webp from "./images_webp.js";
import * as media from "./media.js";
import * as office from "./metadata_office.js";
import * as pdf from "./metadata_pdf.js";
import { patched } from "./patches.js";

/** @typedef {import("./findings.js").Finding} Finding */
/** @typedef {import("./images.js").Clean} Clean */

/**
 * A file, what must be overwritten in it, and the expected hash when its bytes are read again.
 * @typedef {{ blob: Blob, patches: readonly import("./patches.js").Patch[], digest: Uint8Array }} Seen
 */
/**
 * `file` is the file as given, and `clean` is the file without what was found. `staying` has the codes of texts about
 * what `clean` still contains. `broken` means that the file looks like a picture or film but is not understood.
 * @typedef {object} Inside
 * @property {Kind} kind
 * @property {Finding[]} findings
 * @property {readonly string[]} staying
 * @property {boolean} broken
 * @property {Seen} file
 * @property {Seen | null} clean
 */
/** @typedef {"image/jpeg" | "image/png" | "image/webp" | media.Kind | "application/pdf" | "office" | "text" | "other"} Kind */

const HEAD = 4_096;
/** The limit for pictures, which are examined in memory. Larger pictures are sent as they are, with a warning. */
const LARGEST_PICTURE = 64 << 20;
const PICTURES = /** @type {Record<string, (bytes: Uint8Array) => Clean | Promise<Clean>>} */ ({
  "image/jpeg": jpeg.clean,
  "image/png": png.clean,
  "image/webp": webp.clean,
});
const BEGINNINGS = /** @type {[RegExp, Kind][]} */ ([
  [/^\xff\xd8\xff/, "image/jpeg"],
  [/^\x89PNG\r\n\x1a\n/, "image/png"],
  [/^RIFF[^]{4}WEBP/, "image/webp"],
  [/^[^]{0,1000}%PDF-/, "application/pdf"],
  [/^PK\x03\x04/, "office"],
  [/^\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1/, "office"],
  // Plain text has no metadata. Markup, rich text and PostScript may have metadata.
  [/^(?!\s*(?:<|\{\\rtf|%!))[^\0-\x08\x0e-\x1f]*$/, "text"],
]);

/**
 * Return what is inside a file. Only pictures are read into memory completely. Throws any error from reading, and any
 * error of `progress`.
 * @param {Blob} file
 * @param {(part: number) => void} [progress] called with the part that was read, 0 to 1
 * @returns {Promise<Inside>}
 */
export async function inspect(file, progress = () => undefined) {
  const head = ascii(await bytesOf(file.slice(0, HEAD)));
  const boxed = media.kindOf(head);
  if (boxed) return inBoxes(file, boxed, progress);
  const kind = BEGINNINGS.find(([form]) => form.test(head))?.[1] ?? "other";
  if (kind in PICTURES && file.size <= LARGEST_PICTURE) return picture(file, kind, await bytesOf(file));
  const pieces = counted(streamed(file), file.size, progress);
  const seen = { blob: file, patches: [], digest: await digestOf(pieces, file.size) };
  const nothing = { kind, findings: [], staying: [], broken: false, file: seen, clean: null };
  if (kind in PICTURES) return { ...nothing, kind: "other" };
  if (kind !== "application/pdf" && kind !== "office") return nothing;
  const findings = await told(kind, head, file);
  return findings ? { ...nothing, findings: distinct(findings) } : { ...nothing, kind: "other" };
}

/**
 * Yield the pieces; throws Error if they end early because the file was cut in the meantime.
 * @param {AsyncGenerator<Uint8Array, void, void>} pieces
 * @param {number} size of all in bytes
 * @param {(part: number) => void} progress
 */
async function* counted(pieces, size, progress) {
  let done = 0;
  for await (const piece of pieces) {
    yield piece;
    progress((done += piece.length) / size);
  }
  if (done !== size) throw new Error("file ended early");
}

/**
 * @param {Kind} kind
 * @param {string} head
 * @param {Blob} file
 * @returns {Promise<Finding[] | null>} null if it is not a document after all
 */
async function told(kind, head, file) {
  try {
    if (kind === "application/pdf") return await pdf.read(file);
    return head.startsWith("PK") ? await office.read(file) : [];
  } catch {
    // There is no reader, or the browser is too old to unpack the file. The general warning about documents still
    // applies.
    return [];
  }
}

/**
 * Return what is inside a file of boxes. It is read twice, and never in memory as a whole.
 * @param {Blob} file
 * @param {Kind} kind
 * @param {(part: number) => void} progress
 * @returns {Promise<Inside>}
 */
async function inBoxes(file, kind, progress) {
  const first = () => counted(streamed(file), file.size, (part) => progress(part / 2));
  const digest = new FileDigest(file.size);
  try {
    const { patches, findings, staying } = await media.clean(file, digested(first(), digest));
    const seen = { blob: file, patches: [], digest: await digest.digest() };
    const second = counted(streamed(file), file.size, (part) => progress((1 + part) / 2));
    const clean = { blob: file, patches, digest: await digestOf(patched(second, patches), file.size) };
    return { kind, findings: distinct(findings), staying, broken: false, file: seen, clean };
  } catch (error) {
    if (!(error instanceof Malformed)) throw error;
    const seen = { blob: file, patches: [], digest: await digestOf(first(), file.size) };
    return { kind, findings: [], staying: [], broken: true, file: seen, clean: null };
  }
}

/**
 * @param {AsyncGenerator<Uint8Array, void, void>} pieces
 * @param {FileDigest} digest of all pieces
 */
async function* digested(pieces, digest) {
  for await (const piece of pieces) {
    await digest.update(piece);
    yield piece;
  }
}

/**
 * @param {Blob} file
 * @param {Kind} kind
 * @param {Uint8Array} bytes of the file
 * @returns {Promise<Inside>}
 */
async function picture(file, kind, bytes) {
  const seen = { blob: file, patches: [], digest: await digestOf([bytes], bytes.length) };
  try {
    const { parts, findings } = await /** @type {typeof jpeg.clean} */ (PICTURES[kind])(bytes);
    const blob = new Blob(ranges(parts, bytes).map((range) => blobPart(range, file, bytes)), { type: kind });
    const clean = { blob, patches: [], digest: await digestOf(parts, blob.size) };
    return { kind, findings: distinct(findings), staying: [], broken: false, file: seen, clean };
  } catch (error) {
    if (error instanceof Malformed) return { kind, findings: [], staying: [], broken: true, file: seen, clean: null };
    throw error;
  }
}

/**
 * Return the same parts, but merge the parts that are adjacent in the file.
 * @param {readonly Uint8Array[]} parts
 * @param {Uint8Array} bytes of the file
 */
function ranges(parts, bytes) {
  /** @type {Uint8Array[]} */
  const joined = [];
  for (const part of parts) {
    const last = joined.at(-1);
    const follows = last && last.buffer === bytes.buffer && part.buffer === bytes.buffer
      && last.byteOffset + last.length === part.byteOffset;
    if (follows) joined.splice(-1, 1, bytes.subarray(last.byteOffset, part.byteOffset + part.length));
    else joined.push(part);
  }
  return joined;
}

/**
 * @param {Uint8Array} part
 * @param {Blob} file
 * @param {Uint8Array} bytes of the file; its content is not kept in memory
 */
function blobPart(part, file, bytes) {
  const own = part.buffer !== bytes.buffer;
  return own ? part.slice() : file.slice(part.byteOffset, part.byteOffset + part.length);
}
