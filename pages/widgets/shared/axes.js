/* What of the two plots can be computed without them: heights, ranges, room and sizes. */

const SIZES = new Set(["size", "width", "l", "r", "t", "b"]); // of text, lines and margins

/**
 * @typedef {object} AccuracyAxis tables of charts/accuracy_axis.py, which explains them
 * @property {string} title
 * @property {number[]} lines accuracies that have a line
 * @property {[number, number][]} places accuracies and their heights
 * @property {number} fewest_spaces
 * @property {number} margin
 * @property {Record<string, unknown>} ticks for Plotly
 */

/**
 * Return how high an accuracy is drawn; null where there is none.
 *
 * @param {AccuracyAxis} axis
 * @param {unknown} accuracy
 */
export function heightOn({ places }, accuracy) {
  if (!isNumber(accuracy)) return null;
  let below = 0;
  let above = places.length - 1;
  if (accuracy <= places[below][0]) return places[below][1];
  if (accuracy >= places[above][0]) return places[above][1];
  while (above - below > 1) {
    const middle = (below + above) >> 1;
    if (places[middle][0] < accuracy) below = middle;
    else above = middle;
  }
  const [[low, bottom], [high, top]] = [places[below], places[above]];
  return bottom + ((accuracy - low) / (high - low)) * (top - bottom);
}

/**
 * Choose how much of the axis is shown: whole spaces between lines, with all the accuracies.
 *
 * @param {AccuracyAxis} axis
 * @param {readonly unknown[]} accuracies
 * @returns {[number, number]} the heights at the bottom and at the top
 */
export function rangeOn(axis, accuracies) {
  const { lines, margin, fewest_spaces: fewest } = axis;
  const known = accuracies.filter(isNumber);
  const last = lines.length - 1;
  let low = 0;
  let high = last;
  if (known.length) {
    const [lowest, highest] = [Math.min(...known), Math.max(...known)];
    low = Math.max(lines.findLastIndex((line) => line <= lowest), 0);
    const reached = lines.findIndex((line) => line >= highest);
    if (reached >= 0) high = reached;
  }
  high = Math.max(high, Math.min(low + fewest, last)); // room to rise into
  low = Math.min(low, Math.max(high - fewest, 0));
  const [bottom, top] = [low, high].map((line) => Number(heightOn(axis, lines[line])));
  const room = margin * (top - bottom);
  return [bottom - room, top + room];
}

/**
 * Choose the range of the loss axis: from 0 to a little above the highest of the losses.
 *
 * @param {readonly unknown[]} losses
 * @returns {[number, number]}
 */
export function rangeOfLoss(losses) {
  const highest = Math.max(0, ...losses.filter(isNumber));
  return [0, highest ? highest * 1.08 : 1];
}

/** @typedef {{ total: number, count: number }} Group notes that touch: their places, summed up */

/**
 * Move notes that would stand on each other apart, each as little as that takes.
 *
 * @param {readonly { place: number, size: number }[]} notes their middle and their height, in pixels
 * @returns {number[]} by how much each is moved
 */
export function movedApart(notes) {
  const order = [...notes.keys()].sort((one, other) => notes[one].place - notes[other].place);
  const rooms = notes.map(() => 0); // from the middle of the lowest note, where all of them touch
  /** @type {Group[]} */
  const groups = [];
  order.forEach((note, index) => {
    const below = order[index - 1];
    if (index) rooms[note] = rooms[below] + (notes[below].size + notes[note].size) / 2;
    /** @type {Group} */
    let group = { total: notes[note].place - rooms[note], count: 1 };
    while (groups.length && middleOf(groups[groups.length - 1]) > middleOf(group)) {
      const { total, count } = /** @type {Group} */ (groups.pop());
      group = { total: group.total + total, count: group.count + count };
    }
    groups.push(group);
  });
  const places = groups.flatMap((group) => Array(group.count).fill(middleOf(group)));
  const moved = notes.map(() => 0);
  order.forEach((note, index) => {
    moved[note] = places[index] + rooms[note] - notes[note].place;
  });
  return moved;
}

/** @param {Group} group */
const middleOf = ({ total, count }) => total / count;

/**
 * Check that a value is there and a number; the browser's own function takes null for 0.
 *
 * @param {unknown} value
 * @returns {value is number}
 */
export const isNumber = (value) => Number.isFinite(value);

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
