// @ts-check
/** XMP and the properties of office documents are XML. Only a few values are shown, so no parser is needed. */

import { found } from "./findings.js";

/** @typedef {import("./findings.js").Finding} Finding */

const SHOWN = [
  { names: ["exif:GPSLatitude", "exif:GPSLongitude", "photoshop:City", "Iptc4xmpCore:Location"], code: "found-place" },
  { names: ["tiff:Make", "tiff:Model", "aux:SerialNumber"], code: "found-device" },
  { names: ["dc:creator", "cp:lastModifiedBy", "meta:initial-creator", "meta:printed-by", "Manager", "Company",
    "photoshop:AuthorsPosition"], code: "found-person" },
  { names: ["xmp:CreateDate", "xmp:ModifyDate", "photoshop:DateCreated", "dcterms:created", "dcterms:modified",
    "cp:lastPrinted", "meta:creation-date", "meta:print-date", "dc:date"], code: "found-day" },
  { names: ["xmp:CreatorTool", "pdf:Producer", "Application", "meta:generator"], code: "found-program" },
  { names: ["dc:title", "dc:subject", "dc:description", "cp:keywords", "Template"], code: "found-text" },
];

const ENTITIES = /** @type {Record<string, string>} */ ({ lt: "<", gt: ">", quot: '"', apos: "'", amp: "&" });

/**
 * Return the findings in an XML text.
 * @param {string} xml
 * @returns {Finding[]}
 */
export function read(xml) {
  const named = SHOWN.flatMap(({ names, code }) => names.map((name) => ({ name, code })));
  return named.flatMap(({ name, code }) => values(xml, name).map((each) => found(code, each)));
}

/**
 * @param {string} xml
 * @param {string} name of an element or an attribute
 * @returns {string[]} its values without markup, except empty ones
 */
function values(xml, name) {
  const form = new RegExp(`<${name}(?:\\s[^>]*)?>([^]{0,2000}?)</${name}>|\\s${name}=["']([^"']{1,500})["']`, "g");
  const all = [...xml.matchAll(form)].map(([, inner = "", attribute = ""]) => plain(inner || attribute));
  return all.filter((each) => each !== "");
}

/** @param {string} markup */
function plain(markup) {
  const text = markup.replace(/<[^>]*>/g, " ").replace(/\s+/g, " ").trim();
  return text.replace(/&(lt|gt|quot|apos|amp);/g, (_, name) => ENTITIES[name] ?? "");
}
