/* The drawing canvas: strokes live here, all of them are sent when one ends. One pointer draws at
 * a time; a pen goes before a resting hand.
 */

import { mountedOnce, part } from "../shared/mounting.js";
import { drawStrokes, packed } from "./strokes.js";

/** @typedef {import("./strokes.js").Stroke} Stroke */

const NEAREST = 0.002; // of the field, from one point to the next

class DrawingCanvas {
  /** @param {HTMLElement} element */
  constructor(element) {
    /** @type {HTMLCanvasElement} */
    this.field = part(element, "field");
    this.pens = part(element, "pens");
    this.undo = part(element, "undo");
    this.clear = part(element, "clear");
    /** @type {Stroke[]} */
    this.strokes = [];
    /** @type {number | null} */
    this.pointer = null;
    /** @type {number | undefined} */
    this.frame = undefined;
    this.undo.onclick = () => this.keep(this.strokes.slice(0, -1));
    this.clear.onclick = () => this.keep([]);
    this.field.onpointerdown = (event) => this.begin(event);
    this.field.onpointermove = (event) => this.go(event);
    this.field.onpointerup = (event) => this.lift(event);
    this.field.onpointercancel = (event) => this.lift(event);
    this.field.oncontextmenu = (event) => event.preventDefault();
    this.observer = new ResizeObserver(() => this.paint());
    this.observer.observe(this.field);
    this.showButtons();
  }

  /**
   * @param {{ label: string }} data
   * @param {import("../shared/mounting.js").SetValue} _setTriggerValue
   * @param {import("../shared/mounting.js").SetValue} setStateValue
   */
  update({ label }, _setTriggerValue, setStateValue) {
    this.setStateValue = setStateValue;
    this.field.setAttribute("aria-label", label);
  }

  end() {
    this.observer.disconnect();
  }

  /** @param {PointerEvent} event */
  begin(event) {
    if (event.button !== 0) return;
    // A hand that rests on the glass came before the pen: what it drew goes.
    if (this.pointer !== null && event.pointerType === "pen" && this.kind === "touch") {
      this.strokes.pop();
    } else if (this.pointer !== null) return;
    event.preventDefault();
    this.field.setPointerCapture(event.pointerId);
    this.pointer = event.pointerId;
    this.kind = event.pointerType;
    const width = Number(this.pens.querySelector("input:checked").value);
    this.strokes.push({ width, points: [this.place(event)] });
    this.paintSoon();
  }

  /** @param {PointerEvent} event */
  go(event) {
    if (event.pointerId !== this.pointer) return;
    // A fast hand moves several times between two frames.
    const events = event.getCoalescedEvents?.() ?? [];
    const points = (events.length ? events : [event]).map((each) => this.place(each));
    for (const point of points) this.add(point);
    this.paintSoon();
  }

  /**
   * Add a point to the last stroke, unless the pointer has hardly moved.
   *
   * @param {import("./strokes.js").Point} point
   */
  add([x, y]) {
    const points = this.strokes.at(-1)?.points ?? [];
    const [lastX, lastY] = points.at(-1) ?? [x, y];
    if (Math.hypot(x - lastX, y - lastY) >= NEAREST) points.push([x, y]);
  }

  /** @param {PointerEvent} event */
  lift(event) {
    if (event.pointerId !== this.pointer) return;
    this.pointer = null;
    this.keep(this.strokes);
  }

  /**
   * @param {PointerEvent} event
   * @returns {import("./strokes.js").Point}
   */
  place(event) {
    const frame = this.field.getBoundingClientRect();
    const border = this.field.clientLeft;
    return [
      (event.clientX - frame.left - border) / this.field.clientWidth,
      (event.clientY - frame.top - border) / this.field.clientHeight,
    ];
  }

  /**
   * Take these strokes as the drawing, and tell the page.
   *
   * @param {Stroke[]} strokes
   */
  keep(strokes) {
    this.pointer = null;
    const hadInk = this.strokes.length > 0;
    this.strokes = strokes;
    this.showButtons();
    this.paintSoon();
    if (hadInk) this.setStateValue?.("strokes", packed(strokes));
  }

  /** Buttons with nothing to do stay where the Tab key stops: the focus would be lost. */
  showButtons() {
    for (const button of [this.undo, this.clear]) {
      button.setAttribute("aria-disabled", String(!this.strokes.length));
    }
  }

  paintSoon() {
    this.frame ??= requestAnimationFrame(() => {
      this.frame = undefined;
      this.paint();
    });
  }

  paint() {
    const side = Math.round(this.field.clientWidth * (devicePixelRatio || 1));
    if (!side) return;
    if (this.field.width !== side) this.field.width = this.field.height = side;
    drawStrokes(this.field, this.strokes);
  }
}

export default mountedOnce((element) => new DrawingCanvas(element));
