/* The digit map: two thousand points on a canvas, and a card with the digit that is pointed at.
 *
 * When the page has other positions the points move to them; an enlargement and what is chosen in
 * the legend stay.
 */

import { penOf, SIDE } from "../shared/digit_image.js";
import { ARROWS, isChoosing, isShortcut } from "../shared/keyboard.js";
import { mountedOnce, part } from "../shared/mounting.js";
import { asCount, within } from "../shared/numbers.js";
import { Legend } from "./legend.js";
import { isSamePlace, onTheWay } from "./movement.js";
import { Painter } from "./painter.js";
import { View } from "./view.js";

const MOVE = 450; // milliseconds that points take to their new places
const CLOSER = 1.6;
const NEAR = 14; // pixels from a point at which it counts as pointed at
const DRAGGED = 5; // pixels from which on a press moves the map and chooses nothing
const CARD_GAP = 16; // pixels between point and card

/** @typedef {import("./view.js").Place} Place */
/** @typedef {import("./movement.js").Scene} Scene */

/**
 * @typedef {object} Data
 * @property {number[]} x of each digit, -1 to 1
 * @property {number[]} y
 * @property {string} true a letter each: what it is
 * @property {string} guess a letter each: what it was read as, ? for nothing
 * @property {number[]} numbers what each is called when it is chosen
 * @property {(number | null)[][]} centres of the ten digits
 * @property {number[] | null} shown where the ring is
 * @property {string} description
 * @property {string} pictures address of the picture of all digits
 * @property {number} columns of that picture
 * @property {string[]} colours of the ten digits
 * @property {number} scale 1, or more on a projector
 */

/**
 * Return where on the canvas something happened.
 *
 * @param {MouseEvent} event
 * @returns {Place}
 */
const placeOf = ({ offsetX, offsetY }) => [offsetX, offsetY];

class DigitMap {
  /** @param {HTMLElement} element */
  constructor(element) {
    /** @type {HTMLCanvasElement} */
    this.points = part(element, "points");
    this.card = part(element, "card");
    this.picture = part(element, "picture");
    this.words = part(element, "words");
    this.closer = part(element, "closer");
    this.farther = part(element, "farther");
    this.spoken = part(element, "spoken");
    this.legend = part(element, "legend");
    Object.assign(this.points, { digitMap: this }); // for those who look at what is drawn
    this.view = new View();
    this.painter = new Painter(this.points, this.view);
    /** @type {Legend | null} */
    this.filter = null;
    /** @type {Data | null} */
    this.data = null;
    /** @type {boolean[]} */
    this.wrong = [];
    /** @type {Scene | null} */
    this.now = null;
    /** @type {number | undefined} */
    this.at = undefined; // the digit that is pointed at
    /** @type {Place | undefined} */
    this.mouse = undefined;
    /** @type {{ at: Place, last: Place, isDrag: boolean } | undefined} */
    this.press = undefined;
    this.sheet = new Image();
    this.resizing = new ResizeObserver(() => this.resize());
    this.resizing.observe(this.points);
    this.listen();
  }

  /**
   * @param {Data} data
   * @param {import("../shared/mounting.js").SetValue} setTriggerValue
   */
  update(data, setTriggerValue) {
    this.setTriggerValue = setTriggerValue;
    this.filter ??= new Legend(this.legend, data.colours, () => this.draw());
    if (data.pictures !== this.data?.pictures) this.fetchPictures(data.pictures);
    this.points.setAttribute(
      "aria-label",
      `${data.description} Arrow keys go from digit to digit.`,
    );
    const isFollowed = this.data !== null && String(this.data.numbers) === String(data.numbers);
    this.data = data;
    this.wrong = [...data.true].map((digit, index) => digit !== data.guess[index]);
    this.filter.tell(this.wrong.filter(Boolean).length);
    this.hideCard();
    this.move(data, isFollowed);
  }

  /** @param {string} address */
  fetchPictures(address) {
    this.sheet = new Image();
    // Somebody may point at a digit already.
    this.sheet.onload = () => {
      if (this.at !== undefined) this.paintPicture(this.at);
    };
    this.sheet.src = String(new URL(address, document.baseURI));
  }

  /**
   * Let the points go to their places: all at once, or so that one can follow them.
   *
   * @param {Data} data
   * @param {boolean} isFollowed the digits are the same as before
   */
  move({ x, y, centres, shown }, isFollowed) {
    /** @type {Scene} */
    const to = { x, y, cx: centres.map(([cx]) => cx), cy: centres.map(([, cy]) => cy), shown };
    if (this.frame !== undefined) cancelAnimationFrame(this.frame);
    const from = this.now;
    const isCalm = matchMedia("(prefers-reduced-motion: reduce)").matches;
    if (!from || !isFollowed || isCalm || isSamePlace(from, to) || document.hidden) {
      this.finish(to);
      return;
    }
    const began = performance.now();
    const step = (/** @type {number} */ time) => {
      const share = within((time - began) / MOVE, 0, 1);
      if (share === 1) {
        this.finish(to);
        return;
      }
      this.now = onTheWay(from, to, share);
      this.draw();
      this.frame = requestAnimationFrame(step);
    };
    step(began);
  }

  /** @param {Scene} scene */
  finish(scene) {
    this.now = scene;
    this.draw();
    this.points.dataset.drawings = String(Number(this.points.dataset.drawings ?? 0) + 1);
  }

  resize() {
    const { clientWidth: width, clientHeight: height } = this.points;
    if (!width || !height) return;
    this.view.fit(width, height);
    this.points.width = width * devicePixelRatio;
    this.points.height = height * devicePixelRatio;
    this.draw();
  }

  draw() {
    const { data, now, painter, view, filter } = this;
    if (!data || !now || !filter || !view.width) return;
    painter.begin(data.scale);
    const all = data.numbers.map((_, index) => index);
    const bright = all.filter((index) => this.isShown(index));
    this.drawDots(all.filter((index) => !this.isShown(index)), false);
    this.drawDots(bright, true);
    const wrong = bright.filter((index) => this.wrong[index]);
    painter.drawCrosses(wrong.map((index) => this.screen(index)));
    now.cx.forEach((cx, digit) => {
      const cy = now.cy[digit];
      if (cx === null || cy === null || !filter.shows(String(digit), true)) return;
      painter.drawNumber(String(digit), view.screen(cx, cy));
    });
    const [x, y] = now.shown ?? [];
    if (typeof x === "number" && typeof y === "number") painter.drawRing(view.screen(x, y), 13);
    if (this.at !== undefined) painter.drawRing(this.screen(this.at), 8);
    const isEnlarged = view.enlarged > 1;
    this.points.classList.toggle("is-enlarged", isEnlarged);
    // Not disabled: the button that was just pressed would lose the focus.
    this.farther.setAttribute("aria-disabled", String(!isEnlarged));
    this.closer.setAttribute("aria-disabled", String(view.isClosest));
  }

  /**
   * @param {number[]} indices
   * @param {boolean} isBright
   */
  drawDots(indices, isBright) {
    const places = indices.map((index) => this.screen(index));
    const colours = indices.map((index) => this.data?.colours[Number(this.data.true[index])] ?? "");
    this.painter.drawDots(places, colours, isBright);
  }

  /** @param {number} index */
  isShown(index) {
    return Boolean(this.data && this.filter?.shows(this.data.true[index], this.wrong[index]));
  }

  /**
   * Return where on the canvas a digit lies.
   *
   * @param {number} index
   */
  screen(index) {
    return this.view.screen(Number(this.now?.x[index]), Number(this.now?.y[index]));
  }

  listen() {
    const { points } = this;
    points.onpointermove = (event) => this.point(event);
    points.onpointerleave = () => {
      this.mouse = undefined;
      this.hideCard();
    };
    points.onpointerdown = (event) => {
      if (event.button !== 0) return;
      this.press = { at: placeOf(event), last: placeOf(event), isDrag: false };
    };
    points.onpointerup = points.onpointercancel = (event) => this.release(event);
    points.ondblclick = (event) => this.enlarge(CLOSER, placeOf(event));
    points.onkeydown = (event) => this.key(event);
    points.onblur = () => this.hideCard();
    this.closer.onclick = () => this.enlarge(CLOSER);
    this.farther.onclick = () => this.enlarge(1 / CLOSER);
  }

  /** @param {PointerEvent} event */
  point(event) {
    const [x, y] = placeOf(event);
    // A browser tells of a mouse at rest, too, when something moves under it: the card of a digit
    // that the keyboard went to.
    if (this.mouse?.[0] === x && this.mouse[1] === y) return;
    this.mouse = [x, y];
    if (!event.buttons) this.press = undefined; // let go outside
    if (this.press && this.view.enlarged > 1) {
      const { at, last } = this.press;
      this.press.isDrag ||= Math.hypot(x - at[0], y - at[1]) > DRAGGED;
      if (this.press.isDrag) {
        this.points.setPointerCapture(event.pointerId);
        this.view.drag(x - last[0], y - last[1]);
        this.press.last = [x, y];
        this.hideCard();
        return;
      }
    }
    const found = this.nearest([x, y]);
    if (found === undefined) this.hideCard();
    else this.showCard(found);
  }

  /** @param {PointerEvent} event */
  release(event) {
    const isClick = this.press && !this.press.isDrag && event.type === "pointerup";
    this.press = undefined;
    if (!isClick) return;
    const found = this.nearest(placeOf(event));
    if (found !== undefined) this.choose(found);
  }

  /**
   * Find the shown digit nearest to a place; a cross lies above the points beneath it.
   *
   * @param {Place} place
   * @param {number} [reach] in pixels
   */
  nearest([x, y], reach = NEAR * (this.data?.scale ?? 1)) {
    return this.leastOf((index) => {
      const [left, top] = this.screen(index);
      return Math.hypot(left - x, top - y) - (this.wrong[index] ? 3 : 0);
    }, reach);
  }

  /**
   * Find the shown digit that costs least, and less than a limit.
   *
   * @param {(index: number) => number} costOf
   * @param {number} limit
   */
  leastOf(costOf, limit) {
    /** @type {number | undefined} */
    let found;
    let least = limit;
    for (let index = 0; index < this.wrong.length; index++) {
      const cost = this.isShown(index) ? costOf(index) : Infinity;
      if (cost < least) [found, least] = [index, cost];
    }
    return found;
  }

  /**
   * @param {number} factor
   * @param {Place} [about]
   */
  enlarge(factor, about) {
    this.view.enlarge(factor, about);
    this.hideCard();
    this.draw();
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    if (isShortcut(event)) return;
    const { at } = this;
    if (event.key === "+" || event.key === "-") {
      const about = at === undefined ? undefined : this.screen(at);
      this.enlarge(event.key === "+" ? CLOSER : 1 / CLOSER, about);
      if (at !== undefined) this.goTo(at);
    } else if (isChoosing(event)) {
      if (at !== undefined) this.choose(at);
    } else if (event.key in ARROWS) {
      const next = at === undefined ? this.first() : this.beside(ARROWS[event.key]);
      if (next !== undefined) this.goTo(next);
    } else return;
    event.preventDefault();
  }

  /**
   * Point at a digit by the keyboard: it comes into sight, and is said.
   *
   * @param {number} index
   */
  goTo(index) {
    const { width, height, unit } = this.view;
    const [x, y] = this.screen(index);
    const isInSight = x > NEAR && y > NEAR && x < width - NEAR && y < height - NEAR;
    if (!isInSight) this.view.go((x - width / 2) / unit, (height / 2 - y) / unit);
    this.showCard(index);
    this.spoken.textContent = this.inWords(index).replace("\n", ", ");
  }

  /** Begin at the ring, or in the middle. */
  first() {
    const [x, y] = this.now?.shown ?? [];
    const { width, height } = this.view;
    const isRinged = typeof x === "number" && typeof y === "number";
    return this.nearest(isRinged ? this.view.screen(x, y) : [width / 2, height / 2], Infinity);
  }

  /**
   * Find the next digit in a direction: near, and not much to the side.
   *
   * @param {[number, number]} direction
   */
  beside([right, down]) {
    const from = this.at ?? -1;
    const [x, y] = this.screen(from);
    return this.leastOf((index) => {
      const [left, top] = this.screen(index);
      const ahead = (left - x) * right + (top - y) * down;
      const aside = Math.abs((left - x) * down) + Math.abs((top - y) * right);
      return index === from || ahead <= 1 ? Infinity : ahead + 3 * aside;
    }, Infinity);
  }

  /** @param {number} index */
  showCard(index) {
    if (index === this.at && !this.card.hidden) return;
    this.at = index;
    this.paintPicture(index);
    this.words.textContent = this.inWords(index);
    this.words.className = this.wrong[index] ? "is-wrong" : "";
    this.card.hidden = false;
    const [x, y] = this.screen(index);
    const { offsetWidth: width, offsetHeight: height } = this.card;
    const fits = x + CARD_GAP + width < this.view.width;
    const left = fits ? x + CARD_GAP : x - CARD_GAP - width;
    this.card.style.left = `${Math.max(0, left)}px`;
    this.card.style.top = `${Math.max(0, Math.min(y - height / 2, this.view.height - height))}px`;
    this.draw();
  }

  /** @param {number} index */
  inWords(index) {
    if (!this.data) return "";
    const { true: truth, guess, numbers } = this.data;
    const read = guess[index] === "?" ? "no guess" : `read as ${guess[index]}`;
    const sign = this.wrong[index] ? "✗" : "✓";
    return `A ${truth[index]}, ${read} ${sign}\nnumber ${asCount(numbers[index])}`;
  }

  /** @param {number} index */
  paintPicture(index) {
    this.picture.width = this.picture.height = SIDE;
    // It may not have arrived yet: the words say which digit it is, and the picture follows.
    if (!this.data || !this.sheet.complete || !this.sheet.naturalWidth) return;
    const { columns } = this.data;
    const [x, y] = [(index % columns) * SIDE, Math.floor(index / columns) * SIDE];
    penOf(this.picture).drawImage(this.sheet, x, y, SIDE, SIDE, 0, 0, SIDE, SIDE);
  }

  hideCard() {
    const wasThere = this.at !== undefined;
    this.at = undefined;
    this.card.hidden = true;
    if (wasThere || this.press?.isDrag) this.draw();
  }

  /** @param {number} index */
  choose(index) {
    this.setTriggerValue?.("chosen", this.data?.numbers[index]);
  }

  end() {
    if (this.frame !== undefined) cancelAnimationFrame(this.frame);
    this.resizing.disconnect();
  }
}

export default mountedOnce((element) => new DigitMap(element));
