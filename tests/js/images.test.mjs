/** images_*.js: metadata is removed from pictures, and broken pictures are refused. Python tests use exiftool, too. */

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { crc32 } from "node:zlib";
import { concat, utf8 } from "../../portal/scripts/bytes.js";
import { Malformed } from "../../portal/scripts/errors.js";
import * as jpeg from "../../portal/scripts/images_jpeg.js";
import * as png from "../../portal/scripts/images_png.js";
import * as webp from "../../portal/scripts/images_webp.js";
import { onlyOrientation, read } from "../../portal/scripts/metadata_exif.js";
import { flipped, noise } from "./helpers.mjs";

const SECRET = "Zorglub was here";

/** @param {...(number | string | Uint8Array)} parts */
const bytes = (...parts) => concat(parts.map((part) => {
  if (typeof part === "number") return new Uint8Array([part]);
  return typeof part === "string" ? Uint8Array.from(part, (letter) => letter.charCodeAt(0)) : part;
}));

/**
 * @param {number} code
 * @param {Uint8Array} data
 */
const segment = (code, data) => bytes(0xff, code, (data.length + 2) >> 8, (data.length + 2) & 255, data);

/**
 * @param {string} type
 * @param {Uint8Array} data
 */
const chunk = (type, data) => {
  const framed = new Uint8Array(data.length + 12);
  new DataView(framed.buffer).setUint32(0, data.length);
  framed.set(bytes(type, data), 4);
  new DataView(framed.buffer).setUint32(data.length + 8, crc32(bytes(type, data)));
  return framed;
};

/**
 * @param {string} type
 * @param {Uint8Array} data
 */
const riff = (type, data) => {
  const size = new Uint8Array(4);
  new DataView(size.buffer).setUint32(0, data.length, true);
  return bytes(type, size, data, new Uint8Array(data.length % 2));
};

const SCAN = bytes(segment(0xda, noise(10)), "ab\xff\x00cd\xff\xd3ef\xff\xff\x00gh");
const JPEG = bytes("\xff\xd8", segment(0xc0, noise(15)), segment(0xdb, noise(65)), SCAN, "\xff\xd9");
const PNG = bytes("\x89PNG\r\n\x1a\n", chunk("IHDR", noise(13)), chunk("IDAT", noise(40)), chunk("IDAT", noise(3)), chunk("IEND", noise(0)));
const WEBP = riff("RIFF", bytes("WEBP", riff("VP8X", bytes(0x10, noise(9).fill(0))), riff("ALPH", noise(5)), riff("VP8 ", noise(21))));

const FORMATS = [
  { name: "JPEG", clean: jpeg.clean, bare: JPEG, start: 2, secrets: [
    segment(0xfe, utf8(SECRET)), segment(0xe1, utf8(`Exif\0\0${SECRET}`)), segment(0xe1, utf8(`http://ns.adobe.com/xap/1.0/\0${SECRET}`)),
    segment(0xe2, utf8(`ICC_PROFILE\0${SECRET}`)), segment(0xed, utf8(`Photoshop 3.0\0${SECRET}`)), segment(0xe0, utf8(`JFXX\0${SECRET}`)),
    segment(0xef, utf8(SECRET)), segment(0xee, utf8(`Adobe\0\0\0\0\0\0\0${SECRET}`)),
  ] },
  { name: "PNG", clean: png.clean, bare: PNG, start: 33, secrets: [
    chunk("tEXt", utf8(`Author\0${SECRET}`)), chunk("zTXt", utf8(`a\0\0${SECRET}`)), chunk("iTXt", utf8(`XML:com.adobe.xmp\0\0\0\0\0${SECRET}`)),
    chunk("eXIf", utf8(`MM\0*${SECRET}`)), chunk("iCCP", utf8(SECRET)), chunk("tIME", utf8(SECRET)), chunk("prVt", utf8(SECRET)),
  ] },
  { name: "WebP", clean: webp.clean, bare: WEBP, start: 30, secrets: [
    riff("EXIF", utf8(`Exif\0\0${SECRET}`)), riff("XMP ", utf8(SECRET)), riff("ICCP", utf8(SECRET)), riff("abcd", utf8(SECRET)),
  ] },
];

/**
 * Return the picture with `extra` inserted where metadata is stored.
 * @param {typeof FORMATS[number]} format
 * @param {Uint8Array} extra
 */
function holding({ bare, start, name }, extra) {
  const whole = bytes(bare.subarray(0, start), extra, bare.subarray(start));
  if (name === "WebP") new DataView(whole.buffer).setUint32(4, whole.length - 8, true);
  return whole;
}

for (const format of FORMATS) {
  const { name, clean, bare, secrets } = format;

  test(`${name}: a picture without metadata stays unchanged, byte by byte`, async () => {
    const { parts, findings } = await clean(bare);
    assert.deepEqual(concat(parts), bare);
    assert.deepEqual(findings, []);
  });

  test(`${name}: metadata beside the picture is reported and removed`, async () => {
    for (const secret of secrets) {
      const { parts, findings } = await clean(holding(format, secret));
      assert.equal(Buffer.from(concat(parts)).includes(SECRET), false);
      assert.ok(findings.length > 0, Buffer.from(secret).toString("latin1"));
    }
    const all = await clean(holding(format, concat(secrets)));
    assert.ok(all.findings.length >= secrets.length - 1);
  });

  test(`${name}: data after the end of the picture is reported and removed`, async () => {
    const { parts, findings } = await clean(bytes(bare, SECRET));
    assert.deepEqual(concat(parts), bare);
    assert.deepEqual(findings, [{ code: "found-trailer", value: "" }]);
  });

  test(`${name}: a picture is refused wherever it is cut`, async () => {
    for (let size = 0; size < bare.length; size += 1) {
      await assert.rejects(async () => clean(bare.subarray(0, size)), Malformed, `${size} bytes`);
    }
  });

  test(`${name}: a picture with a flipped bit is cleaned or refused, without another error`, async () => {
    const whole = holding(format, concat(secrets));
    for (let at = 0; at < whole.length; at += 1) {
      try {
        assert.ok((await clean(flipped(whole, at))).parts.length > 0);
      } catch (error) {
        assert.ok(error instanceof Malformed, String(error));
      }
    }
  });

  test(`${name}: only the orientation remains of the metadata`, async () => {
    const exif = bytes(onlyOrientation(6).subarray(0, 22), SECRET);
    const wrapped = { JPEG: segment(0xe1, bytes("Exif\0\0", exif)), PNG: chunk("eXIf", exif), WebP: riff("EXIF", exif) }[name] ?? exif;
    const cleaned = Buffer.from(concat((await clean(holding(format, wrapped))).parts));
    const at = cleaned.indexOf("MM\0*");
    assert.deepEqual(new Uint8Array(cleaned.subarray(at, at + 26)), onlyOrientation(6));
    assert.equal(read(onlyOrientation(6)).orientation, 6);
    assert.equal(cleaned.includes(SECRET), false);
    assert.deepEqual(concat((await clean(new Uint8Array(cleaned))).parts), new Uint8Array(cleaned));
  });
}

/** @type {{ id: string, format: "jpeg" | "png" | "webp", file: string, clean?: string, refused?: string }[]} */
const VECTORS = JSON.parse(readFileSync(new URL("../vectors/pictures/files.json", import.meta.url), "utf8"));

for (const { id, format, file, clean } of VECTORS) {
  test(`${format}, as at the inbox: ${id}`, async () => {
    const data = new Uint8Array(Buffer.from(file, "base64"));
    const made = async () => Buffer.from(concat((await { jpeg, png, webp }[format].clean(data)).parts)).toString("base64");
    if (clean === undefined) await assert.rejects(made, Malformed);
    else assert.equal(await made(), clean);
  });
}

test("the flags for Exif, XMP and a colour profile are removed from a WebP", () => {
  const boasting = WEBP.slice();
  boasting[20] = 0x3c;
  assert.equal(concat(webp.clean(boasting).parts)[20], 0x10);
});

test("frames of an animated WebP keep only their picture", () => {
  const inside = bytes(noise(16), riff("VP8L", noise(8)), riff("abcd", utf8(SECRET)));
  const animated = riff("RIFF", bytes("WEBP", riff("ANIM", noise(6)), riff("ANMF", inside)));
  const cleaned = Buffer.from(concat(webp.clean(animated).parts));
  assert.equal(cleaned.includes(SECRET), false);
  assert.equal(cleaned.readUInt32LE(4), cleaned.length - 8);
});

test("the thumbnail in the JFIF header of a JPEG is removed, and the header stays", async () => {
  const jfif = segment(0xe0, bytes("JFIF\0", 1, 2, 1, 0, 72, 0, 72, 2, 2, SECRET.slice(0, 12)));
  const { parts, findings } = await jpeg.clean(bytes("\xff\xd8", jfif, JPEG.subarray(2)));
  const plain = segment(0xe0, bytes("JFIF\0", 1, 2, 1, 0, 72, 0, 72, 0, 0));
  assert.deepEqual(concat(parts), bytes("\xff\xd8", plain, JPEG.subarray(2)));
  assert.deepEqual(findings.map(({ code }) => code), ["found-preview"]);
});

test("random Exif data causes no error and no endless loop", () => {
  for (let seed = 1; seed < 200; seed += 1) {
    const tiff = bytes(seed % 2 ? "MM\0*" : "II*\0", noise(300, seed));
    assert.ok(read(tiff).orientation >= 1);
  }
  assert.deepEqual(read(new Uint8Array(0)), { findings: [], orientation: 1 });
});

test("Exif with a tag of the type 0 at its end is read without an error", () => {
  for (const types of [0, 13, 255]) {
    const tiff = bytes("MM\0*", new Uint8Array([0, 0, 0, 8, 0, 1, 1, 15, 0, types, 0, 0, 0, 4, 0, 0]));
    assert.deepEqual(read(tiff), { findings: [], orientation: 1 });
  }
});
