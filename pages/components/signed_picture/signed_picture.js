/* Signed pictures: full squares above 0, small ones below, on the page's own background. */

const SIDE = 28;
const PIXELS = SIDE * SIDE;
const CELL = 10; // of the canvas; CSS makes it as large as there is room
const SMALL = 0.6;

class SignedPictures {
  constructor(element) {
    this.root = element.querySelector("[data-testid=signed-picture]");
    this.grid = this.root.querySelector("[data-part=grid]");
    this.words = this.root.querySelector("[data-part=pixel]");
  }

  update(data, setTriggerValue) {
    this.setTriggerValue = setTriggerValue;
    const { values, step, scale, descriptions, can_choose: canChoose } = data;
    const bytes = Uint8Array.from(atob(values), (letter) => letter.charCodeAt(0));
    const numbers = new Int16Array(bytes.buffer);
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
  }

  /** Say the number of the pixel that the mouse is over. */
  point(event) {
    const { width } = event.target.getBoundingClientRect();
    const [column, row] = [event.offsetX, event.offsetY].map((distance) =>
      Math.min(SIDE - 1, Math.max(0, Math.floor((distance / width) * SIDE))),
    );
    this.root.classList.add("is-pointed");
    const value = signed(event.target.numbers[row * SIDE + column], 3);
    this.words.textContent = `row ${row}, column ${column}: ${value}`;
  }
}

function signed(value, decimals) {
  const size = Math.abs(value).toFixed(decimals);
  return value < 0 ? `−${size}` : value > 0 ? `+${size}` : size;
}

const mounted = new WeakMap();

export default function ({ data, parentElement, setTriggerValue }) {
  const shown = mounted.get(parentElement) ?? new SignedPictures(parentElement);
  mounted.set(parentElement, shown);
  shown.update(data, setTriggerValue);
}
