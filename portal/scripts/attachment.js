// @ts-check
/** One file that a person adds: what was found in it, what is removed, and what the person chose. */

import { wellFormed } from "./bytes.js";
import { element } from "./dom.js";
import { Failure } from "./failure.js";
import { inspect } from "./metadata.js";
import { settle, whenStill } from "./still.js";
import { say, size } from "./texts.js";

/**
 * A file as it will be sealed, with the expected hash of its bytes. Messages to the person use the name `shown` for the
 * file.
 * @typedef {import("./metadata.js").Seen & { name: string, type: string, shown: string }} Enclosed
 */
/** @typedef {import("./metadata.js").Inside} Inside */

/** The limit in bytes for all files together. A file above this limit is not examined. */
export const MOST_BYTES = 1 << 30;

const LONGEST_NAME = 255;
const EXTENSIONS = /** @type {Record<string, string[]>} */ ({
  "image/jpeg": ["jpg", "jpeg", "jpe", "jfif"],
  "image/png": ["png", "apng"],
  "image/webp": ["webp"],
  "image/heic": ["heic", "heics", "heif", "heifs", "hif"],
  "image/avif": ["avif", "avifs"],
  film: ["mp4", "m4v", "mov", "qt", "3gp", "3gpp", "3g2", "m4a", "m4b"],
  "application/pdf": ["pdf"],
  office: ["docx", "xlsx", "pptx", "docm", "xlsm", "pptm", "odt", "ods", "odp", "odg", "doc", "xls", "ppt", "msg"],
});
const NAMES = /** @type {Record<string, string>} */ ({
  "image/jpeg": "JPEG", "image/png": "PNG", "image/webp": "WebP", "image/heic": "HEIC", "image/avif": "AVIF", film: "MP4",
  "application/pdf": "PDF", office: "Office",
});
/** Films and sound in boxes. The endings of their names say little about their form. */
const FILM = /^(?:video|audio)\//;

/** A file and its row in the list. */
export class Attachment {
  /** The row for the list. */
  row;
  file;
  #details = element("div", { "aria-live": "polite" });
  #as;
  /** @type {Inside | null} */
  #inside = null;
  #unreadable = false;
  #unchanged = false;
  #removal = new AbortController();
  #size = element("span", { class: "hint" });
  #button = element("button", { type: "button", class: "quiet" });
  #bar = /** @type {HTMLProgressElement} */ (element("progress", { max: "1", value: "0" }));

  /**
   * @param {File} file
   * @param {string} id for the row and the elements in it
   * @param {() => void} remove
   */
  constructor(file, id, remove) {
    this.file = file;
    this.#as = id;
    this.#button.addEventListener("click", remove);
    this.row = element("li", { id }, element("bdi", {}, file.name), this.#size, this.#button, this.#details);
    // A file that is too large is not examined.
    this.row.setAttribute("aria-busy", String(this.#fits));
    this.tell();
  }

  /** In the row, show what is known about the file, in the language of the page. */
  tell() {
    const { name } = this.file;
    this.#size.textContent = size(this.file.size);
    this.#button.textContent = say("remove");
    this.#button.setAttribute("aria-label", say("remove-file", { name }));
    this.#bar.setAttribute("aria-label", say("looking-inside"));
    if (this.#unreadable) this.#details.replaceChildren(caution("file-unreadable", { name }));
    else if (this.#inside) this.#details.replaceChildren(...this.#told(this.#inside));
    else if (this.#fits) this.#details.replaceChildren(line("looking-inside"), this.#bar);
  }

  get #fits() {
    return this.file.size <= MOST_BYTES;
  }

  /** Whether the page has found out all it can about the file. */
  get isExamined() {
    return !this.#fits || this.#unreadable || this.#inside !== null;
  }

  /** Examine the file, and show the findings in the row. Return as soon as the file is removed. */
  async inspect() {
    const { signal } = this.#removal;
    if (!this.#fits || signal.aborted) return;
    const removed = new Promise((resolve) => signal.addEventListener("abort", resolve));
    // The removal ends this wait, because the bytes of the file may never come.
    // If they come, `#advance` stops reading them. A picture is an exception: its bytes are read in one piece, but not
    // used.
    await Promise.race([this.#examine(), removed]);
  }

  /** Stop the examination, or do not start it, because the file is removed. */
  abandon() {
    this.#removal.abort();
  }

  async #examine() {
    try {
      this.#inside = await inspect(this.file, (part) => this.#advance(part));
    } catch {
      this.#unreadable = true;
    }
    whenStill(() => {
      this.tell();
      this.row.setAttribute("aria-busy", "false");
    });
  }

  /**
   * Throws an error if the file is removed, so that the rest of the file is not read.
   * @param {number} part of the file that was read, 0 to 1
   */
  #advance(part) {
    if (this.#removal.signal.aborted) throw new Error("file is removed");
    this.#bar.value = part;
  }

  /**
   * Return the file to seal, once it is examined. Throws Failure if the file cannot be read, or if it is a broken
   * picture that the person has not chosen to send as it is.
   * @param {boolean} isNamed whether the name is sent
   * @returns {Enclosed}
   */
  enclosed(isNamed) {
    settle(); // the text about the file, and its checkbox
    const shown = this.file.name;
    if (this.#unreadable) throw new Failure("file-unreadable", { name: shown });
    const { kind, broken, file, clean } = /** @type {Inside} */ (this.#inside);
    if (broken && !this.#unchanged) {
      throw new Failure("file-broken", { name: shown }, this.row.querySelectorAll(`#${this.#as}-send-broken`));
    }
    const name = isNamed ? [...wellFormed(shown)].slice(0, LONGEST_NAME).join("") : "";
    const type = kind.includes("/") ? kind : this.file.type.slice(0, 127);
    return { ...(this.#unchanged ? file : clean ?? file), name, type, shown };
  }

  /** @param {Inside} inside */
  #told({ kind, findings, staying, broken, clean }) {
    const told = this.#extension(kind);
    const items = findings.map(({ code, value }) => element("li", {}, say(code), " ", element("bdi", {}, value)));
    const list = element("ul", {}, ...items);
    const stays = element("ul", {}, ...staying.map((code) => element("li", {}, say(code))));
    const left = staying.length ? [line("stays"), stays] : [];
    const form = FILM.test(kind) ? "film" : "picture";
    if (broken) return [...told, caution("picture-broken"), this.#tick("send-broken")];
    if (clean && findings.length === 0) return [...told, line(`${form}-bare`), ...left];
    if (clean) return [...told, line(`${form}-cleaned`), list, ...left, this.#tick("send-unchanged")];
    if (kind === "text") return told.length ? [...told, line("sent-as-it-is")] : [];
    if (kind === "other") return [...told, caution("kind-unknown")];
    const how = line(kind === "office" ? "how-office" : "how-pdf");
    const folded = element("details", {}, element("summary", {}, say("document-how")), how);
    return [...told, caution(findings.length ? "document-tells" : "document-warning"), list, folded];
  }

  /** @param {string} type */
  #extension(type) {
    const kind = FILM.test(type) ? "film" : type;
    const extension = /\.(\w+)$/.exec(this.file.name)?.[1]?.toLowerCase() ?? "";
    const owner = Object.keys(EXTENSIONS).find((each) => EXTENSIONS[each]?.includes(extension));
    const lies = (owner ?? kind) !== kind || (NAMES[kind] && extension && !owner);
    if (!lies) return [];
    const name = NAMES[kind];
    return [name ? caution("extension-lies", { extension, kind: name }) : caution("extension-false", { extension })];
  }

  /** @param {string} code of the text that offers to send the file unchanged */
  #tick(code) {
    const attributes = { type: "checkbox", id: `${this.#as}-${code}`, autocomplete: "off" };
    const box = /** @type {HTMLInputElement} */ (element("input", attributes));
    box.checked = this.#unchanged;
    box.addEventListener("change", () => (this.#unchanged = box.checked));
    return element("label", { class: "choice" }, box, say(code));
  }
}

/** @param {string} code */
function line(code) {
  return element("p", { class: "hint" }, say(code));
}

/**
 * @param {string} code
 * @param {Record<string, string>} [values]
 */
function caution(code, values) {
  return element("p", { class: "caution" }, say(code, values));
}
