/* The map on its canvas: points, crosses on mistakes, the ten numbers, and rings. */

import { penOf } from "../shared/digit_image.js";
import { within } from "../shared/numbers.js";

const MANY_MISTAKES = 150;
const DIM = 0.08;

/** @typedef {import("./view.js").Place} Place */

export class Painter {
  /**
   * @param {HTMLCanvasElement} canvas
   * @param {import("./view.js").View} view
   */
  constructor(canvas, view) {
    this.canvas = canvas;
    this.view = view;
    this.pen = penOf(canvas);
    this.scale = this.size = 1;
    this.ink =
      this.paper =
      this.mistake =
      this.font =
        "";
  }

  /**
   * Begin with an empty canvas, in the page's colours of the moment.
   *
   * @param {number} scale 1, or more on a projector
   */
  begin(scale) {
    const style = getComputedStyle(this.canvas);
    this.ink = style.color;
    this.paper = style.getPropertyValue("--st-background-color");
    this.mistake = style.getPropertyValue("--wrong");
    this.font = style.fontFamily;
    this.scale = scale;
    const { width, height, enlarged } = this.view;
    this.size = scale * Math.sqrt(enlarged) * within(Math.min(width, height) / 150, 2.5, 5);
    this.pen.setTransform(devicePixelRatio, 0, 0, devicePixelRatio, 0, 0);
    this.pen.clearRect(0, 0, width, height);
  }

  /**
   * @param {readonly Place[]} places
   * @param {readonly string[]} colours
   * @param {boolean} isBright
   */
  drawDots(places, colours, isBright) {
    const { pen } = this;
    pen.globalAlpha = isBright ? 1 : DIM;
    pen.strokeStyle = this.paper;
    pen.lineWidth = 0.6;
    places.forEach(([x, y], index) => {
      pen.fillStyle = colours[index];
      pen.beginPath();
      pen.arc(x, y, this.size, 0, 2 * Math.PI);
      pen.fill();
      if (isBright) pen.stroke();
    });
    pen.globalAlpha = 1;
  }

  /**
   * Cross out what was read wrong; where nearly all is, as before training, with small crosses.
   *
   * @param {readonly Place[]} places
   */
  drawCrosses(places) {
    const share = within(Math.sqrt(MANY_MISTAKES / Math.max(places.length, 1)), 0.4, 1);
    const arm = this.size * 1.25 * share;
    const path = new Path2D();
    for (const [x, y] of places) {
      path.moveTo(x - arm, y - arm);
      path.lineTo(x + arm, y + arm);
      path.moveTo(x - arm, y + arm);
      path.lineTo(x + arm, y - arm);
    }
    this.pen.lineCap = "round";
    this.stroke(path, this.paper, 4.5 * share);
    this.stroke(path, this.mistake, 2.5 * share);
  }

  /**
   * Write the number of a digit where most of its kind lie.
   *
   * @param {string} digit
   * @param {Place} place
   */
  drawNumber(digit, place) {
    const { pen } = this;
    pen.font = `700 ${Math.round(28 * this.scale)}px ${this.font}`;
    pen.textAlign = "center";
    pen.textBaseline = "middle";
    pen.lineJoin = "round";
    pen.lineWidth = 5 * this.scale;
    pen.strokeStyle = this.paper;
    pen.strokeText(digit, ...place);
    pen.fillStyle = this.ink;
    pen.fillText(digit, ...place);
  }

  /**
   * @param {Place} place
   * @param {number} radius in pixels, of a map that is not for a projector
   */
  drawRing([x, y], radius) {
    const path = new Path2D();
    path.arc(x, y, radius * this.scale, 0, 2 * Math.PI);
    this.stroke(path, this.paper, 7);
    this.stroke(path, this.ink, 3.5);
  }

  /**
   * @param {Path2D} path
   * @param {string} colour
   * @param {number} width
   */
  stroke(path, colour, width) {
    this.pen.strokeStyle = colour;
    this.pen.lineWidth = width * this.scale;
    this.pen.stroke(path);
  }
}
