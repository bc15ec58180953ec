/* Strokes as lines: rows of points from 0 to 1, drawn round and smooth. */

import { penOf } from "../shared/digit_image.js";

/** @typedef {[number, number]} Point right and down, 0 to 1 */
/** @typedef {{ width: number, points: Point[] }} Stroke its width is a share of the field's */

/**
 * Draw strokes black on white.
 *
 * @param {HTMLCanvasElement} canvas a square
 * @param {readonly Stroke[]} strokes
 */
export function drawStrokes(canvas, strokes) {
  const pen = penOf(canvas);
  const side = canvas.width;
  pen.fillStyle = "white";
  pen.fillRect(0, 0, side, side);
  pen.strokeStyle = "black";
  pen.lineCap = pen.lineJoin = "round";
  for (const { width, points } of strokes) {
    pen.lineWidth = width * side;
    pen.stroke(curveOf(points, side));
  }
}

/**
 * Round the corners: a curve through the middles between points. A single point is a dot.
 *
 * @param {readonly Point[]} points
 * @param {number} side in pixels
 */
function curveOf(points, side) {
  const path = new Path2D();
  const [first, ...rest] = points.map(([x, y]) => [x * side, y * side]);
  path.moveTo(first[0], first[1]);
  if (!rest.length) path.lineTo(first[0] + 0.01, first[1]);
  rest.forEach(([x, y], index) => {
    const next = rest[index + 1];
    if (next) path.quadraticCurveTo(x, y, (x + next[0]) / 2, (y + next[1]) / 2);
    else path.lineTo(x, y);
  });
  return path;
}

/**
 * Return strokes as they are sent: each its width and its points, to a ten-thousandth of the field.
 * The server draws them: a browser may falsify what a canvas gives back.
 *
 * @param {readonly Stroke[]} strokes
 * @returns {[number, Point[]][]}
 */
export function packed(strokes) {
  const rounded = (/** @type {number} */ place) => Math.round(place * 1e4) / 1e4;
  return strokes.map(({ width, points }) => [
    width,
    points.map(([x, y]) => [rounded(x), rounded(y)]),
  ]);
}
