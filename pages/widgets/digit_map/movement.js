/* Points on their way from where they were to where they belong. */

/** @typedef {(number | null)[]} Numbers */

/**
 * What is drawn at places of the map.
 *
 * @typedef {object} Scene
 * @property {Numbers} x of the points
 * @property {Numbers} y of the points
 * @property {Numbers} cx of the centres of the ten digits; null where there is none
 * @property {Numbers} cy
 * @property {Numbers | null} shown the ring
 */

/**
 * Return numbers on the way from some to others; one without a start or an end is at its end.
 *
 * @template {Numbers | null} Ends
 * @param {Numbers | null} from
 * @param {Ends} to
 * @param {number} share of the way, 0 to 1
 * @returns {Ends}
 */
export function between(from, to, share) {
  if (!from || !to) return to;
  const numbers = to.map((end, index) => {
    const start = from[index] ?? end;
    return end === null || start === null ? end : start + (end - start) * share;
  });
  return /** @type {Ends} */ (numbers);
}

/**
 * Return the scene on its way from one to another: slow at both ends.
 *
 * @param {Scene} from
 * @param {Scene} to
 * @param {number} share of the time, 0 to 1
 * @returns {Scene}
 */
export function onTheWay(from, to, share) {
  const eased = share * share * (3 - 2 * share);
  return {
    x: between(from.x, to.x, eased),
    y: between(from.y, to.y, eased),
    cx: between(from.cx, to.cx, eased),
    cy: between(from.cy, to.cy, eased),
    shown: between(from.shown, to.shown, eased),
  };
}

/**
 * Check whether all points have the same places.
 *
 * @param {Scene} one
 * @param {Scene} other
 */
export const isSamePlace = (one, other) =>
  String(one.x) === String(other.x) && String(one.y) === String(other.y);
