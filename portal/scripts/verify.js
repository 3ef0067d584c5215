// @ts-check
/** The page to check this site: it shows whether this browser receives the files that the root key signed. */

import { sha256 } from "@noble/hashes/sha2.js";
import { breathe } from "./breathe.js";
import { equal } from "./bytes.js";
import { today } from "./days.js";
import { byId, element, show, whenPressed, write } from "./dom.js";
import { Malformed, Tampered } from "./errors.js";
import { explain, Failure } from "./failure.js";
import { answered, ask, Offline, Refused } from "./http.js";
import { checkDay, openPages } from "./pages.js";
import { site } from "./site.js";
import { dayText, say } from "./texts.js";

const FOLDER = "/.well-known/fanal/";
const NOT_FOUND = 404;

/** @typedef {import("./pages.js").Pages} Pages */

async function begin() {
  try {
    const { raw, pages } = await fetchPages();
    byId("serial").textContent = String(pages.serial);
    byId("until").textContent = dayText(pages.valid_until);
    byId("digest").textContent = hex(sha256(raw));
    whenPressed("compare", () => compare(pages));
    show("listed");
    checkDay(pages, today());
  } catch (error) {
    const why = reason(error);
    write("fault", explain(why));
    // Without a signed list, there is nothing to compare with.
    if (why instanceof Failure && why.code === "manifest-none") show("comparing", false);
  }
}

/** @returns {Promise<{ raw: Uint8Array, pages: Pages }>} */
async function fetchPages() {
  const { bytes: raw } = await ask(`${FOLDER}manifest.json`);
  const { bytes: signature } = await ask(`${FOLDER}manifest.sig`);
  return { raw, pages: openPages(raw, signature, site) };
}

/** @param {unknown} error */
function reason(error) {
  if (error instanceof Refused && error.status === NOT_FOUND) return new Failure("manifest-none");
  const forged = error instanceof Malformed || error instanceof Tampered;
  return forged ? new Failure("manifest-forged") : error;
}

/** @param {Pages} pages */
async function compare(pages) {
  byId("compare", HTMLButtonElement).disabled = true;
  show("differing", false);
  write("compared", say("comparing"));
  try {
    const differing = await differences(pages);
    const code = differing.length ? "files-differ" : "files-same";
    write("compared", say(code, { count: pages.files.length }));
    byId("differing").replaceChildren(...differing.map((path) => element("li", {}, path)));
    show("differing", differing.length > 0);
  } catch (error) {
    write("compared", explain(error));
  } finally {
    byId("compare", HTMLButtonElement).disabled = false;
  }
}

/**
 * @param {Pages} pages
 * @returns {Promise<string[]>} the paths whose bytes differ from those signed
 */
async function differences({ files }) {
  const found = [];
  for (const { path, hash } of files) {
    const { bytes } = await answered(path).catch(() => {
      throw new Offline();
    });
    if (!equal(sha256(bytes), hash)) found.push(path);
    await breathe();
  }
  return found;
}

/** @param {Uint8Array} bytes */
function hex(bytes) {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

begin();
