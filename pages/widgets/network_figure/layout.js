/* Where everything in the drawing of a network lies, as numbers; drawing.js puts it there.
 *
 * Wide, layers stand from left to right; upright, from top to bottom. Lengths are pixels where the
 * page's text has 17 of them. The network of settings has a size of its own and is shown as large
 * as there is room; one with a digit in it takes the room there is, and its text stays as it is.
 */

import { SIDE } from "../shared/digit_image.js";
import { within } from "../shared/numbers.js";

/**
 * What Python says of a network; of `texts`, `wide` and `tight` are above and below a layer.
 *
 * @typedef {{ layers: Layer[], connections?: Connection[][] }} Network
 * @typedef {{ wide: string[][], tight?: string[][], upright: string[] }} Texts
 * @typedef {{ words?: string, texts: Texts, nodes: Node[], has_dots?: boolean }} Layer
 * @typedef {{ label: string, number?: number, words?: string, is_chosen?: boolean,
 *   is_only_wide?: boolean, strength?: number, looks?: string, bar?: Bar }} Node
 * @typedef {{ share: number, before: number?, verdict: string, wide: string, upright: string }} Bar
 * @typedef {{ source: number, target: number, strength: number, is_negative: boolean,
 *   is_of_chosen: boolean }} Connection
 *
 * @typedef {{ x: number, y: number }} Point
 * @typedef {{ points: Point[], into: number } & Partial<Connection>} Edge one path, by its ends
 * @typedef {ReturnType<typeof text>} Text
 * @typedef {ReturnType<typeof formWithDigit>} Form
 * @typedef {ReturnType<typeof layOut>} Laid
 * @typedef {ReturnType<typeof layLayer>} LaidLayer
 * @typedef {LaidLayer["nodes"][0]} LaidNode
 */

const NARROW = 560;
const ABOVE = 285; // what the page has above the drawing of a network with a digit in it
const DIGIT = { fontSize: 16, outline: 1.5, most: "none" };

/** @type {(layers: number, upright: boolean) => Form} */
const formOfSettings = (layers, upright) =>
  upright
    ? {
      size: { width: 358, height: 82 + 100 * layers, radius: 6 },
      look: { fontSize: 15, outline: 2, most: "30rem" },
      picture: { x: 212, y: 2, width: 84, height: 84 },
      way: { first: 138, step: 100, middle: 254, pitch: () => 15.5 },
      words: { label: 20, left: 6, top: 0, bottom: () => 0 },
    }
    : {
      size: { width: 760, height: 446, radius: 9 },
      look: { fontSize: 16, outline: 2, most: "75rem" },
      picture: { x: 2, y: 152, width: 108, height: 108 },
      way: { first: 186, step: 514 / (layers - 1), middle: 206, pitch: () => 24 },
      words: { label: 24, left: 0, top: 14, bottom: () => 384 },
    };

/** @param {Layer[]} layers @param {boolean} upright @param {number} width @param {number} windowHeight */
function formWithDigit(layers, upright, width, windowHeight) {
  const steps = layers.length - 1;
  // On a low screen closer together, so that the whole network is seen without scrolling.
  const rows = Math.max(10, ...layers.map(({ nodes }) => nodes.length));
  const [head, foot] = [58, 14];
  const pitch = within((windowHeight - ABOVE - head - foot) / rows, 27, 37);
  const middle = head + ((rows - 1) / 2) * pitch;
  const [ofPicture, gap, bars] = steps > 2 ? [0.15, 0.06, 160] : [0.2, 0.08, 215];
  const side = upright ? 112 : Math.min(ofPicture * width, 150);
  const last = width - bars;
  const first = steps ? side + gap * width + 20 : last;
  const pitchUpright = (/** @type {number} */ nodes) => width / Math.max(8, nodes);
  const bottom = (/** @type {number} */ nodes) =>
    middle + ((nodes - 1) / 2) * pitch + Math.max(0.6 * pitch, 23);
  return upright
    ? {
      size: { width, height: 318 + 118 * steps, radius: Math.min(14, 0.039 * width) },
      look: DIGIT,
      picture: { x: (width - side) / 2, y: 1, width: side, height: side },
      way: { first: 208, step: 118, middle: width / 2, pitch: pitchUpright },
      words: { label: 0, left: 0, top: -34, bottom },
    }
    : {
      size: { width, height: head + rows * pitch + foot, radius: Math.min(14, 0.46 * pitch) },
      look: DIGIT,
      picture: { x: 1, y: middle - side / 2, width: side, height: side },
      way: { first, step: steps && (last - first) / steps, middle, pitch: () => pitch },
      words: { label: 0, left: 0, top: 12, bottom },
    };
}

/** @param {Network} network @param {number} width what there is @param {number} windowHeight */
export function layOut({ layers, connections }, width, windowHeight) {
  const upright = width < NARROW;
  const form = connections
    ? formWithDigit(layers, upright, width, windowHeight)
    : formOfSettings(layers.length, upright);
  const laid = layers.map((layer, index) => layLayer(form, upright, layer, index));
  const { size, look, picture } = form;
  const edges = connections ? layConnections(connections, laid, picture) : layBundles(laid);
  return { size, look, picture, upright, layers: laid, edges, fan: connections ? [] : fan() };

  function fan() {
    const { x, y, width: side } = picture;
    const near = upright ? { x, y: y + side } : { x: x + side, y };
    const inputs = laid[0].nodes;
    return [near, inputs[0], inputs[inputs.length - 1], { x: x + side, y: y + side }];
  }
}

/** @param {Form} form @param {boolean} upright @param {Layer} layer @param {number} index */
function layLayer({ size, look, way, words }, upright, layer, index) {
  const along = way.first + index * way.step;
  const at = (/** @type {number} */ along, /** @type {number} */ across) =>
    upright ? { x: across, y: along } : { x: along, y: across };
  const drawn = layer.nodes.filter(({ is_only_wide }) => !(upright && is_only_wide));
  const pitch = way.pitch(drawn.length);
  const across = (/** @type {number} */ slot) => {
    const offset = slot - (drawn.length - 1) / 2;
    const gap = layer.has_dots ? 0.5 * Math.sign(offset) : 0; // in the middle, where the dots are
    return way.middle + (offset + gap) * pitch;
  };
  const nodes = drawn.map((node, slot) => {
    const { x, y } = at(along + words.label, across(slot));
    const isSmall = node.words && !node.bar;
    const label = text(node.label, x, y, { bold: !isSmall, size: isSmall ? 12.24 : look.fontSize });
    return { ...node, ...at(along, across(slot)), label };
  });
  const dots = layer.has_dots ? [-0.3, 0, 0.3] : [];
  return {
    words: layer.words,
    nodes,
    dots: dots.map((offset) => at(along, way.middle + offset * pitch)),
    texts: upright ? uprightTexts() : wideTexts(),
    area: upright
      ? { x: 2, y: along - 38, width: size.width - 4, height: 76 }
      : { x: along - 48, y: 2, width: 96, height: size.height - 4 },
    bars: drawn.flatMap(({ bar }, slot) => bar ? [layBar(bar, across(slot))] : []),
  };

  function wideTexts() {
    const isTight = way.step && way.step <= 105;
    const [above, below] = (isTight && layer.texts.tight) || layer.texts.wide;
    return [
      ...above.map((line, row) => text(line, along, words.top + 21 * row, { bold: row === 0 })),
      ...below.map((line, row) => text(line, along, words.bottom(drawn.length) + 22 * row)),
    ];
  }

  function uprightTexts() {
    const lines = layer.texts.upright;
    const top = along + words.top - 10 * (lines.length - 1);
    const style = { anchor: "start", size: look.fontSize };
    return lines.map((line, row) =>
      text(line, words.left, top + 20 * row, { bold: row === 0, ...style })
    );
  }

  /** @param {Bar} bar @param {number} middle */
  function layBar({ share, before, verdict, ...percent }, middle) {
    const start = along + 22;
    const longest = upright ? 64 : size.width - 78 - start;
    const mark = start + longest * (before ?? 0);
    const style = { bold: Boolean(verdict), size: verdict ? 16 : 13.6 };
    return {
      verdict,
      bar: [at(start, middle), at(start + Math.max(1, longest * share), middle)],
      before: before === null ? [] : [at(mark, middle - 12), at(mark, middle + 12)],
      text: upright
        ? text(percent.upright, middle, start + longest + 12, style)
        : text(percent.wide, size.width - 2, middle, { anchor: "end", ...style }),
    };
  }
}

/** @param {string} words @param {number} x @param {number} y */
const text = (words, x, y, { bold = false, anchor = "middle", size = 16 } = {}) => ({
  words,
  ...{ x, y, "text-anchor": anchor, "font-size": size, "font-weight": bold ? 700 : 400 },
});

/**
 * Connect every node with every one of the next layer: two layers are one edge.
 *
 * @type {(layers: LaidLayer[]) => Edge[]}
 */
const layBundles = (layers) =>
  layers.slice(1).map(({ nodes }, before) => ({
    into: before + 1,
    points: layers[before].nodes.flatMap((from) => nodes.flatMap((to) => [from, to])),
  }));

/** @type {(connections: Connection[][], layers: LaidLayer[], picture: Form["picture"]) => Edge[]} */
function layConnections(connections, layers, { x, y, width: side }) {
  const pixel = (/** @type {number} */ number) => ({
    x: x + ((number % SIDE + 0.5) * side) / SIDE,
    y: y + ((Math.floor(number / SIDE) + 0.5) * side) / SIDE,
  });
  const find = (/** @type {number} */ layer, /** @type {number} */ number) =>
    layer < 0 ? pixel(number) : layers[layer].nodes.find((node) => node.number === number);
  return connections.flatMap((bundle, into) =>
    bundle.flatMap((connection) => {
      const from = find(into - 1, connection.source);
      const to = find(into, connection.target);
      return from && to ? [{ ...connection, into, points: [from, to] }] : [];
    })
  );
}
