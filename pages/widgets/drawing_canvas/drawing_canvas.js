/* The drawing canvas: strokes as rows of points from 0 to 1, drawn round and smooth, sent as grey
 * bytes when a stroke ends. One pointer draws at a time; a pen goes before a resting hand.
 */

import { mountedOnce, part } from "../shared/mounting.js";

class DrawingCanvas {
  constructor(element) {
    this.field = part(element, "field");
    this.pens = part(element, "pens");
    this.undo = part(element, "undo");
    this.clear = part(element, "clear");
    this.strokes = [];
    this.pointer = null;
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

  update({ label, side }, _setTriggerValue, setStateValue) {
    this.side = side;
    this.setStateValue = setStateValue;
    this.field.setAttribute("aria-label", label);
  }

  end() {
    this.observer.disconnect();
  }

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

  go(event) {
    if (event.pointerId !== this.pointer) return;
    // A fast hand moves several times between two frames.
    const events = event.getCoalescedEvents?.() ?? [];
    const points = (events.length ? events : [event]).map((each) => this.place(each));
    this.strokes.at(-1).points.push(...points);
    this.paintSoon();
  }

  lift(event) {
    if (event.pointerId !== this.pointer) return;
    this.pointer = null;
    this.keep(this.strokes);
  }

  place(event) {
    const frame = this.field.getBoundingClientRect();
    const border = this.field.clientLeft;
    return [
      (event.clientX - frame.left - border) / this.field.clientWidth,
      (event.clientY - frame.top - border) / this.field.clientHeight,
    ];
  }

  /** Take these strokes as the drawing, and tell the page. */
  keep(strokes) {
    this.pointer = null;
    const hadInk = this.strokes.length > 0;
    this.strokes = strokes;
    this.showButtons();
    this.paintSoon();
    if (hadInk) this.setStateValue("ink", strokes.length ? this.ink() : "");
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
    const side = Math.round(this.field.clientWidth * (window.devicePixelRatio || 1));
    if (!side) return;
    if (this.field.width !== side) this.field.width = this.field.height = side;
    drawStrokes(this.field, this.strokes);
  }

  /** Give one byte a pixel in base64, 0 paper to 255 ink. */
  ink() {
    const sheet = document.createElement("canvas");
    sheet.width = sheet.height = this.side;
    drawStrokes(sheet, this.strokes);
    const { data } = sheet.getContext("2d").getImageData(0, 0, this.side, this.side);
    let letters = "";
    for (let index = 0; index < data.length; index += 4) {
      letters += String.fromCharCode(255 - data[index]);
    }
    return btoa(letters);
  }
}

function drawStrokes(canvas, strokes) {
  const context = canvas.getContext("2d");
  const side = canvas.width;
  context.fillStyle = "white";
  context.fillRect(0, 0, side, side);
  context.strokeStyle = "black";
  context.lineCap = context.lineJoin = "round";
  for (const { width, points } of strokes) {
    context.lineWidth = width * side;
    context.stroke(curve(points, side));
  }
}

/** Round the corners: a curve through the middles between points. A single point is a dot. */
function curve(points, side) {
  const path = new Path2D();
  const [first, ...rest] = points.map(([x, y]) => [x * side, y * side]);
  path.moveTo(...first);
  if (!rest.length) path.lineTo(first[0] + 0.01, first[1]);
  rest.forEach(([x, y], index) => {
    const next = rest[index + 1];
    if (next) path.quadraticCurveTo(x, y, (x + next[0]) / 2, (y + next[1]) / 2);
    else path.lineTo(x, y);
  });
  return path;
}

export default mountedOnce((element) => new DrawingCanvas(element));
