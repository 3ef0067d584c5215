// @ts-check
/** The channels that can receive a report: the channels of a keyring that are open today. */

import { byId, element, show } from "./dom.js";
import { Failure } from "./failure.js";
import { channel as find, checkDay, ClockBehind, intakeKey } from "./keyring.js";
import { fetchKeyring } from "./keyrings.js";
import { closedText, noteOn } from "./routes.js";
import { site } from "./site.js";
import { tellAlways } from "./translated.js";

/** @typedef {import("./keyring.js").Channel} Channel */
/** @typedef {import("./keyrings.js").Shown} Shown */
/** @typedef {import("./sealing.js").Address} Address */

/**
 * Throw Failure, KeyringExpired or ClockBehind unless at least one channel is open today.
 * @param {Shown} shown
 * @param {string} today
 */
export function checkOpen({ keyring }, today) {
  checkDay(keyring, today);
  if (!keyring.channels.some((each) => intakeKey(each, today))) throw new Failure("channel-closed");
}

/**
 * Return the address of this channel today; throws Failure, KeyringExpired or ClockBehind.
 * @param {Shown} shown
 * @param {string} id
 * @param {string} today
 * @returns {Address}
 */
export function addressOf({ keyring, seen }, id, today) {
  checkDay(keyring, today);
  const channel = find(keyring, id);
  if (!channel) throw new Failure("channel-not-listed");
  const key = intakeKey(channel, today);
  if (!key) throw new Failure("channel-closed");
  return { channel: id, key, keyring: seen };
}

/**
 * Return the address of this channel today according to the displayed keyring, or null if the channel is closed.
 * @param {Shown} shown
 * @param {string} today
 * @param {string} [id] of the first channel by default
 * @returns {Address | null}
 */
export function openAddress({ keyring, seen }, today, id = keyring.channels[0]?.id) {
  const channel = id && find(keyring, id);
  const key = channel && intakeKey(channel, today);
  return key ? { channel: channel.id, key, keyring: seen } : null;
}

/**
 * Return the address of this channel today. If the channel is no longer open in the displayed keyring, fetch a newer
 * keyring, because a page may stay open for days. Throws the errors of `addressOf` and `fetchKeyring`.
 * @param {Shown} shown
 * @param {string} id
 * @param {string} today
 * @returns {Promise<Address>}
 */
export async function freshAddress(shown, id, today) {
  try {
    return addressOf(shown, id, today);
  } catch (error) {
    if (error instanceof ClockBehind) throw error;
    return addressOf(await fetchKeyring(), id, today);
  }
}

/**
 * How an answer changes the offered channels: it leaves out the first channel, it preselects another channel or the
 * first channel, or it changes nothing.
 * @typedef {"only" | "first" | "none" | ""} Outside
 */

/** The choice of a channel, shown only if there is more than one channel. */
export class ChannelChoice {
  #list;
  #box;
  #missing;
  #madeByPerson = false;
  /** @type {HTMLElement[]} */
  #options = [];

  /**
   * @param {string} id of a fieldset; its list has the id plus `-list`
   * @param {string} missing the code of the error if no channel is chosen
   */
  constructor(id, missing) {
    this.#box = id;
    this.#missing = missing;
    this.#list = byId(`${id}-list`);
    this.#list.addEventListener("change", () => (this.#madeByPerson = true));
  }

  /**
   * @param {Shown} shown
   * @param {string} today
   */
  offer({ keyring }, today) {
    this.#options = keyring.channels.map((each) => this.#option(each, today));
    this.#arrange(this.#options);
    const [only, ...others] = this.#inputs();
    if (only && others.length === 0) only.checked = true;
  }

  /**
   * Preselect a channel until the person chooses one. An answer says whether the report may concern the readers of the
   * first channel. If so, another channel is preselected. If the report certainly concerns those readers, the first
   * channel is not offered (SPEC 6). Without an answer, a channel is preselected only if no other channel is offered.
   * @param {Outside} outside
   * @returns {boolean} whether there is such a channel
   */
  propose(outside) {
    const [first, ...others] = this.#options;
    const isAsked = outside === "only" || outside === "first";
    const isFound = others.some(isOpen);
    const isAlone = outside === "only" && isFound;
    const isLeft = outside === "only" && !isFound;
    this.#arrange(isAlone || !first ? others : isAsked ? [...others, first] : this.#options, isAlone || isLeft);
    // Never preselect the readers whom the report concerns, even if nobody else can receive the report.
    if (isLeft) this.#clear();
    else if (outside !== "" || this.#options.length === 1) this.#choose();
    return isFound || !isAsked;
  }

  /** Discard any choice, even a choice that the person made before saying whom the report concerns. */
  #clear() {
    this.#madeByPerson = false;
    for (const input of this.#inputs()) input.checked = false;
  }

  /** Preselect the first open channel, unless the person's choice is still offered. */
  #choose() {
    const offered = this.#inputs();
    const fitting = offered.find((input) => !input.disabled);
    if (!fitting || (this.#madeByPerson && offered.some((input) => input.checked))) return;
    // Also uncheck the channels that are not offered. If a channel were still checked when it is offered again, it
    // would uncheck the others.
    for (const option of this.#options) for (const input of option.querySelectorAll("input")) input.checked = input === fitting;
  }

  /**
   * Return the id of the chosen channel; throws Failure if no channel is chosen.
   * @returns {string}
   */
  get chosen() {
    const inputs = this.#inputs();
    const chosen = inputs.find((input) => input.checked);
    if (!chosen) throw new Failure(this.#missing, {}, inputs);
    return chosen.value;
  }

  #inputs() {
    return [...this.#list.querySelectorAll("input")];
  }

  /**
   * @param {readonly HTMLElement[]} options
   * @param {boolean} named whether to show the choice even for a single channel
   */
  #arrange(options, named = false) {
    this.#list.replaceChildren(...options);
    show(this.#box, options.length > (named ? 0 : 1));
  }

  /**
   * @param {Channel} channel
   * @param {string} today
   */
  #option(channel, today) {
    const { id, name } = channel;
    const input = /** @type {HTMLInputElement} */ (element("input", {
      type: "radio", name: this.#box, value: id, id: `${this.#box}-${id}`, autocomplete: "off",
    }));
    input.disabled = intakeKey(channel, today) === null;
    const said = () => {
      const hint = input.disabled ? `${closedText(channel, today)} ${noteOn(channel)}` : noteOn(channel);
      return [name[site.language], ...(hint ? [element("span", { class: "hint" }, hint)] : [])];
    };
    const text = element("span", {});
    tellAlways(() => text.replaceChildren(...said()));
    return element("label", { class: "choice" }, input, text);
  }
}

/** @param {HTMLElement} option */
function isOpen(option) {
  return option.querySelector("input:enabled") !== null;
}
