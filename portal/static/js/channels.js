// @ts-check
/** Who a report may go to: the channels of a keyring that are open today. */

import { byId, element, show } from "./dom.js";
import { Failure } from "./failure.js";
import { channel as find, checkDay, intakeKey } from "./keyring.js";
import { site } from "./site.js";
import { say } from "./texts.js";

/** @typedef {import("./keyrings.js").Shown} Shown */
/** @typedef {import("./sealing.js").Address} Address */

/**
 * Throw Failure, KeyringExpired or ClockBehind unless some channel can be written to today.
 * @param {Shown} shown
 * @param {string} today
 */
export function checkOpen({ keyring }, today) {
  checkDay(keyring, today);
  if (!keyring.channels.some((each) => intakeKey(each, today))) throw new Failure("channel-closed");
}

/**
 * Return where a message to this channel goes today; throws Failure, KeyringExpired or ClockBehind.
 * @param {Shown} shown
 * @param {string} id
 * @param {string} today
 * @returns {Address}
 */
export function addressOf({ keyring, seen }, id, today) {
  checkDay(keyring, today);
  const channel = find(keyring, id);
  const key = channel && intakeKey(channel, today);
  if (!key) throw new Failure("channel-closed");
  return { channel: id, key, keyring: seen };
}

/** A choice of channels, shown only where there is one to make. */
export class ChannelChoice {
  #list;
  #box;

  /** @param {string} id of a fieldset; its list has the id with `-list` behind */
  constructor(id) {
    this.#box = id;
    this.#list = byId(`${id}-list`);
  }

  /**
   * @param {Shown} shown
   * @param {string} today
   */
  offer({ keyring }, today) {
    const options = keyring.channels.map((each) => this.#option(each, intakeKey(each, today) !== null));
    this.#list.replaceChildren(...options);
    const [only, ...others] = this.#inputs();
    if (only && others.length === 0) only.checked = true;
    show(this.#box, others.length > 0);
  }

  /**
   * Return the id of the channel chosen; throws Failure if there is none.
   * @returns {string}
   */
  get chosen() {
    const chosen = this.#inputs().find((input) => input.checked);
    if (!chosen) throw new Failure("no-channel-chosen");
    return chosen.value;
  }

  #inputs() {
    return [...this.#list.querySelectorAll("input")];
  }

  /**
   * @param {import("./keyring.js").Channel} channel
   * @param {boolean} open
   */
  #option({ id, name, note }, open) {
    const input = /** @type {HTMLInputElement} */ (element("input", {
      type: "radio", name: this.#box, value: id, id: `${this.#box}-${id}`, autocomplete: "off",
    }));
    input.disabled = !open;
    const hint = open ? note[site.language] : say("channel-closed-now");
    const label = element("label", { for: input.id }, name[site.language], element("span", { class: "hint" }, hint));
    return element("div", { class: "choice" }, input, label);
  }
}
