/* Signed pictures: full squares above 0, small ones below, on the page's own background. */

import { penOf, PIXELS, SIDE } from "../shared/digit_image.js";
import { ARROWS } from "../shared/keyboard.js";
import { mountedOnce, part } from "../shared/mounting.js";
import { within } from "../shared/numbers.js";

const CELL = 10; // of the canvas; CSS makes it as large as there is room
const SMALL = 0.6;

/** @typedef {HTMLCanvasElement & { numbers: number[], at?: [number, number] }} Picture */

/**
 * @typedef {object} Data
 * @property {string} values packed: two bytes each
 * @property {number} step that they count
 * @property {number} scale
 * @property {string[]} descriptions
 * @property {string[]} captions
 * @property {boolean} can_choose
 * @property {number} picture_size in rem
 */

/**
 * Count the decimals that show two digits of a number, 2 to 8 of them.
 *
 * @param {number} size
 */
export const decimalsFor = (size) => within(1 - Math.floor(Math.log10(size)), 2, 8);

/** @param {number} position */
const inside = (position) => within(position, 0, SIDE - 1);

class SignedPictures {
  /** @param {HTMLElement} element */
  constructor(element) {
    this.root = /** @type {HTMLElement} */ (element.querySelector("[data-testid=signed-picture]"));
    this.grid = part(this.root, "grid");
    this.words = part(this.root, "pixel");
    this.scale = 1;
  }

  /**
   * @param {Data} data
   * @param {import("../shared/mounting.js").SetValue} setTriggerValue
   */
  update(data, setTriggerValue) {
    this.setTriggerValue = setTriggerValue;
    const { values, step, scale, descriptions, can_choose: canChoose } = data;
    const bytes = Uint8Array.from(atob(values), (letter) => letter.charCodeAt(0));
    const numbers = new Int16Array(bytes.buffer);
    this.scale = scale;
    this.root.style.setProperty("--picture", `${data.picture_size}rem`);
    this.grid.classList.toggle("is-alone", descriptions.length === 1);
    for (const [end, value] of [["low", -scale], ["high", scale]]) {
      const node = this.root.querySelector(`[data-end=${end}]`);
      if (node) node.textContent = signed(Number(value), decimalsFor(scale));
    }
    const items = [...this.grid.children];
    for (const item of items.slice(descriptions.length)) item.remove();
    descriptions.forEach((description, index) => {
      const item = items[index] ?? this.prepare(canChoose, index);
      const own = numbers.subarray(index * PIXELS, (index + 1) * PIXELS);
      const [canvas, caption] = item.children;
      canvas.numbers = Array.from(own, (number) => number * step);
      (canChoose ? item : canvas).setAttribute("aria-label", description);
      caption.textContent = data.captions[index] ?? "";
      this.paint(canvas);
    });
  }

  /**
   * @param {boolean} canChoose
   * @param {number} index
   */
  prepare(canChoose, index) {
    const item = document.createElement(canChoose ? "button" : "div");
    item.className = "signed-item";
    const canvas = Object.assign(document.createElement("canvas"), { numbers: [] });
    const caption = document.createElement("span");
    canvas.width = canvas.height = SIDE * CELL;
    caption.setAttribute("aria-hidden", "true");
    if (canChoose) {
      item.setAttribute("type", "button");
      item.onclick = () => this.setTriggerValue?.("chosen", index);
    } else {
      canvas.setAttribute("role", "img");
      canvas.tabIndex = 0;
      canvas.onkeydown = (event) => this.walk(event, canvas);
      canvas.onblur = () => this.leave(canvas);
    }
    canvas.onpointermove = (event) => this.point(event, canvas);
    canvas.onpointerleave = () => this.root.classList.remove("is-pointed");
    item.append(canvas, caption);
    this.grid.append(item);
    return item;
  }

  /** @param {Picture} canvas */
  paint(canvas) {
    const style = getComputedStyle(this.root);
    const [below, above] = ["--negative", "--positive"].map((name) => style.getPropertyValue(name));
    const pen = penOf(canvas);
    pen.clearRect(0, 0, SIDE * CELL, SIDE * CELL);
    canvas.numbers.forEach((value, index) => {
      if (!value) return;
      const side = value < 0 ? CELL * SMALL : CELL;
      const inset = (CELL - side) / 2;
      pen.globalAlpha = Math.min(1, Math.abs(value) / this.scale);
      pen.fillStyle = value < 0 ? below : above;
      const [column, row] = [index % SIDE, Math.floor(index / SIDE)];
      pen.fillRect(column * CELL + inset, row * CELL + inset, side, side);
    });
    if (!canvas.at) return;
    pen.globalAlpha = 1;
    pen.strokeStyle = style.color;
    pen.lineWidth = 3;
    pen.strokeRect(canvas.at[0] * CELL, canvas.at[1] * CELL, CELL, CELL);
  }

  /**
   * Go from pixel to pixel by the arrow keys.
   *
   * @param {KeyboardEvent} event
   * @param {Picture} canvas
   */
  walk(event, canvas) {
    const way = ARROWS[event.key];
    if (!way) return;
    event.preventDefault();
    const [column, row] = canvas.at ?? [SIDE / 2, SIDE / 2];
    canvas.at = [inside(column + way[0]), inside(row + way[1])];
    this.paint(canvas);
    this.tell(canvas, ...canvas.at);
  }

  /** @param {Picture} canvas */
  leave(canvas) {
    canvas.at = undefined;
    this.paint(canvas);
    this.root.classList.remove("is-pointed");
  }

  /**
   * Say the number of the pixel that the mouse is over.
   *
   * @param {PointerEvent} event
   * @param {Picture} canvas
   */
  point({ offsetX, offsetY }, canvas) {
    const { width } = canvas.getBoundingClientRect();
    const index = (/** @type {number} */ far) => inside(Math.floor((far / width) * SIDE));
    this.tell(canvas, index(offsetX), index(offsetY));
  }

  /**
   * @param {Picture} canvas
   * @param {number} column
   * @param {number} row
   */
  tell(canvas, column, row) {
    this.root.classList.add("is-pointed");
    const value = signed(canvas.numbers[row * SIDE + column], decimalsFor(this.scale) + 1);
    this.words.textContent = `row ${row}, column ${column}: ${value}`;
  }
}

/**
 * Write a number with its sign.
 *
 * @param {number} value
 * @param {number} decimals
 */
export function signed(value, decimals) {
  const size = Math.abs(value).toFixed(decimals);
  return value < 0 ? `−${size}` : value > 0 ? `+${size}` : size;
}

export default mountedOnce((element) => new SignedPictures(element));
