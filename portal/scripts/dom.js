// @ts-check
/** The few ways in which a page changes what it shows: text and elements only, never markup. */

/** @typedef {Node | string} Child */

/**
 * Return the element of this id, which the page has and which is of this class.
 * @template {HTMLElement} [T=HTMLElement]
 * @param {string} id
 * @param {new () => T} [kind]
 * @returns {T}
 */
export function byId(id, kind = /** @type {new () => any} */ (HTMLElement)) {
  const found = document.getElementById(id);
  if (!(found instanceof kind)) throw new TypeError(`page has no ${kind.name} #${id}`);
  return found;
}

/**
 * Return a new element.
 * @param {string} tag
 * @param {Record<string, string>} attributes
 * @param {...Child} children
 * @returns {HTMLElement}
 */
export function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...children);
  return made;
}

/**
 * Show or hide the element of this id.
 * @param {string} id
 * @param {boolean} shown
 */
export function show(id, shown = true) {
  byId(id).hidden = !shown;
}

/**
 * Put `text` in the element of this id and show it, or hide it if there is none.
 * @param {string} id
 * @param {string} text
 */
export function write(id, text) {
  byId(id).textContent = text;
  show(id, text !== "");
}

/**
 * Have a text describe a field, for screen readers, or no longer.
 * @param {Element} field
 * @param {string} id of the text
 * @param {boolean} [described]
 */
export function describe(field, id, described = true) {
  const others = (field.getAttribute("aria-describedby") ?? "").split(" ").filter((each) => each !== id);
  field.setAttribute("aria-describedby", [...others, ...(described ? [id] : [])].join(" ").trim());
}

/**
 * Do `act` whenever the element of this id is pressed; a form is not sent.
 * @param {string} id
 * @param {() => unknown} act
 */
export function whenPressed(id, act) {
  byId(id).addEventListener("click", (event) => {
    event.preventDefault();
    act();
  });
}
