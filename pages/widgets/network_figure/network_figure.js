/* The drawing of a network: pointed at, walked through and chosen from.
 *
 * In the network of settings each layer is a stop of the Tab key. With a digit in it there is one
 * stop: arrow keys go from node to node, Enter or a click chooses.
 */

import { pictureAddress } from "../shared/digit_image.js";
import { ARROWS, isChoosing, isShortcut, setTabStop } from "../shared/keyboard.js";
import { byTestId, mountedOnce, part } from "../shared/mounting.js";
import { set } from "../shared/svg.js";
import { draw } from "./drawing.js";
import { layOut } from "./layout.js";

/** @import { SetValue } from "../shared/mounting.js" */
/** @import { Network } from "./layout.js" */
/** @typedef {{ digit: string, title?: string, description: string, caption: string }} Words */
/** @typedef {Network & Words & { legend?: string[] }} Data */

const TEXT_SIZE = 17; // pixels of the page's text for which the layout is meant

/** @type {(event: Event, selector: string) => SVGElement | null} */
const around = ({ target }, selector) => /** @type {Element} */ (target).closest(selector);

class NetworkFigure {
  /** @param {HTMLElement} element */
  constructor(element) {
    /** @type {HTMLElement} */
    const root = byTestId(element, "network-root");
    this.root = root;
    this.svg = byTestId(element, "network-figure");
    for (const [come, go] of [["pointerover", "pointerout"], ["focusin", "focusout"]]) {
      // Not on the SVG: Chromium lets the Tab key stop at whatever there listens for focus.
      root.addEventListener(come, (event) => this.point(around(event, "[tabindex]")));
      root.addEventListener(go, () => this.point(null));
    }
    root.onclick = (event) => this.choose(around(event, "[data-node]"));
    root.onkeydown = (event) => this.press(event);
    this.resizing = new ResizeObserver(() => this.draw());
    this.resizing.observe(root);
  }

  /** @type {(data: Data, setTriggerValue: SetValue) => void} */
  update(data, setTriggerValue) {
    this.setTriggerValue = setTriggerValue;
    if (data.digit !== this.data?.digit) {
      set(this.svg.querySelector("image"), { href: pictureAddress(data.digit) });
    }
    this.data = data;
    this.draw();
  }

  draw() {
    const { data, svg, root } = this;
    if (!data || !root.clientWidth) return;
    const hasDigit = Boolean(data.connections);
    const rem = parseFloat(getComputedStyle(document.documentElement).fontSize);
    const unit = hasDigit ? rem / TEXT_SIZE : 1;
    const laid = layOut(data, root.clientWidth / unit, globalThis.innerHeight / unit);
    this.isUpright = laid.upright;
    root.classList.toggle("has-digit", hasDigit);
    root.classList.toggle("is-upright", laid.upright);
    svg.setAttribute("aria-label", data.description);
    svg.querySelector("title").textContent = data.title ?? "";
    root.querySelectorAll("[data-legend]").forEach((node, index) => {
      node.textContent = data.legend?.[index] ?? "";
    });
    const hadFocus = svg.contains(document.activeElement);
    draw(svg, laid);
    this.point(this.pointed?.isConnected ? this.pointed : null);
    if (!hasDigit) return;
    const stop = svg.querySelector(`[data-node="${this.stop}"]`);
    this.setStop(stop ?? svg.querySelector("[aria-pressed=true]") ?? this.nodes()[0][0], hadFocus);
  }

  /** @returns {SVGElement[][]} the nodes of each layer */
  nodes() {
    const layers = [...part(this.svg, "layers").children];
    return layers.map((layer) => [...layer.querySelectorAll("[data-node]")]);
  }

  /** @param {SVGElement} node where the Tab key stops @param {boolean} [focus] */
  setStop(node, focus) {
    setTabStop(this.nodes().flat(), node);
    this.stop = node.dataset.node;
    if (focus) node.focus();
  }

  /** @param {SVGElement | null} pointed a layer or a node; what it says, and what leads into it */
  point(pointed) {
    this.pointed = pointed;
    const words = pointed?.getAttribute("aria-label");
    part(this.root, "caption").textContent = words ?? this.data?.caption;
    const layers = [...part(this.svg, "layers").children];
    for (const layer of layers) layer.classList.toggle("is-active", layer === pointed);
    [...part(this.svg, "edges").children].forEach((path, index) =>
      path.classList.toggle("is-active", layers[index + 1] === pointed)
    );
  }

  /** @param {KeyboardEvent} event */
  press(event) {
    const node = around(event, "[data-node]");
    const step = ARROWS[event.key];
    if (!node || isShortcut(event) || !(step || isChoosing(event))) return;
    event.preventDefault();
    if (step) this.move(node, step);
    else this.choose(node);
  }

  /** @type {(from: SVGElement, step: [number, number]) => void} */
  move(from, [right, down]) {
    const [byLayer, bySlot] = this.isUpright ? [down, right] : [right, down];
    const layers = this.nodes();
    const layer = layers.findIndex((nodes) => nodes.includes(from));
    const slot = layers[layer].indexOf(from);
    const others = layers[layer + byLayer] ?? [];
    const share = slot / (layers[layer].length - 1 || 1);
    const next = others[byLayer ? Math.round(share * (others.length - 1)) : slot + bySlot];
    if (next) this.setStop(next, true);
  }

  /** @param {SVGElement | null} chosen */
  choose(chosen) {
    if (!chosen) return;
    // Shown at once: the page's answer takes a moment.
    for (const node of this.nodes().flat()) set(node, { "aria-pressed": node === chosen });
    this.setStop(chosen);
    this.setTriggerValue?.("chosen", chosen.dataset.node?.split("-").map(Number));
  }

  end() {
    this.resizing.disconnect();
  }
}

export default mountedOnce((element) => new NetworkFigure(element));
