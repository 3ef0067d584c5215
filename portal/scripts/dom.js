// @ts-check
/** Functions that change the page: text and elements only, never markup. */

/** @typedef {Node | string} Child */

/**
 * Return the element with this id and class, which the page must have.
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

/** @type {WeakSet<Node>} */
const made = new WeakSet();

/**
 * Return whether this element was made by a script, and not by the page's template.
 * @param {Node} node
 */
export function isMade(node) {
  return made.has(node);
}

/**
 * Return a new element.
 * @param {string} tag
 * @param {Record<string, string>} attributes
 * @param {...Child} children
 * @returns {HTMLElement}
 */
export function element(tag, attributes = {}, ...children) {
  const each = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) each.setAttribute(name, value);
  each.append(...children);
  made.add(each);
  return each;
}

/**
 * Show or hide the element with this id.
 * @param {string} id
 * @param {boolean} shown
 */
export function show(id, shown = true) {
  byId(id).hidden = !shown;
}

/**
 * Show `text` in the element with this id, or hide the element if the text is empty.
 * @param {string} id
 * @param {string} text
 */
export function write(id, text) {
  byId(id).textContent = text;
  show(id, text !== "");
}

/**
 * Add or remove a text as the description of a field, for screen readers.
 * @param {Element} field
 * @param {string} id of the text
 * @param {boolean} [described]
 */
export function describe(field, id, described = true) {
  const others = (field.getAttribute("aria-describedby") ?? "").split(" ").filter((each) => each !== id);
  field.setAttribute("aria-describedby", [...others, ...(described ? [id] : [])].join(" ").trim());
}

/**
 * Call `act` whenever the element with this id is pressed, but not again before `act` is done. The press does not
 * submit a form.
 * @param {string} id
 * @param {() => unknown} act
 */
export function whenPressed(id, act) {
  let isBusy = false;
  byId(id).addEventListener("click", async (event) => {
    event.preventDefault();
    if (isBusy) return;
    isBusy = true;
    try {
      await act();
    } finally {
      isBusy = false;
    }
  });
}
