/* What of the two plots can be computed without them: ranges and sizes. */

const SIZES = new Set(["size", "width", "l", "r", "t", "b"]); // of text, lines and margins

/**
 * Choose the range of the accuracy axis that shows its values large, within 0 to 1.
 *
 * @param {readonly unknown[]} ends accuracies at the ends of epochs
 * @param {readonly unknown[]} steps accuracies in between, for as long as no epoch has ended
 * @returns {[number, number]}
 */
export function rangeOfData(ends, steps) {
  let values = ends.filter(isNumber);
  if (!values.length) values = steps.filter(isNumber);
  if (!values.length) return [0, 1];
  const low = Math.min(...values);
  const high = Math.max(...values);
  const margin = Math.max((high - low) * 0.08, 0.002);
  return [Math.max(low - margin, 0), Math.min(high + margin, 1)];
}

/**
 * Check that a value is there and a number; the browser's own function takes null for 0.
 *
 * @param {unknown} value
 * @returns {value is number}
 */
const isNumber = (value) => Number.isFinite(value);

/**
 * Copy sizes from one figure's part to another's of the same shape, and nothing else.
 *
 * @param {Record<string, any>} from
 * @param {Record<string, any>} to
 */
export function copySizes(from, to) {
  for (const [name, value] of Object.entries(from)) {
    if (SIZES.has(name) && typeof value === "number") to[name] = value;
    else if (value && typeof value === "object" && to[name]) copySizes(value, to[name]);
  }
}
