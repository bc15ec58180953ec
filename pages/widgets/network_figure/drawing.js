/* Draws what layout.js laid out: elements are kept and changed, so that nothing flickers. */

import { part } from "../shared/mounting.js";
import { keep, set } from "../shared/svg.js";

/** @import { Edge, Laid, LaidLayer, LaidNode, Point, Text } from "./layout.js" */

/** @param {SVGElement} svg @param {Laid} laid */
export function draw(svg, { size, look, picture, layers, edges, fan }) {
  set(svg, { viewBox: `0 0 ${size.width} ${size.height}` });
  svg.style.maxWidth = look.most;
  const corners = fan.map(({ x, y }) => [x, y]);
  keep(svg, "path.network-fan", [{ d: fan.length ? `M${corners}Z` : "" }], set);
  keep(svg, "image.network-picture", [picture], set);
  keep(svg, "rect.network-frame", [picture], set);
  keep(part(svg, "edges"), "path.network-edge", edges.map(attributesOf), set);
  const origins = edges.filter(({ into }) => into === 0).map(({ points: [{ x, y }], ...edge }) => ({
    ...{ cx: x, cy: y, r: 1 + picture.width / 60 },
    class: classesOf("origin", edge),
  }));
  keep(part(svg, "origins"), "circle.network-origin", origins, set);
  keep(part(svg, "layers"), "g.network-layer", layers, (group, layer, index) => {
    drawLayer(group, layer);
    keep(group, "g.network-node", layer.nodes, (node, laid) => {
      drawNode(node, laid, `${index}-${laid.number}`, size.radius, look.outline);
    });
    keep(group, "g.network-bar", layer.bars, drawBar);
  });
}

/** @type {(points: Point[]) => string} a path from the first to the second, from the third ... */
const lines = (points) =>
  points.map(({ x, y }, index) => `${index % 2 ? "L" : "M"}${x} ${y}`).join("");

/** @param {Edge} edge */
const attributesOf = ({ points, strength, ...edge }) => ({
  d: lines(points),
  class: classesOf("edge", edge),
  "stroke-width": strength === undefined ? 0.75 : 0.6 + 5 * strength ** 1.5,
  "stroke-opacity": strength === undefined ? 0.28 : 0.6,
});

/** @type {(name: string, edge: Partial<Edge>) => string} */
const classesOf = (name, { is_negative, is_of_chosen }) =>
  `network-${name} ${is_negative ? "is-negative" : ""} ${is_of_chosen ? "is-of-chosen" : ""}`;

/** @param {SVGElement} group @param {LaidLayer} layer */
function drawLayer(group, { words, area, texts, dots }) {
  if (words) {
    set(group, { tabindex: 0, role: "img", "aria-label": words, cursor: "help" });
    keep(group, "title", [words], (title) => title.textContent = words);
    keep(group, "rect.network-area", [{ ...area, rx: 8, fill: "transparent" }], set);
  }
  keep(group, "g.network-texts", [texts], (part, items) => keep(part, "text", items, drawText));
  keep(group, "circle.network-dots", dots, (dot, { x, y }) => set(dot, { cx: x, cy: y, r: 2 }));
}

/** @type {(g: SVGElement, node: LaidNode, key: string, r: number, outline: number) => void} */
function drawNode(group, node, key, r, outline) {
  const { x, y, label, looks = "", strength = 0, words } = node;
  set(group, { class: `network-node ${looks}`, style: `--strength: ${strength}` });
  const circle = { cx: x, cy: y, r };
  keep(group, "circle.network-disc", [{ ...circle, "stroke-width": outline }], set);
  keep(group, "text", label.words ? [label] : [], drawText);
  if (!words) return;
  group.dataset.node = key;
  const state = { "aria-label": words, "aria-pressed": Boolean(node.is_chosen) };
  set(group, { role: "button", cursor: "pointer", ...state });
  const reach = r + 3;
  const box = { x: x - reach, y: y - reach, width: 2 * reach, height: 2 * reach };
  keep(group, "rect.network-box", [box], set);
  const cross = `M${x - reach} ${y + reach}l${2 * reach} ${-2 * reach}`;
  keep(group, "path.network-cross", [{ d: cross }], set);
  keep(group, "circle.network-ring", [{ ...circle, r: r + 4 }], set);
}

/** @param {SVGElement} group @param {LaidLayer["bars"][0]} bar */
function drawBar(group, { verdict, bar, before, text }) {
  set(group, { class: `network-bar ${verdict && `is-${verdict}`}`, "aria-hidden": true });
  keep(group, "path", [bar, before], (path, points, index) => {
    set(path, { d: lines(points), "stroke-width": index ? 2.5 : 16 });
  });
  keep(group, "text", [text], drawText);
}

/** @param {SVGElement} element @param {Text} text */
function drawText(element, { words, ...place }) {
  set(element, place);
  element.textContent = words;
}
