/* A digit's 28 rows of 28 numbers, laid one after the other into a single row of 784. */

import { penOf, PIXELS, SIDE, unpackImages } from "../shared/digit_image.js";
import { mountedOnce, part } from "../shared/mounting.js";

const BRIGHTEST = 255;
const DIGITS_AFTER_POINT = 2;

class Flattening {
  /** @param {HTMLElement} element */
  constructor(element) {
    /** @type {HTMLInputElement} */
    this.divide = part(element, "divide");
    /** @type {HTMLInputElement} */
    this.rows = part(element, "rows");
    this.picture = part(element, "picture");
    this.pictureFrame = part(element, "pictureFrame");
    this.line = part(element, "line");
    this.lineFrame = part(element, "lineFrame");
    this.words = part(element, "words");
    this.numbers = part(element, "numbers");
    /** @type {Uint8Array} */
    this.image = new Uint8Array(PIXELS);
    this.divide.oninput = this.rows.oninput = () => this.show();
  }

  /** @param {{ pixels: string, description: string }} data */
  update({ pixels, description }) {
    [this.image] = unpackImages(pixels);
    this.picture.setAttribute("aria-label", `The rows of ${description} that are left`);
    this.line.setAttribute("aria-label", `The rows of ${description} laid into one`);
    this.show();
  }

  show() {
    const laid = this.rows.valueAsNumber;
    paint(this.picture, this.image, SIDE, (place) => place >= laid * SIDE);
    paint(this.line, this.image, PIXELS, (place) => place < laid * SIDE);
    this.frame(laid - 1);
    this.words.textContent = inWords(laid);
    this.numbers.textContent = this.numbersOf(Math.max(0, laid - 1)).join(" ");
  }

  /** @param {number} row the one that was laid last; -1 where there is none */
  frame(row) {
    this.pictureFrame.hidden = this.lineFrame.hidden = row < 0;
    const start = `${(100 * row) / SIDE}%`;
    const size = `${100 / SIDE}%`;
    Object.assign(this.pictureFrame.style, { top: start, height: size, left: "0", width: "100%" });
    Object.assign(this.lineFrame.style, { left: start, width: size, top: "0", height: "100%" });
  }

  /** @param {number} row */
  numbersOf(row) {
    const numbers = [...this.image.subarray(row * SIDE, (row + 1) * SIDE)];
    if (!this.divide.checked) return numbers;
    return numbers.map((number) => (number / BRIGHTEST).toFixed(DIGITS_AFTER_POINT));
  }
}

/**
 * Draw the pixels that are there, a pixel for a pixel; the others let the page show through.
 *
 * @param {HTMLCanvasElement} canvas
 * @param {Uint8Array} pixels
 * @param {number} width of the picture
 * @param {(place: number) => boolean} isThere
 */
function paint(canvas, pixels, width, isThere) {
  canvas.width = width;
  canvas.height = pixels.length / width;
  const pen = penOf(canvas);
  const image = pen.createImageData(canvas.width, canvas.height);
  pixels.forEach((ink, place) => {
    if (isThere(place)) image.data.set([ink, ink, ink, BRIGHTEST], place * 4);
  });
  pen.putImageData(image, 0, 0);
}

/** @param {number} laid */
function inWords(laid) {
  if (laid === 0) return "Row 0, as it lies in the picture:";
  const row = laid - 1;
  const places = `Row ${row} has places ${row * SIDE} to ${laid * SIDE - 1}`;
  return laid < SIDE ? `${places}:` : `${places}, the last ones. 784 numbers in one row!`;
}

export default mountedOnce((element) => new Flattening(element));
