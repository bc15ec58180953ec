/* The drawing of the network: takes a laid out drawing and keeps its SVG in step with it.
 *
 * Streamlit calls the default export at the first drawing and whenever the page gives new data.
 * Nodes of the document are kept and changed, never made anew, so nothing flickers, and a layer
 * that has the focus keeps it.
 */

import { pictureAddress } from "../shared/digit_image.js";
import { mountedOnce, part } from "../shared/mounting.js";
import { keep, make, set } from "../shared/svg.js";

const NARROW = 560; // pixels; below, the layers stand one under the other

class Drawing {
  constructor(element) {
    this.root = element.querySelector("[data-testid=network-root]");
    this.svg = this.root.querySelector("svg");
    this.caption = part(this.root, "arithmetic");
    this.resizing = new ResizeObserver(() => this.draw());
    this.resizing.observe(this.root);
  }

  update(data) {
    this.data = data;
    this.setPicture(data.digit);
    this.shown = null;
    this.draw();
  }

  /** Draw the form that has room, unless it is there already. */
  draw() {
    const form = this.root.clientWidth < NARROW ? "upright" : "wide";
    if (!this.data || form === this.shown) return;
    this.shown = form;
    const { svg, data } = this;
    this.diagram = data[form];
    const { width, height, picture, fan, edges, layers } = this.diagram;
    svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
    svg.setAttribute("aria-label", data.description);
    svg.classList.toggle("is-upright", form === "upright");
    svg.querySelector("title").textContent = `Your network: ${data.network}`;
    set(svg.querySelector(".network-picture"), picture);
    set(svg.querySelector(".network-frame"), picture);
    set(svg.querySelector(".network-fan"), { d: `M${fan.map(([x, y]) => `${x} ${y}`).join("L")}Z` });
    keep(part(svg, "edges"), "path.network-edges", edges, (path, d) => set(path, { d }));
    keep(part(svg, "layers"), "g.network-layer", layers, (...which) => this.drawLayer(...which));
    this.activate(Math.min(this.active ?? -1, layers.length - 1));
  }

  drawLayer(group, layer, index) {
    if (!group.firstChild) this.prepare(group, index);
    const words = `${layer.name}: ${layer.arithmetic}`;
    group.setAttribute("aria-label", words);
    group.querySelector("title").textContent = words;
    set(group.querySelector(".network-area"), { ...layer.area, rx: 8 });
    keep(group, "circle.network-node", layer.drawn, (circle, [cx, cy]) =>
      set(circle, { cx, cy, r: this.diagram.radius }),
    );
    keep(group, "circle.network-dot", layer.dots, (circle, [cx, cy]) =>
      set(circle, { cx, cy, r: 2 }),
    );
    keep(group, "text.network-text", layer.texts, (text, { words, x, y, anchor, bold }) => {
      set(text, { x, y, "text-anchor": anchor });
      text.classList.toggle("is-bold", bold);
      if (text.textContent !== words) text.textContent = words;
    });
  }

  /** Make a layer something to point at, by mouse, finger and keyboard. */
  prepare(group, index) {
    set(group, { tabindex: 0, role: "img" });
    const area = make("rect.network-area");
    group.append(make("title"), area);
    const release = () => this.active === index && this.activate(-1);
    group.addEventListener("pointerenter", () => this.activate(index));
    group.addEventListener("pointerleave", release);
    group.addEventListener("focus", () => this.activate(index));
    group.addEventListener("blur", release);
  }

  /** Show how many parameters a layer has, and which connections they belong to; -1: all. */
  activate(index) {
    this.active = index;
    const layer = this.diagram.layers[index];
    this.caption.textContent = layer ? `${layer.name}: ${layer.arithmetic}` : this.diagram.total;
    [...part(this.svg, "layers").children].forEach((group, each) =>
      group.classList.toggle("is-active", each === index),
    );
    [...part(this.svg, "edges").children].forEach((path, each) =>
      path.classList.toggle("is-active", each === index - 1),
    );
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

export default mountedOnce((element) => new Drawing(element));
