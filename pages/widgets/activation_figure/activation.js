/* The activation figure: lays out the nodes and connections that Python chose, and keeps its SVG in
 * step with them.
 *
 * Streamlit calls the default export whenever the page gives new data. Elements are kept and
 * changed, so nothing flickers while the epoch slider moves, and the focus stays. One stop of the
 * Tab key; arrow keys go from node to node, Enter or a click chooses.
 */

import { pictureAddress, SIDE } from "../shared/digit_image.js";
import { mountedOnce, part } from "../shared/mounting.js";
import { keep, make, set } from "../shared/svg.js";

const NARROW = 560; // pixels; below, the layers stand one under the other
const ABOVE = 285; // what stands above the drawing, in the same measure as the sizes below
const TEXT_SIZE = 17; // pixels of the page's text for which the sizes below are meant

const counted = (number) => number.toLocaleString("en");
const nodesOf = ({ count }) => `${counted(count)} ${count === 1 ? "node" : "nodes"}`;
const keyOf = (layer, number) => `${layer}-${number}`;

/** Layers from left to right: picture, hidden layers, outputs with their bars. */
function layWide(data, width, unit) {
  const room = 12;
  const head = 58 * unit;
  const foot = 14 * unit;
  const rows = Math.max(10, ...data.layers.map((layer) => Math.min(layer.nodes.length, room)));
  // On a low screen closer together, so that the whole network is seen without scrolling.
  const fitting = (window.innerHeight - ABOVE * unit - head - foot) / rows;
  const pitch = Math.min(37 * unit, Math.max(27 * unit, fitting));
  const middle = head + ((rows - 1) / 2) * pitch;
  const steps = data.layers.length - 1;
  const isDeep = steps > 2;
  const side = Math.min((isDeep ? 0.15 : 0.2) * width, 150 * unit);
  const first = side + (isDeep ? 0.06 : 0.08) * width + 20 * unit;
  const last = width - (isDeep ? 160 : 215) * unit;
  const hasRoom = !steps || last - first > 105 * unit * steps;
  const across = (layer) => (steps ? first + (layer * (last - first)) / steps : last);
  return {
    width,
    height: head + rows * pitch + foot,
    radius: Math.min(14 * unit, 0.46 * pitch),
    picture: { x: 1, y: middle - side / 2, width: side, height: side },
    room,
    keys: { along: ["ArrowUp", "ArrowDown"], across: ["ArrowLeft", "ArrowRight"] },
    place: (layer, slot, count) => [across(layer), middle + (slot - (count - 1) / 2) * pitch],
    texts: (layer, index, drawn) => {
      const x = across(index);
      const texts = [
        { words: layer.name, x, y: 12 * unit, bold: true },
        { words: hasRoom ? nodesOf(layer) : counted(layer.count), x, y: 33 * unit },
      ];
      if (layer.count > drawn) {
        const y = middle + ((drawn - 1) / 2) * pitch + Math.max(0.6 * pitch, 23 * unit);
        texts.push({ words: `+ ${counted(layer.count - drawn)}${hasRoom ? " more" : ""}`, x, y });
      }
      return texts;
    },
    bar: (place, output) => {
      const [x, y] = [place[0] + 22 * unit, place[1]];
      const full = width - 78 * unit - x;
      return {
        bar: { x, y: y - 8 * unit, width: Math.max(1, full * output.share), height: 16 * unit },
        before: `M${x + full * output.before} ${y - 12 * unit}v${24 * unit}`,
        text: { x: width - 2, y, "text-anchor": "end" },
        words: output.words,
      };
    },
  };
}

/** Layers from top to bottom, for a narrow screen; bars below the outputs. */
function layUpright(data, width, unit) {
  const side = 112 * unit;
  const [first, step] = [side + 96 * unit, 118 * unit];
  const bars = 64 * unit;
  const down = (layer) => first + layer * step;
  return {
    width,
    height: down(data.layers.length - 1) + bars + 46 * unit,
    radius: Math.min(14 * unit, 0.039 * width),
    picture: { x: (width - side) / 2, y: 1, width: side, height: side },
    room: 8,
    keys: { along: ["ArrowLeft", "ArrowRight"], across: ["ArrowUp", "ArrowDown"] },
    place: (layer, slot, count) => {
      const pitch = width / Math.max(8, count);
      return [width / 2 + (slot - (count - 1) / 2) * pitch, down(layer)];
    },
    texts: (layer, index, drawn) => {
      const some = layer.count > drawn ? `, ${drawn} strongest drawn` : "";
      const words = `${layer.name}: ${nodesOf(layer)}${some}`;
      return [{ words, x: 0, y: down(index) - 34 * unit, anchor: "start", bold: true }];
    },
    bar: (place, output) => {
      const [x, y] = [place[0], place[1] + 22 * unit];
      return {
        bar: { x: x - 9 * unit, y, width: 18 * unit, height: Math.max(1, bars * output.share) },
        before: `M${x - 13 * unit} ${y + bars * output.before}h${26 * unit}`,
        text: { x, y: y + bars + 12 * unit, "text-anchor": "middle" },
        words: `${Math.round(100 * output.share)}%`,
      };
    },
  };
}

class Figure {
  constructor(element) {
    this.root = element.querySelector("[data-testid=activation-root]");
    this.svg = this.root.querySelector("[data-testid=activation-figure]");
    this.words = part(this.root, "words");
    this.nodes = part(this.svg, "nodes");
    this.nodes.onclick = (event) => this.choose(event.target.closest(".activation-node"));
    this.nodes.onkeydown = (event) => this.press(event);
    for (const [come, go] of [
      ["pointerover", "pointerout"],
      ["focusin", "focusout"],
    ]) {
      this.nodes.addEventListener(come, (event) => this.say(event.target));
      this.nodes.addEventListener(go, () => this.say(null));
    }
    this.resizing = new ResizeObserver(() => this.draw());
    this.resizing.observe(this.root);
  }

  update(data, setTriggerValue) {
    this.setTriggerValue = setTriggerValue;
    this.data = data;
    this.chosen = data.chosen && keyOf(...data.chosen);
    this.stop ??= this.chosen;
    this.setPicture(data.digit);
    this.draw();
  }

  draw() {
    const width = this.root.clientWidth;
    if (!this.data || !width) return;
    const unit = parseFloat(getComputedStyle(document.documentElement).fontSize) / TEXT_SIZE;
    const lay = width < NARROW * unit ? layUpright : layWide;
    this.form = lay(this.data, width, unit);
    const { height, picture } = this.form;
    set(this.svg, { viewBox: `0 0 ${width} ${height}`, "aria-label": this.data.description });
    set(this.svg.querySelector(".activation-picture"), picture);
    set(this.svg.querySelector(".activation-frame"), picture);
    this.layers = this.data.layers.map((layer) => this.withRoom(layer));
    this.places = this.placed();
    this.drawEdges();
    this.drawTexts();
    this.drawOutputs();
    this.drawNodes();
    this.say(null);
  }

  /** Leave out the weakest nodes of a layer where there is no room for them. */
  withRoom(layer) {
    const isOutput = layer === this.data.layers.at(-1);
    const isChosen = (node) => this.chosen === keyOf(this.data.layers.indexOf(layer), node.number);
    if (isOutput || layer.nodes.length <= this.form.room) return layer;
    const rank = (node) => (isChosen(node) ? -2 : node.rank);
    const kept = [...layer.nodes].sort((a, b) => rank(a) - rank(b)).slice(0, this.form.room);
    return { ...layer, nodes: layer.nodes.filter((node) => kept.includes(node)) };
  }

  placed() {
    const places = new Map();
    this.layers.forEach(({ nodes }, layer) =>
      nodes.forEach((node, slot) =>
        places.set(keyOf(layer, node.number), this.form.place(layer, slot, nodes.length)),
      ),
    );
    return places;
  }

  drawEdges() {
    const { picture } = this.form;
    const pixel = (index) => [
      picture.x + (((index % SIDE) + 0.5) * picture.width) / SIDE,
      picture.y + ((Math.floor(index / SIDE) + 0.5) * picture.height) / SIDE,
    ];
    const edges = this.data.edges.flatMap((bundle, layer) =>
      bundle.map(([source, target, strength, negative]) => ({
        from: layer ? this.places.get(keyOf(layer - 1, source)) : pixel(source),
        to: this.places.get(keyOf(layer, target)),
        ofChosen: [keyOf(layer, target), keyOf(layer - 1, source)].includes(this.chosen),
        ofPixel: layer === 0,
        strength,
        negative,
      })),
    );
    const group = part(this.svg, "edges");
    const drawn = edges.filter(({ from, to }) => from && to);
    keep(part(this.svg, "origins"), "circle.activation-origin", drawn.filter(({ ofPixel }) => ofPixel), (dot, edge) => {
      dot.setAttribute("class", "activation-origin");
      dot.classList.toggle("is-negative", edge.negative);
      dot.classList.toggle("is-of-chosen", edge.ofChosen);
      set(dot, { cx: edge.from[0], cy: edge.from[1], r: 1 + picture.width / 60 });
    });
    this.svg.classList.toggle("is-chosen-one", drawn.some(({ ofChosen }) => ofChosen));
    keep(group, "path.activation-edge", drawn, (path, { from, to, strength, negative, ofChosen }) => {
      path.setAttribute("class", "activation-edge");
      path.classList.toggle("is-negative", negative);
      path.classList.toggle("is-of-chosen", ofChosen);
      set(path, { d: `M${from}L${to}`, "stroke-width": 0.6 + 5 * strength ** 1.5 });
    });
  }

  drawTexts() {
    const texts = this.layers.flatMap((layer, index) =>
      this.form.texts(layer, index, layer.nodes.length),
    );
    keep(part(this.svg, "texts"), "text.activation-text", texts, (text, { words, x, y, anchor, bold }) => {
      set(text, { x, y, "text-anchor": anchor ?? "middle" });
      text.classList.toggle("is-bold", Boolean(bold));
      text.textContent = words;
    });
  }

  drawOutputs() {
    const last = this.layers.length - 1;
    keep(part(this.svg, "bars"), "g.activation-output", this.data.outputs, (group, output, digit) => {
      if (!group.firstChild) {
        for (const tag of ["rect", "path", "text"]) {
          group.append(make(tag));
        }
        group.setAttribute("aria-hidden", "true");
      }
      const [bar, before, text] = group.children;
      const laid = this.form.bar(this.places.get(keyOf(last, digit)), output);
      const verdict = output.is_guess ? ` is-guess is-${output.verdict || "unjudged"}` : "";
      set(bar, { ...laid.bar, class: `activation-bar${verdict}` });
      const changed = Math.abs(output.before - output.share) > 0.005;
      set(before, { d: changed ? laid.before : "M0 0", class: "activation-before" });
      set(text, { ...laid.text, class: output.is_guess ? "is-bold" : "is-small" });
      const sign = { right: " ✓", wrong: " ✗" }[output.verdict] ?? (output.is_guess ? " ◂" : "");
      text.textContent = laid.words + (this.form.room > 8 ? sign : "");
    });
  }

  drawNodes() {
    const hadFocus = this.nodes.contains(document.activeElement);
    const nodes = this.layers.flatMap((layer, index) =>
      layer.nodes.map((node) => ({ ...node, layer: index })),
    );
    keep(this.nodes, "g.activation-node", nodes, (group, node) => this.drawNode(group, node));
    const stop = this.find(this.stop) ?? this.find(this.chosen) ?? this.nodes.firstElementChild;
    this.setStop(stop);
    if (hadFocus && document.activeElement !== stop) stop.focus();
  }

  drawNode(group, node) {
    if (!group.firstChild) {
      for (const [tag, name] of [
        ["circle", "ground"],
        ["circle", "dot"],
        ["text", "label"],
        ["path", "cross"],
        ["rect", "box"],
        ["circle", "ring"],
      ]) {
        group.append(make(`${tag}.activation-${name}`));
      }
      group.setAttribute("role", "button");
    }
    const key = keyOf(node.layer, node.number);
    const [cx, cy] = this.places.get(key);
    const { radius } = this.form;
    const [ground, dot, label, cross, box, ring] = group.children;
    const isOutput = node.layer === this.layers.length - 1;
    group.setAttribute("class", "activation-node");
    group.classList.toggle("is-output", isOutput);
    group.classList.toggle("is-negative", node.negative);
    group.classList.toggle("is-full", node.strength > 0.85);
    if (node.state) group.classList.add(`is-${node.state}`);
    group.dataset.node = key;
    set(group, { "aria-label": node.words, "aria-pressed": key === this.chosen });
    set(ground, { cx, cy, r: radius });
    set(dot, { cx, cy, r: radius, "fill-opacity": node.strength });
    set(ring, { cx, cy, r: radius + 4 });
    set(label, { x: cx, y: cy });
    label.textContent = node.label;
    const reach = radius + 3;
    set(box, { x: cx - reach, y: cy - reach, width: 2 * reach, height: 2 * reach });
    set(cross, { d: `M${cx - reach} ${cy + reach}l${2 * reach} ${-2 * reach}` });
  }

  find(key) {
    return key && [...this.nodes.children].find((node) => node.dataset.node === key);
  }

  /** Let the Tab key stop at one node only. */
  setStop(stop) {
    for (const node of this.nodes.children) node.setAttribute("tabindex", node === stop ? 0 : -1);
    this.stop = stop?.dataset.node;
  }

  /** Say which node is pointed at, or chosen, and what it reports. */
  say(target) {
    const pointed = target?.closest(".activation-node");
    const node = pointed ?? this.find(this.chosen);
    this.words.textContent = node
      ? node.getAttribute("aria-label")
      : "Point at a node to see what it reports. Click it to see why.";
  }

  press(event) {
    const node = event.target.closest(".activation-node");
    if (!node || event.altKey || event.ctrlKey || event.metaKey) return;
    const { along, across } = this.form.keys;
    const moves = {
      [along[0]]: [0, -1],
      [along[1]]: [0, 1],
      [across[0]]: [-1, 0],
      [across[1]]: [1, 0],
    };
    if (event.key === "Enter" || event.key === " ") this.choose(node);
    else if (event.key in moves) this.move(node, ...moves[event.key]);
    else return;
    event.preventDefault();
  }

  move(node, byLayer, bySlot) {
    const [layer, number] = node.dataset.node.split("-").map(Number);
    const slot = this.layers[layer].nodes.findIndex((each) => each.number === number);
    const nodes = this.layers[layer + byLayer]?.nodes;
    if (!nodes) return;
    const next = byLayer
      ? nodes[Math.round((slot * (nodes.length - 1)) / (this.layers[layer].nodes.length - 1 || 1))]
      : nodes[slot + bySlot];
    if (!next) return;
    const found = this.find(keyOf(layer + byLayer, next.number));
    this.setStop(found);
    found.focus();
  }

  choose(node) {
    if (!node) return;
    // Shown at once: the page's answer takes a moment.
    for (const each of this.nodes.children) each.setAttribute("aria-pressed", each === node);
    this.setStop(node);
    this.setTriggerValue("chosen", node.dataset.node.split("-").map(Number));
  }

  setPicture(digit) {
    if (digit === this.digit) return;
    this.digit = digit;
    this.svg.querySelector("image").setAttribute("href", pictureAddress(digit));
  }

  end() {
    this.resizing.disconnect();
  }
}

export default mountedOnce((element) => new Figure(element));
