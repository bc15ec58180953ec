/* Signed pictures: full squares above 0, small ones below, on the page's own background. */

import { PIXELS, SIDE } from "../shared/digit_image.js";
import { mountedOnce, part } from "../shared/mounting.js";

const CELL = 10; // of the canvas; CSS makes it as large as there is room
const SMALL = 0.6;
const WAYS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

class SignedPictures {
  constructor(element) {
    this.root = element.querySelector("[data-testid=signed-picture]");
    this.grid = part(this.root, "grid");
    this.words = part(this.root, "pixel");
  }

  update(data, setTriggerValue) {
    this.setTriggerValue = setTriggerValue;
    const { values, step, scale, descriptions, can_choose: canChoose } = data;
    const bytes = Uint8Array.from(atob(values), (letter) => letter.charCodeAt(0));
    const numbers = new Int16Array(bytes.buffer);
    this.scale = scale;
    this.root.style.setProperty("--picture", `${data.picture_size}rem`);
    this.grid.classList.toggle("is-alone", descriptions.length === 1);
    this.root.querySelector("[data-end=low]").textContent = signed(-scale, 2);
    this.root.querySelector("[data-end=high]").textContent = signed(scale, 2);
    const items = [...this.grid.children];
    for (const item of items.slice(descriptions.length)) item.remove();
    descriptions.forEach((description, index) => {
      const item = items[index] ?? this.prepare(canChoose, index);
      const own = numbers.subarray(index * PIXELS, (index + 1) * PIXELS);
      const [canvas, caption] = item.children;
      canvas.numbers = Array.from(own, (number) => number * step);
      (canChoose ? item : canvas).setAttribute("aria-label", description);
      caption.textContent = data.captions[index] ?? "";
      this.paint(canvas, scale);
    });
  }

  prepare(canChoose, index) {
    const item = document.createElement(canChoose ? "button" : "div");
    item.className = "signed-item";
    const [canvas, caption] = ["canvas", "span"].map((tag) => document.createElement(tag));
    canvas.width = canvas.height = SIDE * CELL;
    caption.setAttribute("aria-hidden", "true");
    if (canChoose) {
      item.type = "button";
      item.onclick = () => this.setTriggerValue("chosen", index);
    } else {
      canvas.setAttribute("role", "img");
      canvas.tabIndex = 0;
      canvas.onkeydown = (event) => this.walk(event);
      canvas.onblur = () => this.leave(canvas);
    }
    canvas.onpointermove = (event) => this.point(event);
    canvas.onpointerleave = () => this.root.classList.remove("is-pointed");
    item.append(canvas, caption);
    this.grid.append(item);
    return item;
  }

  paint(canvas, scale) {
    const style = getComputedStyle(this.root);
    const context = canvas.getContext("2d");
    context.clearRect(0, 0, SIDE * CELL, SIDE * CELL);
    canvas.numbers.forEach((value, index) => {
      const side = value < 0 ? CELL * SMALL : CELL;
      const inset = (CELL - side) / 2;
      context.globalAlpha = Math.min(1, Math.abs(value) / scale);
      context.fillStyle = style.getPropertyValue(value < 0 ? "--negative" : "--positive");
      const [column, row] = [index % SIDE, Math.floor(index / SIDE)];
      context.fillRect(column * CELL + inset, row * CELL + inset, side, side);
    });
    if (!canvas.at) return;
    context.globalAlpha = 1;
    context.strokeStyle = style.color;
    context.lineWidth = 3;
    context.strokeRect(canvas.at[0] * CELL, canvas.at[1] * CELL, CELL, CELL);
  }

  /** Go from pixel to pixel by the arrow keys. */
  walk(event) {
    const way = WAYS[event.key];
    if (!way) return;
    event.preventDefault();
    const canvas = event.currentTarget;
    const from = canvas.at ?? [SIDE / 2, SIDE / 2];
    canvas.at = from.map((place, axis) => Math.min(SIDE - 1, Math.max(0, place + way[axis])));
    this.paint(canvas, this.scale);
    this.tell(canvas, ...canvas.at);
  }

  leave(canvas) {
    canvas.at = undefined;
    this.paint(canvas, this.scale);
    this.root.classList.remove("is-pointed");
  }

  /** Say the number of the pixel that the mouse is over. */
  point(event) {
    const { width } = event.target.getBoundingClientRect();
    const [column, row] = [event.offsetX, event.offsetY].map((distance) =>
      Math.min(SIDE - 1, Math.max(0, Math.floor((distance / width) * SIDE)))
    );
    this.tell(event.target, column, row);
  }

  tell(canvas, column, row) {
    this.root.classList.add("is-pointed");
    const value = signed(canvas.numbers[row * SIDE + column], 3);
    this.words.textContent = `row ${row}, column ${column}: ${value}`;
  }
}

function signed(value, decimals) {
  const size = Math.abs(value).toFixed(decimals);
  return value < 0 ? `−${size}` : value > 0 ? `+${size}` : size;
}

export default mountedOnce((element) => new SignedPictures(element));
