// @ts-check
/** Give posts to people in their order, so that as many as possible get one (docs/draws.md, 11.4). */

/**
 * Return the post of each person or -1, so that as many as possible get one (11.4).
 * @param {number[][]} fitting
 */
export function matched(fitting) {
  /** @type {Map<number, number>} */
  let holder = new Map();
  const placed = [...fitting.keys()].filter((person) => place(person, fitting, holder, new Set()));
  /** @type {number[]} */
  const given = fitting.map(() => -1);
  for (const person of placed) {
    for (const post of fitting[person] ?? []) {
      const after = given.includes(post) ? null : taken(person, post, fitting, holder, given);
      if (!after) continue;
      holder = after;
      given[person] = post;
      break;
    }
  }
  return given;
}

/**
 * Return who holds each post if a person takes this one, or null if somebody would be left without.
 * @param {number} person
 * @param {number} post
 * @param {number[][]} fitting
 * @param {Map<number, number>} holder
 * @param {number[]} given
 */
function taken(person, post, fitting, holder, given) {
  const after = new Map([...holder].filter(([, other]) => other !== person)).set(post, person);
  const other = holder.get(post) ?? person;
  return other === person || place(other, fitting, after, new Set([...given, post])) ? after : null;
}

/**
 * Give a person a post, moving others if needed; `seen` are posts that are tried or taken.
 * @param {number} person
 * @param {number[][]} fitting
 * @param {Map<number, number>} holder
 * @param {Set<number>} seen
 * @returns {boolean}
 */
function place(person, fitting, holder, seen) {
  for (const post of fitting[person] ?? []) {
    if (seen.has(post)) continue;
    seen.add(post);
    const other = holder.get(post);
    if (other === undefined || place(other, fitting, holder, seen)) {
      holder.set(post, person);
      return true;
    }
  }
  return false;
}
