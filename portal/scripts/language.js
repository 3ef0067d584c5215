// @ts-check
/**
 * Switch the language of the page in place, so that everything typed and chosen stays, and nothing is stored.
 *
 * The page in the other language is fetched like any page. It is made from the same template, so its texts can replace
 * ours, element by element. A script that has written a text writes it again in the new language (translated.js).
 */

import { isMade, write } from "./dom.js";
import { explain, Failure } from "./failure.js";
import { clearAll } from "./guarded.js";
import { Offline } from "./http.js";
import { whenStill } from "./still.js";
import { sayAgain } from "./translated.js";

/** The attributes whose values differ between languages. */
const ATTRIBUTES = ["aria-label", "data-begin", "data-covered", "data-leave", "data-left", "data-text", "href", "hreflang", "lang"];

/** Whether anything was typed or chosen on this page. */
let isUsed = false;

/** @typedef {[ours: Node, theirs: Node]} Pair */

/**
 * From now on, links to this page in another language switch the language in place.
 * @param {string} place id of the element for the error if the language cannot be switched
 */
export function switchLanguages(place) {
  let path = location.pathname;
  addEventListener("input", () => (isUsed = true));
  // Earlier entries of the tab's history still have the address of the other language.
  addEventListener("popstate", () => {
    if (location.pathname !== path) history.replaceState(history.state, "", path);
  });
  document.addEventListener("click", async (event) => {
    const link = event.target instanceof Element ? event.target.closest("a[hreflang]") : null;
    const isPlain = !(event.ctrlKey || event.metaKey || event.shiftKey || event.altKey);
    if (!(link instanceof HTMLAnchorElement) || !isPlain) return;
    event.preventDefault();
    if (await switchTo(link, place)) path = location.pathname;
  });
}

/**
 * @param {HTMLAnchorElement} link
 * @param {string} place
 * @returns {Promise<boolean>} whether the page has the other language now
 */
async function switchTo(link, place) {
  const { href, pathname } = link;
  try {
    const theirs = await fetchPage(href);
    const pairs = matched(document.body, theirs.body);
    if (!pairs || !isSameForm(theirs.documentElement)) {
      // The other page comes from another version. To load it would lose the receipt, the open case or the text, and
      // not every browser asks first.
      if (isUsed) throw new Failure("language-differs");
      location.replace(href);
      return false;
    }
    clearAll();
    write(place, "");
    for (const pair of pairs) translate(...pair);
    document.documentElement.lang = theirs.documentElement.lang;
    document.title = theirs.title;
    history.replaceState(history.state, "", pathname);
    sayAgain();
    return true;
  } catch (error) {
    // The place is above the form.
    whenStill(() => write(place, explain(error)));
    return false;
  }
}

/**
 * Return another page, whose scripts do not run. Throws Offline.
 * @param {string} address
 * @returns {Promise<Document>}
 */
function fetchPage(address) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest(); // `fetch` does not parse; the policy forbids other parsers
    request.responseType = "document";
    request.onload = () => (request.status === 200 && request.responseXML ? resolve(request.responseXML) : reject(new Offline()));
    request.onerror = () => reject(new Offline());
    request.open("GET", address);
    request.send();
  });
}

/** @param {HTMLElement} root of another page */
function isSameForm({ dataset }) {
  const ours = document.documentElement.dataset;
  return ["deployment", "rootKey", "questionnaire", "version", "hash"].every((name) => ours[name] === dataset[name]);
}

/**
 * Return each node of our page with the node at the same place on the other page; omit nodes that scripts made or
 * filled.
 * @param {Element} ours
 * @param {Element} theirs
 * @returns {Pair[] | null} null if the pages differ in more than their texts
 */
function matched(ours, theirs) {
  /** @type {Pair[]} */
  const pairs = [[ours, theirs]];
  const others = [...theirs.childNodes];
  // The parser reads the content of this element as elements if scripts are off, and as text if they are on.
  if (others.length === 0 || ours.tagName === "NOSCRIPT") return pairs;
  const own = [...ours.childNodes].filter((node) => !isMade(node));
  if (own.length !== others.length) return null;
  for (const [at, node] of own.entries()) {
    const other = /** @type {ChildNode} */ (others[at]);
    if (node.nodeName !== other.nodeName) return null;
    const below = node instanceof Element ? matched(node, /** @type {Element} */ (other)) : [/** @type {Pair} */ ([node, other])];
    if (!below) return null;
    pairs.push(...below);
  }
  return pairs;
}

/**
 * @param {Node} ours
 * @param {Node} theirs
 */
function translate(ours, theirs) {
  if (!(ours instanceof Element)) {
    ours.nodeValue = theirs.nodeValue;
    return;
  }
  for (const name of ATTRIBUTES) {
    const value = /** @type {Element} */ (theirs).getAttribute(name);
    if (value !== null) ours.setAttribute(name, value);
  }
}
