/* Where on the canvas a place of the map lies: enlarging and moving about. */

import { within } from "../shared/numbers.js";

const REACH = 1.07; // of the map from its middle; points lie within -1 to 1
const CLOSEST = 12;

/** @typedef {[number, number]} Place right and down on the canvas, or right and up on the map */

export class View {
  constructor() {
    this.enlarged = 1;
    this.width = this.height = 0;
    /** @type {Place} */
    this.middle = [0, 0];
  }

  /**
   * @param {number} width in pixels
   * @param {number} height in pixels
   */
  fit(width, height) {
    Object.assign(this, { width, height });
  }

  /** Pixels for a step of 1 on the map. */
  get unit() {
    return (this.enlarged * Math.min(this.width, this.height)) / (2 * REACH);
  }

  get isClosest() {
    return this.enlarged >= CLOSEST;
  }

  /**
   * Return where on the canvas a place of the map lies.
   *
   * @param {number} x
   * @param {number} y
   * @returns {Place}
   */
  screen(x, y) {
    const [left, top] = [x - this.middle[0], this.middle[1] - y];
    return [this.width / 2 + left * this.unit, this.height / 2 + top * this.unit];
  }

  /**
   * Enlarge about a place of the canvas, which stays where it is.
   *
   * @param {number} factor
   * @param {Place} [about] the middle, unless said
   */
  enlarge(factor, [x, y] = [this.width / 2, this.height / 2]) {
    const before = this.unit;
    this.enlarged = within(this.enlarged * factor, 1, CLOSEST);
    const change = 1 / before - 1 / this.unit;
    this.go((x - this.width / 2) * change, (this.height / 2 - y) * change);
  }

  /**
   * @param {number} right in pixels
   * @param {number} down in pixels
   */
  drag(right, down) {
    this.go(-right / this.unit, down / this.unit);
  }

  /**
   * Move the middle on the map, no further than to its edge.
   *
   * @param {number} right
   * @param {number} up
   */
  go(right, up) {
    const most = 1 - 1 / this.enlarged;
    const [x, y] = this.middle;
    this.middle = [within(x + right, -most, most), within(y + up, -most, most)];
  }
}
