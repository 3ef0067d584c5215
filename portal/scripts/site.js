// @ts-check
/** The page's own data: language, deployment, root key, questionnaire, and the deadlines that the law promises. */

import * as base64url from "./base64url.js";

/**
 * @typedef {object} Site
 * @property {import("./casetoken.js").Language} language
 * @property {Uint8Array} deployment 16 bytes
 * @property {Uint8Array} rootKey 32 bytes
 * @property {{ id: string, version: number, hash: Uint8Array }} questionnaire
 * @property {{ received: string, answered: string, daysOff: string }} promised the deadlines for confirmation and for an answer (days.js)
 */

/** @type {Site} */
export const site = read(document.documentElement);

/**
 * @param {HTMLElement} root
 * @returns {Site}
 */
function read(root) {
  const { deployment = "", rootKey = "", questionnaire = "", version = "", hash = "", received = "", answered = "", daysOff = "" } = root.dataset;
  return {
    // The report page can change its language (language.js).
    get language() {
      return root.lang === "fr" ? "fr" : "en";
    },
    deployment: base64url.decode(deployment),
    rootKey: base64url.decode(rootKey),
    questionnaire: { id: questionnaire, version: Number(version), hash: base64url.decode(hash) },
    promised: { received, answered, daysOff },
  };
}
