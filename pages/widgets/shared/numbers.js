/* Numbers as a person reads them, and numbers kept within bounds. */

/**
 * Write a count: 12,000.
 *
 * @param {number} number
 */
export const asCount = (number) => number.toLocaleString("en-GB");

/**
 * Write a share of something in per cent, with the rounding that the server has: 97.8 %.
 *
 * @param {number} part
 * @param {number} whole
 */
export const asPercent = (part, whole) => whole ? `${((part / whole) * 100).toFixed(1)} %` : "–";

/**
 * Move a number into a range.
 *
 * @param {number} number
 * @param {number} low
 * @param {number} high
 */
export const within = (number, low, high) => Math.min(high, Math.max(low, number));
