// @ts-check
/**
 * Marks of the entries that a page has in the history of its tab (back.js, leave.js). The marks reveal nothing about
 * what the person did.
 */

/** The entry that is added so that Back goes back one step. */
export const GUARD = "guard";
/**
 * The page's own entry while the guard follows it, and each entry from which the person leaves quickly. If the browser
 * loads such an entry, the person has already left the page, so show nothing.
 */
export const LEFT = "left";
/** The page's own entry, once the person went back to it from the guard. The browser's Forward leads to the guard. */
export const RETURNED = "returned";
