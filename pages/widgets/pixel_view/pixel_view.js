/* The pixel view: the pixel that is pointed at, by mouse, finger or keyboard, in picture or
 * numbers, has a ring in both and is read out in words.
 */

import { paintDigit, SIDE, unpackImages } from "../shared/digit_image.js";
import { mountedOnce, part } from "../shared/mounting.js";

const WHITE_TEXT_BELOW = 118; // the grey on which black and white text are equally readable
const LAST = SIDE - 1;
const MIDDLE = SIDE / 2;
const HINT = "Point at a pixel, or use Tab and the arrow keys.";

class PixelView {
  constructor(element) {
    for (const name of ["picture", "canvas", "frame", "swatch", "readout", "box", "table"]) {
      this[name] = part(element, name);
    }
    this.readout.textContent = HINT;
    this.here = { row: MIDDLE, column: MIDDLE };
    this.buildTable();
    this.picture.onpointermove = this.picture.onpointerdown = (event) => this.trace(event);
    this.picture.onfocus = () => this.point(this.here, "picture");
    this.picture.onkeydown = (event) => this.press(event, (next) => this.point(next, "picture"));
    this.table.onpointerover = (event) => this.pointAtCell(event.target);
    this.table.addEventListener("focusin", (event) => this.pointAtCell(event.target));
    this.table.onkeydown = (event) =>
      this.press(event, ({ row, column }) => this.cells[row][column].focus());
  }

  buildTable() {
    const numbers = Array.from({ length: SIDE }, (_, index) => index);
    const head = this.table.createTHead().insertRow();
    head.append(heading("", "col"), ...numbers.map((number) => heading(number, "col")));
    const body = this.table.createTBody();
    this.cells = numbers.map((row) => {
      const line = body.insertRow();
      line.append(heading(row, "row"));
      return numbers.map((column) => {
        const cell = line.insertCell();
        Object.assign(cell.dataset, { row, column });
        cell.tabIndex = -1;
        return cell;
      });
    });
    this.columnHeads = [...head.cells].slice(1);
    this.rowHeads = [...body.rows].map((line) => line.cells[0]);
    this.cells[MIDDLE][MIDDLE].tabIndex = 0;
  }

  update(data) {
    if (data.pixels === this.pixels) return;
    const isFirst = this.pixels === undefined;
    this.pixels = data.pixels;
    [this.image] = unpackImages(data.pixels);
    paintDigit(this.canvas, this.image);
    this.canvas.setAttribute("aria-label", data.description);
    this.picture.setAttribute("aria-label", `Pixels of ${data.description}. Arrow keys move.`);
    this.table.setAttribute("aria-label", `Numbers of ${data.description}`);
    this.fillIn();
    if (!this.frame.hidden) this.read();
    if (!isFirst) this.comeIntoView();
  }

  fillIn() {
    this.cells.flat().forEach((cell, index) => {
      const ink = this.image[index];
      cell.textContent = ink;
      cell.setAttribute("aria-label", inWords(cell.dataset, ink));
      cell.style.background = grey(ink);
      cell.style.color = textOn(ink);
    });
  }

  /** Another digit was chosen, perhaps far above: show the picture, moving as little as needed. */
  comeIntoView() {
    const isCalm = matchMedia("(prefers-reduced-motion: reduce)").matches;
    this.picture.scrollIntoView({ block: "nearest", behavior: isCalm ? "auto" : "smooth" });
  }

  trace(event) {
    const { left, top, width, height } = this.canvas.getBoundingClientRect();
    const row = within(Math.floor(((event.clientY - top) / height) * SIDE));
    const column = within(Math.floor(((event.clientX - left) / width) * SIDE));
    this.point({ row, column }, "picture");
  }

  pointAtCell(target) {
    const cell = target.closest("td");
    if (cell) this.point({ row: +cell.dataset.row, column: +cell.dataset.column }, "numbers");
  }

  press(event, go) {
    const steps = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] };
    const step = steps[event.key];
    if (!step || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    go({ row: within(this.here.row + step[0]), column: within(this.here.column + step[1]) });
  }

  /** Put the ring on a pixel in both; what is pointed at from the picture scrolls into its box. */
  point(next, from) {
    this.light(false);
    this.here = next;
    this.light(true);
    this.frame.hidden = this.swatch.hidden = false;
    this.frame.style.left = `${(100 * next.column) / SIDE}%`;
    this.frame.style.top = `${(100 * next.row) / SIDE}%`;
    // A focused cell is read by itself, with its name; a picture can't.
    this.readout.setAttribute(
      "aria-live",
      document.activeElement === this.picture ? "polite" : "off",
    );
    this.read();
    if (from === "picture") this.scrollNumbers();
  }

  light(isHere) {
    const { row, column } = this.here;
    const cell = this.cells[row][column];
    cell.tabIndex = isHere ? 0 : -1;
    for (const node of [cell, this.rowHeads[row], this.columnHeads[column]]) {
      node.classList.toggle("is-here", isHere);
    }
  }

  read() {
    const { row, column } = this.here;
    const ink = this.image[row * SIDE + column];
    this.readout.textContent = inWords(this.here, ink);
    this.swatch.style.background = grey(ink);
  }

  scrollNumbers() {
    const { box } = this;
    const cell = this.cells[this.here.row][this.here.column];
    box.scrollLeft = cell.offsetLeft + (cell.offsetWidth - box.clientWidth) / 2;
    box.scrollTop = cell.offsetTop + (cell.offsetHeight - box.clientHeight) / 2;
  }
}

function heading(text, scope) {
  const head = document.createElement("th");
  head.scope = scope;
  head.textContent = text;
  return head;
}

const inWords = ({ row, column }, ink) => `row ${row}, column ${column}: ${ink}`;
const within = (position) => Math.min(Math.max(position, 0), LAST);
const grey = (ink) => `rgb(${ink}, ${ink}, ${ink})`;

function textOn(ink) {
  if (ink === 0) return "#9a9a9a"; // nothing there: quiet, so that the digit stands out
  return ink < WHITE_TEXT_BELOW ? "white" : "black";
}

export default mountedOnce((element) => new PixelView(element));
