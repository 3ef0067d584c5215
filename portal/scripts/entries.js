// @ts-check
/**
 * Marks of the entries that a page has in the history of its tab (back.js, leave.js). The marks reveal nothing of what
 * the person did.
 */

/** The entry that is added so that Back goes back one step. */
export const GUARD = "guard";
/** The page's own entry while the guard follows it. It is loaded only once the page was left, and then shows nothing. */
export const LEFT = "left";
/** The page's own entry after a return from the guard, which is now ahead. */
export const RETURNED = "returned";
