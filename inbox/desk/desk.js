// @ts-check
/**
 * The one script of the desk: it keeps what an officer types as a draft, warns before a session ends, and has
 * keys for the queue and the page of a case.
 *
 * Without it every page works: a form is kept when it is sent, and cases are chosen one by one.
 */

// So long after the last key a draft is kept, and so often "somebody types" is told, in milliseconds.
const PAUSE = 800;
const AWAKE = 20_000;
// From so many seconds on the end of a session is told, and so often it is asked how long it goes on, if it does.
const WARNING = 120;
const ASKING = 30;
// The end is told in steps of so many seconds.
const STEP = 30;
// What the answer to a draft means, by its status; any other is a refusal.
/** @type {Record<number, "kept" | "lost" | "long">} */
const OUTCOMES = { 204: "kept", 413: "long", 503: "lost" };
const HEADERS = { "Content-Type": "application/x-www-form-urlencoded" };
// A draft holds no passphrase and not how far the journal went. What the page says of its fields stays out, too:
// a draft may lack what the form needs in the end.
const NEVER = /^(as_of|of-page|passphrase|confirmation|ask-another)/;

/** One form whose fields are kept as they are typed. */
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
    // Not "change" as well: it comes as a field is left, when nothing is new and a button is about to be pressed.
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
      // The desk may be busy with a long task; what is typed meanwhile begins the time anew.
      this.isChanged = true;
      clearTimeout(this.timer);
      this.timer = setTimeout(() => this.keep(), 5 * PAUSE);
    }
  }

  /** Return what came of it; what is "refused" or "long" would be so once more. */
  async send() {
    const body = new URLSearchParams();
    for (const [name, value] of new FormData(this.form)) {
      if (typeof value === "string" && !NEVER.test(name)) {
        body.append(name, value);
      }
    }
    try {
      // A browser sends no more than 64 KiB for a page that is left.
      const keepalive = body.toString().length < 60_000;
      const answer = await fetch(this.place, { method: "POST", headers: HEADERS, body, keepalive, redirect: "manual" });
      return OUTCOMES[answer.status] ?? "refused";
    } catch {
      return "lost";
    }
  }
}

/** The session in which this page was shown: how long it goes on, and that somebody is there. */
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
    // Who comes back to this page may have left, or locked, on another one.
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
      // Nobody answers: the desk may have stopped. What is on the page stays until its time is over.
      if (this.left() <= 0) {
        this.leave();
      }
    } finally {
      this.isAsking = false;
    }
  }

  tick() {
    // Another page of the same session may have been used meanwhile, or have ended it.
    if (this.left() <= 0 || performance.now() / 1000 - this.asked > ASKING) {
      this.look();
    }
    this.show();
  }

  /** Ask how long this very session goes on; without an answer to that, the page is left. */
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
    // A screen reader reads each change: told by the second it would be noise.
    const seconds = STEP * Math.max(1, Math.ceil(this.left() / STEP));
    const said = seconds <= WARNING ? words.replace("{seconds}", String(seconds)) : "";
    if (this.text.textContent !== said) {
      this.text.textContent = said;
    }
    this.button.hidden = !isSession;
    this.form.hidden = !said;
  }

  /** Show nothing of a case to whoever comes by once the session is over. */
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

  /** Return what chooses all rows, or none. @param {string} label */
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

  /** Return which row has the focus, -1 if none has. */
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
 * Let keys do these things, and "?" show them; what one returns has the focus then.
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
 * The page of a case: keys lead to the cases beside it, and the part that is shown is told as such, also by the
 * address: asked for once more, the desk must not take for read what another part shows.
 */
class Case {
  /** @param {HTMLElement} panels */
  constructor(panels) {
    this.panels = panels;
    onKeys({ n: () => this.go("n"), p: () => this.go("p") });
    // What the address names is the target of a page only once that is there.
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

/** Tell whether what is pressed there is a letter of a text. @param {EventTarget | null} where */
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
