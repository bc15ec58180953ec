/* The pixel view: the pixel that is pointed at, by mouse, finger or keyboard, in picture or
 * numbers, has a ring in both and is read out in words.
 */

import { paintDigit, PIXELS, SIDE, unpackImages } from "../shared/digit_image.js";
import { build } from "../shared/elements.js";
import { ARROWS, isShortcut } from "../shared/keyboard.js";
import { mountedOnce, part } from "../shared/mounting.js";
import { within } from "../shared/numbers.js";

const WHITE_TEXT_BELOW = 118; // the grey on which black and white text are equally readable
const MIDDLE = SIDE / 2;
const HINT = "Point at a pixel, or use Tab and the arrow keys.";
const INDICES = [...Array(SIDE).keys()];

/** @typedef {{ row: number, column: number }} Pixel from 0 */

/** @param {number} position */
const inside = (position) => within(position, 0, SIDE - 1);

/** @param {number} ink */
const grey = (ink) => `rgb(${ink}, ${ink}, ${ink})`;

class PixelView {
  /** @param {HTMLElement} element */
  constructor(element) {
    this.picture = part(element, "picture");
    this.canvas = part(element, "canvas");
    this.frame = part(element, "frame");
    this.swatch = part(element, "swatch");
    this.readout = part(element, "readout");
    this.box = part(element, "box");
    /** @type {HTMLTableElement} */
    this.table = part(element, "table");
    this.pixels = "";
    /** @type {Uint8Array} */
    this.image = new Uint8Array(PIXELS);
    this.readout.textContent = HINT;
    /** @type {Pixel} */
    this.here = { row: MIDDLE, column: MIDDLE };
    this.columnHeads = INDICES.map((column) => build("th", { scope: "col" }, String(column)));
    this.rowHeads = INDICES.map((row) => build("th", { scope: "row" }, String(row)));
    this.cells = this.buildCells();
    this.picture.onpointermove = this.picture.onpointerdown = this.trace.bind(this);
    this.picture.onfocus = () => this.point(this.here, "picture");
    this.picture.onkeydown = (/** @type {KeyboardEvent} */ event) =>
      this.press(event, (next) => this.point(next, "picture"));
    this.table.onpointerover = (event) => this.pointAtCell(event.target);
    this.table.addEventListener("focusin", (event) => this.pointAtCell(event.target));
    this.table.onkeydown = (event) =>
      this.press(event, ({ row, column }) => this.cells[row][column].focus());
  }

  buildCells() {
    this.table.createTHead().insertRow().append(build("th", { scope: "col" }), ...this.columnHeads);
    const body = this.table.createTBody();
    return this.rowHeads.map((head, row) => {
      const line = body.insertRow();
      line.append(head);
      return INDICES.map((column) => {
        const cell = line.insertCell();
        Object.assign(cell.dataset, { row, column });
        cell.tabIndex = row === MIDDLE && column === MIDDLE ? 0 : -1;
        return cell;
      });
    });
  }

  /** @param {{ pixels: string, description: string }} data */
  update({ pixels, description }) {
    if (pixels === this.pixels) return;
    const isFirst = this.pixels === "";
    this.pixels = pixels;
    [this.image] = unpackImages(pixels);
    paintDigit(this.canvas, this.image);
    this.canvas.setAttribute("aria-label", description);
    this.picture.setAttribute("aria-label", `Pixels of ${description}. Arrow keys move.`);
    this.table.setAttribute("aria-label", `Numbers of ${description}`);
    this.fillIn();
    if (!this.frame.hidden) this.read();
    if (!isFirst) this.comeIntoView();
  }

  fillIn() {
    this.cells.forEach((line, row) =>
      line.forEach((cell, column) => {
        const ink = this.ink({ row, column });
        cell.textContent = String(ink);
        cell.setAttribute("aria-label", inWords({ row, column }, ink));
        cell.style.background = grey(ink);
        cell.style.color = textOn(ink);
      })
    );
  }

  /** @param {Pixel} pixel */
  ink({ row, column }) {
    return this.image[row * SIDE + column];
  }

  /** Another digit was chosen, perhaps far above: show the picture, moving as little as needed. */
  comeIntoView() {
    const isCalm = matchMedia("(prefers-reduced-motion: reduce)").matches;
    this.picture.scrollIntoView({ block: "nearest", behavior: isCalm ? "auto" : "smooth" });
  }

  /** @param {PointerEvent} event */
  trace(event) {
    const { left, top, width, height } = this.canvas.getBoundingClientRect();
    const row = inside(Math.floor(((event.clientY - top) / height) * SIDE));
    const column = inside(Math.floor(((event.clientX - left) / width) * SIDE));
    this.point({ row, column }, "picture");
  }

  /** @param {EventTarget | null} target */
  pointAtCell(target) {
    const cell = /** @type {Element} */ (target).closest("td");
    if (!cell) return;
    const { row, column } = cell.dataset;
    this.point({ row: Number(row), column: Number(column) }, "numbers");
  }

  /**
   * @param {KeyboardEvent} event
   * @param {(next: Pixel) => void} go
   */
  press(event, go) {
    const step = ARROWS[event.key];
    if (!step || isShortcut(event)) return;
    event.preventDefault();
    const [right, down] = step;
    go({ row: inside(this.here.row + down), column: inside(this.here.column + right) });
  }

  /**
   * Put the ring on a pixel in both; what is pointed at from the picture scrolls into its box.
   *
   * @param {Pixel} next
   * @param {"picture" | "numbers"} from
   */
  point(next, from) {
    this.light(false);
    this.here = next;
    this.light(true);
    this.frame.hidden = this.swatch.hidden = false;
    this.frame.style.left = `${(100 * next.column) / SIDE}%`;
    this.frame.style.top = `${(100 * next.row) / SIDE}%`;
    // A focused cell is read by itself, with its name; a picture can't.
    const isOnPicture = document.activeElement === this.picture;
    this.readout.setAttribute("aria-live", isOnPicture ? "polite" : "off");
    this.read();
    if (from === "picture") this.scrollNumbers();
  }

  /** @param {boolean} isHere */
  light(isHere) {
    const { row, column } = this.here;
    const cell = this.cells[row][column];
    cell.tabIndex = isHere ? 0 : -1;
    for (const node of [cell, this.rowHeads[row], this.columnHeads[column]]) {
      node.classList.toggle("is-here", isHere);
    }
  }

  read() {
    const ink = this.ink(this.here);
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

/**
 * @param {Pixel} pixel
 * @param {number} ink
 */
const inWords = ({ row, column }, ink) => `row ${row}, column ${column}: ${ink}`;

/** @param {number} ink */
function textOn(ink) {
  if (ink === 0) return "#9a9a9a"; // nothing there: quiet, so that the digit stands out
  return ink < WHITE_TEXT_BELOW ? "white" : "black";
}

export default mountedOnce((element) => new PixelView(element));
