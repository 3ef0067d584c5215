// @ts-check
/**
 * The only script of the desk. It saves what an officer types as a draft, warns before a session ends, and
 * provides keys for the queue and for the page of a case.
 *
 * Every page works without it: a form is saved when it is sent, and cases are selected one by one.
 */

// Save a draft this long after the last key, in milliseconds.
const PAUSE = 800;
// While somebody types, report this to the desk at most this often, in milliseconds.
const AWAKE = 20_000;
// Warn when the session ends within this many seconds.
const WARNING = 120;
// Ask at least this often how long the session lasts, in seconds.
const ASKING = 30;
// The warning counts down in steps of this many seconds.
const STEP = 30;
// The meaning of the answer to a draft, by its status. Any other status is a refusal.
/** @type {Record<number, "kept" | "lost" | "long">} */
const OUTCOMES = { 204: "kept", 413: "long", 503: "lost" };
const HEADERS = { "Content-Type": "application/x-www-form-urlencoded" };
// A draft contains neither a passphrase nor the number of the last journal entry. It also omits the page's
// requirements for its fields, which an unfinished draft may not meet.
const NEVER = /^(as_of|of-page|passphrase|confirmation|ask-another)/;

/** A form whose fields are saved as a draft while somebody types. */
class Draft {
  /** @param {HTMLFormElement} form @param {HTMLElement} mark */
  constructor(form, mark) {
    this.form = form;
    this.output = /** @type {HTMLOutputElement} */ (mark.querySelector("output"));
    this.place = String(mark.dataset["draft"]);
    this.words = { ...mark.dataset };
    this.isChanged = false;
    /** @type {number | undefined} */
    this.timer = undefined;
    // Ignore "change": it fires when a field is left. Then nothing is new, and a button is about to be pressed.
    form.addEventListener("input", () => this.changed());
  }

  changed() {
    this.isChanged = true;
    this.output.value = "";
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.keep(), PAUSE);
  }

  async keep() {
    if (!this.isChanged) {
      return;
    }
    clearTimeout(this.timer);
    this.isChanged = false;
    const came = await this.send();
    if (!this.isChanged) {
      this.output.value = String(this.words[came]);
    }
    if (came === "lost") {
      // The desk may be busy with a long task. Typing in the meantime restarts the timer.
      this.isChanged = true;
      clearTimeout(this.timer);
      this.timer = setTimeout(() => this.keep(), 5 * PAUSE);
    }
  }

  /** Return the outcome. A draft that is "refused" or too "long" would fail again. */
  async send() {
    const body = new URLSearchParams();
    for (const [name, value] of new FormData(this.form)) {
      if (typeof value === "string" && !NEVER.test(name)) {
        body.append(name, value);
      }
    }
    try {
      // Once a page is left, a browser sends at most 64 KiB for it.
      const keepalive = body.toString().length < 60_000;
      const answer = await fetch(this.place, { method: "POST", headers: HEADERS, body, keepalive, redirect: "manual" });
      return OUTCOMES[answer.status] ?? "refused";
    } catch {
      return "lost";
    }
  }
}

/** The session of this page: tracks how long it lasts, and reports that somebody is there. */
class Session {
  /** @param {HTMLFormElement} form */
  constructor(form) {
    this.form = form;
    this.text = /** @type {HTMLElement} */ (form.querySelector("[role=alert]"));
    this.button = /** @type {HTMLButtonElement} */ (form.querySelector("button"));
    this.words = { ...form.dataset };
    this.asked = 0;
    this.isAsking = false;
    this.ends = { session: 0, inbox: 0 };
    this.awake = -AWAKE;
    this.read({ session: Number(this.words["session"]), inbox: Number(this.words["inbox"]) });
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.stay();
    });
    for (const what of ["keydown", "input"]) {
      document.addEventListener(what, (event) => this.typed(event));
    }
    // An officer who returns to this page may have signed out, or locked the inbox, on another page.
    addEventListener("focus", () => this.look());
    document.addEventListener("visibilitychange", () => this.look());
    this.timer = setInterval(() => this.tick(), 1000);
  }

  /** @param {{ session: number, inbox: number }} left */
  read(left) {
    const now = performance.now() / 1000;
    this.asked = now;
    this.ends = { session: now + left.session, inbox: now + left.inbox };
    this.show();
  }

  /** @param {Event} event */
  typed(event) {
    if (event.isTrusted && performance.now() - this.awake > AWAKE) {
      this.stay();
    }
  }

  async stay() {
    this.awake = performance.now();
    await this.ask(this.form.action, new URLSearchParams(/** @type {any} */ (new FormData(this.form))));
  }

  /** @param {string} place @param {URLSearchParams | null} body */
  async ask(place, body = null) {
    this.asked = performance.now() / 1000;
    this.isAsking = true;
    const sent = body && { method: "POST", headers: HEADERS, body };
    try {
      const answer = await fetch(place, { ...sent, redirect: "manual" });
      if (answer.ok) {
        this.read(await answer.json());
      } else {
        this.leave();
      }
    } catch {
      // There was no answer: the desk may have stopped. Keep the page until the session's time is over.
      if (this.left() <= 0) {
        this.leave();
      }
    } finally {
      this.isAsking = false;
    }
  }

  tick() {
    // Another page of the same session may have been used in the meantime, or may have ended it.
    if (this.left() <= 0 || performance.now() / 1000 - this.asked > ASKING) {
      this.look();
    }
    this.show();
  }

  /** Ask how long this same session lasts. If the desk answers anything else, leave the page. */
  look() {
    if (!this.isAsking) {
      this.ask(String(this.words["ask"]));
    }
  }

  left() {
    return Math.min(this.ends.session, this.ends.inbox) - performance.now() / 1000;
  }

  show() {
    const isSession = this.ends.session <= this.ends.inbox;
    const words = String(isSession ? this.words["ending"] : this.words["locking"]);
    // A screen reader reads out each change: one every second would be noise.
    const seconds = STEP * Math.max(1, Math.ceil(this.left() / STEP));
    const said = seconds <= WARNING ? words.replace("{seconds}", String(seconds)) : "";
    if (this.text.textContent !== said) {
      this.text.textContent = said;
    }
    this.button.hidden = !isSession;
    this.form.hidden = !said;
  }

  /** Leave the page, so that a passer-by sees nothing of a case once the session is over. */
  leave() {
    clearInterval(this.timer);
    location.replace(String(this.words["out"]));
  }
}

/** The rows of a list, and the keys that move among them. */
class Rows {
  /** @param {HTMLElement[]} rows */
  constructor(rows) {
    this.rows = rows;
    this.box = document.createElement("input");
    onKeys({
      "/": () => document.querySelector("#search"),
      j: () => this.step(1),
      k: () => this.step(-1),
      x: () => this.rows[this.at()]?.querySelector("input")?.click(),
      a: () => this.box.click(),
      b: () => document.querySelector("#many input:not([type=hidden]), #many button"),
    });
    const place = document.querySelector("[data-all]");
    if (place instanceof HTMLElement) {
      place.append(this.all(String(place.dataset["all"])));
    }
  }

  /** Return a checkbox that selects all rows, or none. @param {string} label */
  all(label) {
    const box = this.box;
    box.type = "checkbox";
    box.ariaLabel = label;
    box.addEventListener("change", () => {
      for (const each of this.boxes()) {
        each.checked = box.checked;
      }
    });
    document.addEventListener("change", () => {
      const chosen = this.boxes().filter((each) => each.checked).length;
      box.checked = chosen > 0 && chosen === this.boxes().length;
      box.indeterminate = chosen > 0 && !box.checked;
    });
    return box;
  }

  /** @returns {HTMLInputElement[]} */
  boxes() {
    return this.rows.flatMap((row) => [...row.querySelectorAll("input")]);
  }

  /** Return the index of the row that has the focus, or -1. */
  at() {
    return this.rows.findIndex((row) => row.contains(document.activeElement));
  }

  /** @param {number} way */
  step(way) {
    const next = Math.min(this.rows.length - 1, Math.max(0, this.at() + way));
    return this.rows[next]?.querySelector("a");
  }
}

/**
 * Bind keys to these actions, and "?" to the list of keys. An element that an action returns gets the focus.
 * @param {Record<string, () => unknown>} doing
 */
function onKeys(doing) {
  const keys = /** @type {HTMLDialogElement | null} */ (document.querySelector("dialog#keys"));
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey || isTyping(event.target)) {
      return;
    }
    const does = event.key === "?" ? () => keys?.showModal() : doing[event.key];
    if (does) {
      event.preventDefault();
      const reached = does();
      if (reached instanceof HTMLElement) {
        reached.focus();
      }
    }
  });
}

/**
 * The page of a case. Keys lead to the neighbouring cases. The link to the part that is shown is marked as current,
 * and the address names this part: if the page is reloaded, the desk must not count another part as read.
 */
class Case {
  /** @param {HTMLElement} panels */
  constructor(panels) {
    this.panels = panels;
    onKeys({ n: () => this.go("n"), p: () => this.go("p") });
    // The element that the address names becomes the target only once the page has loaded.
    for (const what of ["load", "hashchange"]) {
      addEventListener(what, () => this.told());
    }
  }

  /** @param {string} key */
  go(key) {
    const way = document.querySelector(`a[data-key="${key}"]`);
    if (way instanceof HTMLElement) {
      way.click();
    }
  }

  told() {
    for (const link of document.querySelectorAll(".tabs a[class]")) {
      const of = `.of-${link.classList[0]?.slice("to-".length)}`;
      const isShown = this.panels.querySelector(of)?.checkVisibility();
      link.ariaCurrent = isShown ? "true" : null;
      if (isShown && location.hash && link instanceof HTMLElement) {
        history.replaceState(null, "", `${link.dataset["at"]}${location.hash}`);
      }
    }
  }
}

/** Return whether a key pressed there is text input. @param {EventTarget | null} where */
function isTyping(where) {
  const text = "input:not([type=checkbox]):not([type=radio]), textarea, select, [contenteditable], dialog *";
  return where instanceof Element && where.matches(text);
}

/** @type {Draft[]} */
const drafts = [];
for (const mark of document.querySelectorAll("[data-draft]")) {
  const form = mark.closest("form");
  if (form && mark instanceof HTMLElement) {
    drafts.push(new Draft(form, mark));
  }
}
const keepAll = () => drafts.map((each) => each.keep());
document.addEventListener("visibilitychange", keepAll);
addEventListener("pagehide", keepAll);
const rows = /** @type {HTMLElement[]} */ ([...document.querySelectorAll("[data-row]")]);
if (rows.length > 0) {
  new Rows(rows);
}
const panels = document.querySelector(".panels");
if (panels instanceof HTMLElement) {
  new Case(panels);
}
const stay = document.querySelector("#stay");
if (stay instanceof HTMLFormElement) {
  new Session(stay);
}
