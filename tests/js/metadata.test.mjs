/** metadata.js: the type of a file by its bytes, and the metadata of documents. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { deflateRawSync, deflateSync } from "node:zlib";
import { concat, utf8 } from "../../portal/scripts/bytes.js";
import { found } from "../../portal/scripts/findings.js";
import { inspect } from "../../portal/scripts/metadata.js";
import { noise } from "./helpers.mjs";

const CORE = `<?xml version="1.0"?><cp:coreProperties xmlns:cp="x"><dc:title/><dc:creator>J. Durand &amp; fils</dc:creator>
<cp:lastModifiedBy>Zoé</cp:lastModifiedBy><dcterms:created xsi:type="dcterms:W3CDTF">2026-03-04T05:06:07Z</dcterms:created></cp:coreProperties>`;
const XMP = `<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:Description xmp:CreatorTool="Studio 9"><dc:creator><rdf:Seq>
<rdf:li>Zoé Durand</rdf:li></rdf:Seq></dc:creator></rdf:Description></x:xmpmeta>`;

/** @param {string | Uint8Array<ArrayBuffer>} content */
const file = (content) => new Blob([content]);

/** @param {Blob} blob */
const told = async (blob) => (await inspect(blob)).findings.map(({ code, value }) => `${code} ${value}`.trim());

/**
 * Return a ZIP file like those of office programs: local headers, the directory, and its end.
 * @param {Record<string, string>} files
 * @param {0 | 8} method
 */
function zip(files, method) {
  const locals = [];
  const entries = [];
  let at = 0;
  for (const [name, text] of Object.entries(files)) {
    const data = method ? deflateRawSync(text) : Buffer.from(text);
    const local = Buffer.alloc(30);
    const entry = Buffer.alloc(46);
    local.write("PK\x03\x04", "latin1");
    entry.write("PK\x01\x02", "latin1");
    local.writeUInt16LE(method, 8);
    entry.writeUInt16LE(method, 10);
    entry.writeUInt32LE(data.length, 20);
    local.writeUInt16LE(name.length, 26);
    entry.writeUInt16LE(name.length, 28);
    entry.writeUInt32LE(at, 42);
    locals.push(local, utf8(name), data);
    entries.push(entry, utf8(name));
    at += 30 + name.length + data.length;
  }
  const directory = concat(entries);
  const end = Buffer.alloc(22);
  end.write("PK\x05\x06", "latin1");
  end.writeUInt32LE(directory.length, 12);
  end.writeUInt32LE(at, 16);
  return concat([...locals, directory, end, utf8("a comment")]);
}

for (const method of /** @type {const} */ ([0, 8])) {
  test(`people and days are found in an office document with compression method ${method}`, async () => {
    const made = file(zip({ "[Content_Types].xml": "", "docProps/core.xml": CORE }, method));
    assert.deepEqual(await told(made), ["found-person J. Durand & fils", "found-person Zoé", "found-day 2026-03-04T05:06:07Z"]);
    assert.equal((await inspect(made)).kind, "office");
  });
}

test("author and program are found in an OpenDocument text", async () => {
  const meta = "<meta:generator>LibreOffice/25</meta:generator><meta:initial-creator>Zoé</meta:initial-creator>";
  assert.deepEqual(await told(file(zip({ mimetype: "", "meta.xml": meta }, 8))), ["found-person Zoé", "found-program LibreOffice/25"]);
});

test("a ZIP file that is not a document or is truncated is not searched", async () => {
  const other = zip({ "a.txt": "Zoé" }, 8);
  const document = zip({ "[Content_Types].xml": "", "docProps/core.xml": CORE }, 8);
  for (const each of [other, document.subarray(0, 60), noise(30, 3).fill(80, 0, 1).fill(75, 1, 2).fill(3, 2, 3).fill(4, 3, 4)]) {
    assert.deepEqual([(await inspect(file(each))).kind, await told(file(each))], ["other", []]);
  }
});

test("an office document with a changed byte causes no error", async () => {
  const document = zip({ "[Content_Types].xml": "", "docProps/core.xml": CORE }, 8);
  for (let at = 4; at < document.length; at += 1) {
    const changed = document.slice();
    changed[at] = Number(changed[at]) ^ 0xff;
    await inspect(file(changed));
  }
});

test("an old office file is recognised", async () => {
  assert.equal((await inspect(file(concat([new Uint8Array([0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1]), noise(99)])))).kind, "office");
});

test("the entries of all versions of a PDF are found, in any encoding", async () => {
  const first = "1 0 obj\n<< /Title (Note \\(draft\\)) /Author (Zo\\351) /CreationDate (D:20260304050607+01'00') >>\nendobj\n";
  const second = "1 0 obj\n<</Author <FEFF005A006F00E9> /Producer (Printer)>>\nendobj\ntrailer << /Info 1 0 R /Root 2 0 R >>\n";
  const outline = "3 0 obj\n<< /Title (Chapter one) >>\nendobj\n";
  assert.deepEqual(await told(file(Buffer.from(`%PDF-1.4\n${first}${outline}${second}`, "latin1"))), [
    "found-person Zoé", "found-text Note (draft)", "found-day 2026-03-04", "found-program Printer",
  ]);
});

test("entries in the object streams of a PDF are found", async () => {
  const objects = "7 0 9 19 <</Other (nothing)>> <</Author (Zoe)>>";
  const packed = deflateSync(objects.replace("9 19 ", "9 20 "));
  const head = `4 0 obj\n<< /Type /ObjStm /N 2 /First 9 /Filter /FlateDecode /Length ${packed.length} >>\nstream\n`;
  const whole = concat([utf8(`%PDF-1.5\n${head}`), packed, utf8("\nendstream\nendobj\n5 0 obj << /Type /XRef /Info 9 0 R >>")]);
  assert.deepEqual(await told(file(whole)), ["found-person Zoe"]);
});

test("the XMP of a PDF is found", async () => {
  assert.deepEqual(await told(file(`%PDF-1.7\n${XMP}\n`)), ["found-person Zoé Durand", "found-program Studio 9"]);
});

test("a PDF with random content causes no error", async () => {
  for (let seed = 1; seed < 30; seed += 1) await inspect(file(concat([utf8("%PDF-1.5 /Info 1 0 R /Type /ObjStm stream\n"), noise(3_000, seed)])));
  assert.deepEqual(await told(file("%PDF-1.4")), []);
});

test("the type of a file is found from its bytes", async () => {
  const kinds = { "\xff\xd8\xff": "image/jpeg", "hello\nthere": "text", "\0\x01": "other", "<svg>": "other", "{\\rtf1": "other", "%PDF-1.4": "application/pdf" };
  for (const [start, kind] of Object.entries(kinds)) assert.equal((await inspect(file(Buffer.from(start, "latin1")))).kind, kind);
});

test("a broken picture is reported as broken, without a cleaned version", async () => {
  const { kind, broken, clean } = await inspect(file(Buffer.from("\xff\xd8\xff\xe0 nothing more", "latin1")));
  assert.deepEqual([kind, broken, clean], ["image/jpeg", true, null]);
});

test("metadata is shown on one line, without characters that reverse the direction of text", () => {
  assert.equal(found("a", "one\ntwo\u202ethree\u0000").value, "one two three");
  assert.equal(found("a", "é".repeat(200)).value.length, 81);
});
