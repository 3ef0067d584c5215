// @ts-check
/** The files that a person adds to a message, with a button or by dropping them on the page. Each can be removed. */

import { Attachment, MOST_BYTES } from "./attachment.js";
import { streamed } from "./blobs.js";
import { release } from "./bytes.js";
import { byId } from "./dom.js";
import { Failure, together } from "./failure.js";
import { patched } from "./patches.js";
import { personWaits } from "./personwaits.js";
import { sealSpeed } from "./sealspeed.js";
import { settle, steadily, whenStill } from "./still.js";
import { duration, say, size } from "./texts.js";
import { whenTranslated } from "./translated.js";

/** @typedef {import("./attachment.js").Enclosed} Enclosed */

export const MOST = 99;

const LONG_SECONDS = 10;
/** The class of a removed file whose row on the page is still kept empty. */
const REMOVED = "removed";
const RESERVED = "reserved";

/** A file input and its list. */
export class Attachments {
  /** @type {Attachment[]} */
  #attached = [];
  #input;
  #camera;
  #names;
  #list;
  #note;
  #waiting;
  #added = 0;
  /** Files are examined one after the other, so that only one picture is in memory at a time. */
  #looking = Promise.resolve();
  /** @type {Promise<number> | undefined} */
  #speed;

  /** @param {string} id of the input; those of the camera, the switch for names, the list and the texts add a word to it */
  constructor(id) {
    this.#input = byId(id, HTMLInputElement);
    this.#camera = byId(`${id}-camera`, HTMLInputElement);
    this.#names = byId(`${id}-names`, HTMLInputElement);
    this.#list = byId(`${id}-list`);
    this.#note = byId(`${id}-note`);
    this.#waiting = byId(`${id}-waiting`);
    for (const input of [this.#input, this.#camera]) {
      input.addEventListener("change", () => {
        const files = [...(input.files ?? [])];
        // The page has its own list of files.
        // Clear the input, so that the browser restores nothing, and the same file can be chosen again.
        input.value = "";
        this.#add(files);
      });
      // A file that is refused changes nothing. `#changed` announces the files that are added.
      for (const type of ["input", "change"]) {
        input.addEventListener(type, (event) => event instanceof CustomEvent || event.stopPropagation());
      }
    }
    whenTranslated(() => {
      for (const each of this.#attached) each.tell();
      this.#tell([]);
    });
    // Accept files anywhere, because otherwise the browser would open a file that is dropped beside the field.
    document.addEventListener("dragover", (event) => event.preventDefault());
    document.addEventListener("drop", (event) => {
      event.preventDefault();
      if (!this.#input.disabled && this.#input.offsetParent) this.#add([...(event.dataTransfer?.files ?? [])]);
    });
  }

  /**
   * Return the files to seal, once all are examined. Throws Failure if there are too many files, if they are too large,
   * or if a file cannot be sent as it is.
   * @returns {Enclosed[]}
   */
  enclosed() {
    const failure = this.#tooMuch();
    if (failure) throw failure;
    return together(this.#attached.map((each) => () => each.enclosed(this.#names.checked)));
  }

  /** Resolve once all files are examined, or at once if there are too many files or the files are too large. */
  async examined() {
    // Files may be added while others are examined.
    while (!this.#isExamined) await this.#looking;
  }

  /**
   * After a press of `button`, wait until all files are examined, and meanwhile show that the page is waiting. Return
   * true if the person waited. Return false as soon as the person does something else.
   * @param {HTMLElement} button that was pressed
   * @returns {Promise<boolean>}
   */
  async personWaits(button) {
    if (this.#isExamined) return true;
    settle(); // the space for the text
    this.#waiting.classList.remove(RESERVED);
    try {
      return await personWaits(this.examined(), button);
    } finally {
      this.#waiting.classList.add(RESERVED);
    }
  }

  get #isExamined() {
    return this.#tooMuch() !== null || this.#attached.every(({ isExamined }) => isExamined);
  }

  /** The field with which files are added. */
  get input() {
    return this.#input;
  }

  get isEmpty() {
    return this.#attached.length === 0;
  }

  /** @param {boolean} busy whether the list must not change */
  lock(busy) {
    for (const input of [this.#input, this.#camera, this.#names]) input.disabled = busy;
    const controls = this.#list.querySelectorAll(/** @type {"input"} */ ("button, input"));
    for (const control of controls) control.disabled = busy;
  }

  /** Remove all files. The page closes the gap after a moment, and the content below does not move on the screen. */
  clear() {
    const rows = this.#attached.map(({ row }) => row);
    for (const each of this.#attached) each.abandon();
    this.#attached = [];
    this.#names.checked = false;
    for (const row of rows) row.classList.add(REMOVED);
    whenStill(() => steadily(this.#list.closest(".field")?.nextElementSibling, () => {
      for (const row of rows) row.remove();
      this.#tellNow([]);
    }));
  }

  /** @param {readonly File[]} files */
  #add(files) {
    const filled = files.filter((file) => file.size > 0);
    for (const file of filled) {
      this.#added += 1;
      const attachment = new Attachment(file, `${this.#input.id}-${this.#added}`, () => this.#remove(attachment));
      this.#attached.push(attachment);
      whenStill(() => this.#attached.includes(attachment) && this.#list.append(attachment.row));
      this.#looking = this.#looking.then(() => attachment.inspect());
    }
    if (filled.length) this.#changed();
    this.#tell(files.filter((file) => file.size === 0));
  }

  /** @param {Attachment} attachment */
  #remove(attachment) {
    attachment.abandon();
    this.#attached = this.#attached.filter((each) => each !== attachment);
    attachment.row.classList.add(REMOVED);
    whenStill(() => attachment.row.remove());
    this.#changed();
    this.#tell([]);
    this.#input.focus();
  }

  /** Announce that the person has changed the list, so that an error about the earlier list is no longer shown. */
  #changed() {
    this.#input.dispatchEvent(new CustomEvent("input", { bubbles: true }));
  }

  /**
   * Show the size of all files and the time to send them, or why they cannot be sent.
   * @param {readonly File[]} empty files that were refused
   */
  #tell(empty) {
    whenStill(() => this.#tellNow(empty));
  }

  /** @param {readonly File[]} empty */
  async #tellNow(empty) {
    this.#list.hidden = this.isEmpty;
    // Without files, this text must be empty. Otherwise, a change of the language would show the text even on a page
    // that never had files.
    this.#waiting.textContent = this.isEmpty ? "" : say("files-waiting");
    this.#waiting.hidden = this.isEmpty;
    this.#names.closest("label")?.toggleAttribute("hidden", this.isEmpty);
    const left = empty.map(({ name }) => say("file-empty", { name }));
    const failure = this.#tooMuch();
    const count = this.#attached.length;
    const total = count ? say("files-total", { count, total: size(this.#total) }) : "";
    const about = failure ? say(failure.code, failure.values) : total;
    this.#note.textContent = [...left, about].join(" ");
    this.#note.className = left.length || failure ? "wrong" : "hint";
    if (failure || total === "") return;
    const seconds = this.#total / (await (this.#speed ??= sealSpeed()));
    const unchanged = this.#note.textContent === [...left, about].join(" ");
    if (unchanged && seconds > LONG_SECONDS) this.#note.append(" ", say("sealing-takes", { time: duration(seconds) }));
  }

  get #total() {
    return this.#attached.reduce((sum, { file }) => sum + file.size, 0);
  }

  /** @returns {Failure | null} */
  #tooMuch() {
    if (this.#attached.length > MOST) return new Failure("too-many-files", { most: MOST }, [this.#input]);
    return this.#total > MOST_BYTES ? new Failure("files-too-large", { total: size(this.#total) }, [this.#input]) : null;
  }
}

/**
 * Yield the bytes of a file in pieces. A piece stays valid until the caller requests the second piece after it. Throws
 * Failure if the file can no longer be read.
 * @param {Enclosed} enclosed
 * @returns {AsyncGenerator<Uint8Array, void, void>}
 */
export async function* pieces({ blob, patches, shown }) {
  let before = new Uint8Array(0);
  try {
    // Read a slice, because in Firefox, a read of the whole file would include bytes appended in the meantime.
    for await (const bytes of patched(streamed(blob.slice(0, blob.size)), patches)) {
      const own = bytes.slice();
      yield own;
      // Parts of the last piece may still wait to be sealed. The previous piece is sealed completely.
      release(before);
      before = own;
    }
  } catch {
    throw new Failure("file-unreadable", { name: shown });
  }
}
