/* The signed picture: full squares above 0, small ones below, on the page's own background. */

const SIDE = 28;
const CELL = 10; // of the canvas; CSS makes it as large as there is room
const SMALL = 0.6;

class SignedPicture {
  constructor(element) {
    this.root = element.querySelector("[data-testid=signed-picture]");
    this.canvas = this.root.querySelector("canvas");
    this.canvas.width = this.canvas.height = SIDE * CELL;
    this.words = this.root.querySelector("[data-part=pixel]");
    this.canvas.onpointermove = (event) => this.point(event);
    this.canvas.onpointerleave = () => this.root.classList.remove("is-pointed");
  }

  update({ values, scale, description }) {
    this.values = values;
    this.canvas.setAttribute("aria-label", description);
    this.root.querySelector("[data-end=low]").textContent = signed(-scale, 2);
    this.root.querySelector("[data-end=high]").textContent = signed(scale, 2);
    const style = getComputedStyle(this.root);
    const context = this.canvas.getContext("2d");
    context.clearRect(0, 0, SIDE * CELL, SIDE * CELL);
    values.forEach((value, index) => {
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
    const { width } = this.canvas.getBoundingClientRect();
    const [column, row] = [event.offsetX, event.offsetY].map((distance) =>
      Math.min(SIDE - 1, Math.max(0, Math.floor((distance / width) * SIDE))),
    );
    this.root.classList.add("is-pointed");
    const value = signed(this.values[row * SIDE + column], 3);
    this.words.textContent = `row ${row}, column ${column}: ${value}`;
  }
}

function signed(value, decimals) {
  const size = Math.abs(value).toFixed(decimals);
  return value < 0 ? `−${size}` : value > 0 ? `+${size}` : size;
}

const mounted = new WeakMap();

export default function ({ data, parentElement }) {
  const shown = mounted.get(parentElement) ?? new SignedPicture(parentElement);
  mounted.set(parentElement, shown);
  shown.update(data);
}
