/* The digit map: two thousand points on a canvas, and a card with the digit that is pointed at.
 *
 * Streamlit calls the default export again whenever the page has other positions: the points then
 * move to them; an enlargement and what is chosen in the legend stay.
 *
 *   View    where on the canvas a place of the map lies: enlarging, moving about
 *   Legend  which digits are shown, all or only some
 *   DigitMap  the points, the card, the keyboard
 */

import { SIDE } from "../shared/digit_image.js";
import { mountedOnce, part } from "../shared/mounting.js";

const MOVE = 450; // milliseconds that points take to their new places
const REACH = 1.07; // of the map from its middle; points lie within -1 to 1
const CLOSER = 1.6;
const CLOSEST = 12;
const NEAR = 14; // pixels from a point at which it counts as pointed at
const DRAGGED = 5; // pixels from which on a press moves the map and chooses nothing
const MANY_MISTAKES = 150;
const CARD_GAP = 16; // pixels between point and card
const DIM = 0.08;
const DIGITS = Array.from({ length: 10 }, (_, digit) => String(digit));
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

class View {
  constructor() {
    this.enlarged = 1;
    this.middle = [0, 0];
  }

  fit(width, height) {
    Object.assign(this, { width, height });
  }

  get unit() {
    return (this.enlarged * Math.min(this.width, this.height)) / (2 * REACH);
  }

  screen(x, y) {
    const [left, top] = [x - this.middle[0], this.middle[1] - y];
    return [this.width / 2 + left * this.unit, this.height / 2 + top * this.unit];
  }

  enlarge(factor, [x, y] = [this.width / 2, this.height / 2]) {
    const before = this.unit;
    this.enlarged = Math.min(CLOSEST, Math.max(1, this.enlarged * factor));
    const change = 1 / before - 1 / this.unit; // the place under the pointer stays under it
    this.go((x - this.width / 2) * change, (this.height / 2 - y) * change);
  }

  drag(right, down) {
    this.go(-right / this.unit, down / this.unit);
  }

  go(right, up) {
    const most = 1 - 1 / this.enlarged;
    const within = (value) => Math.min(most, Math.max(-most, value));
    this.middle = [within(this.middle[0] + right), within(this.middle[1] + up)];
  }
}

class Legend {
  constructor(node, colours, onChange) {
    this.chosen = new Set();
    this.onlyWrong = false;
    this.buttons = DIGITS.map((digit) => {
      const dot = document.createElement("span");
      dot.className = "map-dot";
      dot.style.background = colours[digit];
      return button([dot, digit], `Show only ${digit}`, () => this.toggle(digit, onChange));
    });
    const cross = document.createElement("i");
    cross.textContent = "✕";
    this.count = document.createElement("span");
    this.wrong = button([cross, this.count], null, () => {
      this.onlyWrong = !this.onlyWrong;
      this.press(onChange);
    });
    this.wrong.dataset.testid = "map-wrong";
    node.replaceChildren(...this.buttons, this.wrong);
  }

  toggle(digit, onChange) {
    if (!this.chosen.delete(digit)) this.chosen.add(digit);
    this.press(onChange);
  }

  press(onChange) {
    DIGITS.forEach((digit, index) =>
      this.buttons[index].setAttribute("aria-pressed", this.chosen.has(digit))
    );
    this.wrong.setAttribute("aria-pressed", this.onlyWrong);
    onChange();
  }

  tell(wrong) {
    this.count.textContent = `read wrong: ${wrong.toLocaleString("en")}`;
  }

  shows(digit, isWrong) {
    return (!this.chosen.size || this.chosen.has(digit)) && (isWrong || !this.onlyWrong);
  }
}

class DigitMap {
  constructor(element) {
    const names = ["points", "card", "picture", "words", "closer", "farther", "spoken", "legend"];
    for (const name of names) this[name] = part(element, name);
    this.points.digitMap = this; // for those who look at what is drawn
    this.view = new View();
    this.resizing = new ResizeObserver(() => this.resize());
    this.resizing.observe(this.points);
    this.listen();
  }

  update(data, setTriggerValue) {
    this.setTriggerValue = setTriggerValue;
    this.filter ??= new Legend(this.legend, data.colours, () => this.draw());
    if (data.pictures !== this.data?.pictures) this.fetchPictures(data.pictures);
    this.points.setAttribute(
      "aria-label",
      `${data.description} Arrow keys go from digit to digit.`,
    );
    const before = this.data;
    this.data = data;
    this.wrong = [...data.true].map((digit, place) => digit !== data.guess[place]);
    this.filter.tell(this.wrong.filter(Boolean).length);
    this.hideCard();
    this.move(before && String(before.numbers) === String(data.numbers));
  }

  fetchPictures(address) {
    this.sheet = new Image();
    // Somebody may point at a digit already.
    this.sheet.onload = () => this.at !== undefined && this.paintPicture(this.at);
    this.sheet.src = new URL(address, document.baseURI);
  }

  /** Let the points go to their places: all at once, or so that one can follow them. */
  move(canFollow) {
    const { x, y, centres, shown } = this.data;
    const to = { x, y, cx: centres.map(([cx]) => cx), cy: centres.map(([, cy]) => cy) };
    cancelAnimationFrame(this.frame);
    const isCalm = matchMedia("(prefers-reduced-motion: reduce)").matches;
    const isSame = this.now && String(this.now.x) === String(x) && String(this.now.y) === String(y);
    if (!canFollow || isCalm || isSame || document.hidden) {
      this.now = { ...to, shown };
      this.finish();
      return;
    }
    const [from, began] = [this.now, performance.now()];
    const step = (time) => {
      const share = Math.min(1, Math.max(0, (time - began) / MOVE));
      const eased = share * share * (3 - 2 * share);
      this.now = { shown: between(from.shown, shown, eased) };
      for (const name of ["x", "y", "cx", "cy"]) {
        this.now[name] = between(from[name], to[name], eased);
      }
      if (share < 1) {
        this.draw();
        this.frame = requestAnimationFrame(step);
      } else {
        this.now = { ...to, shown };
        this.finish();
      }
    };
    step(began);
  }

  finish() {
    this.draw();
    this.points.dataset.drawings = Number(this.points.dataset.drawings ?? 0) + 1;
  }

  resize() {
    const { clientWidth: width, clientHeight: height } = this.points;
    if (!width || !height) return;
    this.view.fit(width, height);
    this.points.width = width * devicePixelRatio;
    this.points.height = height * devicePixelRatio;
    this.draw();
  }

  // ------------------------------------------------------------------------------- drawing

  draw() {
    if (!this.now || !this.view.width) return;
    const style = getComputedStyle(this.points);
    this.ink = style.color;
    this.paper = style.getPropertyValue("--st-background-color");
    this.mistake = style.getPropertyValue("--wrong");
    this.font = style.fontFamily;
    this.pen = this.points.getContext("2d");
    this.pen.setTransform(devicePixelRatio, 0, 0, devicePixelRatio, 0, 0);
    this.pen.clearRect(0, 0, this.view.width, this.view.height);
    this.size = this.data.scale * Math.sqrt(this.view.enlarged) * this.pointSize();
    const places = this.data.numbers.map((_, place) => place);
    const bright = places.filter((place) => this.isShown(place));
    this.drawDots(places.filter((place) => !this.isShown(place)), DIM);
    this.drawDots(bright, 1);
    this.drawCrosses(bright.filter((place) => this.wrong[place]));
    this.drawCentres();
    this.drawRing();
    const isEnlarged = this.view.enlarged > 1;
    this.points.classList.toggle("is-enlarged", isEnlarged);
    // Not disabled: the button that was just pressed would lose the focus.
    this.farther.setAttribute("aria-disabled", String(!isEnlarged));
    this.closer.setAttribute("aria-disabled", String(this.view.enlarged >= CLOSEST));
  }

  pointSize() {
    return Math.min(5, Math.max(2.5, Math.min(this.view.width, this.view.height) / 150));
  }

  isShown(place) {
    return this.filter.shows(this.data.true[place], this.wrong[place]);
  }

  screen(place) {
    return this.view.screen(this.now.x[place], this.now.y[place]);
  }

  drawDots(places, opacity) {
    const { pen } = this;
    pen.globalAlpha = opacity;
    pen.strokeStyle = this.paper;
    pen.lineWidth = 0.6;
    for (const place of places) {
      pen.fillStyle = this.data.colours[this.data.true[place]];
      pen.beginPath();
      pen.arc(...this.screen(place), this.size, 0, 2 * Math.PI);
      pen.fill();
      if (opacity === 1) pen.stroke();
    }
    pen.globalAlpha = 1;
  }

  /** Cross out what was read wrong; where nearly all is, as before training, with small crosses. */
  drawCrosses(places) {
    const share = Math.min(1, Math.max(0.4, Math.sqrt(MANY_MISTAKES / Math.max(places.length, 1))));
    const arm = this.size * 1.25 * share;
    const path = new Path2D();
    for (const place of places) {
      const [x, y] = this.screen(place);
      path.moveTo(x - arm, y - arm);
      path.lineTo(x + arm, y + arm);
      path.moveTo(x - arm, y + arm);
      path.lineTo(x + arm, y - arm);
    }
    this.pen.lineCap = "round";
    this.stroke(path, this.paper, 4.5 * share);
    this.stroke(path, this.mistake, 2.5 * share);
  }

  drawCentres() {
    const { pen } = this;
    pen.font = `700 ${Math.round(28 * this.data.scale)}px ${this.font}`;
    pen.textAlign = "center";
    pen.textBaseline = "middle";
    pen.lineJoin = "round";
    pen.lineWidth = 5 * this.data.scale;
    for (const digit of DIGITS) {
      if (this.now.cx[digit] === null || !this.filter.shows(digit, true)) continue;
      const place = this.view.screen(this.now.cx[digit], this.now.cy[digit]);
      pen.strokeStyle = this.paper;
      pen.strokeText(digit, ...place);
      pen.fillStyle = this.ink;
      pen.fillText(digit, ...place);
    }
  }

  drawRing() {
    if (this.now.shown) this.ring(this.view.screen(...this.now.shown), 13 * this.data.scale);
    if (this.at !== undefined) this.ring(this.screen(this.at), 8 * this.data.scale);
  }

  ring(place, radius) {
    const path = new Path2D();
    path.arc(...place, radius, 0, 2 * Math.PI);
    this.stroke(path, this.paper, 7);
    this.stroke(path, this.ink, 3.5);
  }

  stroke(path, colour, width) {
    this.pen.strokeStyle = colour;
    this.pen.lineWidth = width * this.data.scale;
    this.pen.stroke(path);
  }

  // ------------------------------------------------------------------------------ pointing

  listen() {
    const { points } = this;
    points.onpointermove = (event) => this.point(event);
    points.onpointerleave = () => {
      this.mouse = undefined;
      this.hideCard();
    };
    points.onpointerdown = (event) => {
      if (event.button !== 0) return;
      this.press = { at: place(event), last: place(event), isDrag: false };
    };
    points.onpointerup = points.onpointercancel = (event) => this.release(event);
    points.ondblclick = (event) => this.enlarge(CLOSER, place(event));
    points.onkeydown = (event) => this.key(event);
    points.onblur = () => this.hideCard();
    this.closer.onclick = () => this.enlarge(CLOSER);
    this.farther.onclick = () => this.enlarge(1 / CLOSER);
  }

  point(event) {
    const here = place(event);
    // A browser tells of a mouse at rest, too, when something moves under it: the card of a digit
    // that the keyboard went to.
    if (this.mouse && here.every((coordinate, axis) => coordinate === this.mouse[axis])) return;
    this.mouse = here;
    if (!event.buttons) this.press = undefined; // let go outside
    if (this.press && this.view.enlarged > 1) {
      const far = Math.hypot(here[0] - this.press.at[0], here[1] - this.press.at[1]);
      this.press.isDrag ||= far > DRAGGED;
      if (this.press.isDrag) {
        this.points.setPointerCapture(event.pointerId);
        this.view.drag(here[0] - this.press.last[0], here[1] - this.press.last[1]);
        this.press.last = here;
        this.hideCard();
        return;
      }
    }
    const found = this.nearest(here);
    if (found === undefined) this.hideCard();
    else this.showCard(found);
  }

  release(event) {
    const isClick = this.press && !this.press.isDrag && event.type === "pointerup";
    this.press = undefined;
    if (!isClick) return;
    const found = this.nearest(place(event));
    if (found !== undefined) this.choose(found);
  }

  /** Find the shown digit nearest to a place; a cross lies above the points beneath it. */
  nearest([x, y], reach = NEAR * this.data.scale) {
    let [found, closest] = [undefined, reach];
    this.data.numbers.forEach((_, index) => {
      if (!this.isShown(index)) return;
      const [left, top] = this.screen(index);
      const distance = Math.hypot(left - x, top - y) - (this.wrong[index] ? 3 : 0);
      if (distance < closest) [found, closest] = [index, distance];
    });
    return found;
  }

  enlarge(factor, at) {
    this.view.enlarge(factor, at);
    this.hideCard();
    this.draw();
  }

  key(event) {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    if (event.key === "+" || event.key === "-") {
      const { at } = this;
      this.enlarge(
        event.key === "+" ? CLOSER : 1 / CLOSER,
        at === undefined ? at : this.screen(at),
      );
      if (at !== undefined) this.goTo(at);
    } else if (event.key === "Enter" || event.key === " ") {
      if (this.at !== undefined) this.choose(this.at);
    } else if (event.key in ARROWS) {
      const next = this.at === undefined ? this.first() : this.beside(ARROWS[event.key]);
      if (next !== undefined) this.goTo(next);
    } else return;
    event.preventDefault();
  }

  /** Point at a digit by the keyboard: it comes into sight, and is said. */
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
    const middle = [this.view.width / 2, this.view.height / 2];
    return this.nearest(this.now.shown ? this.view.screen(...this.now.shown) : middle, Infinity);
  }

  /** Find the next digit in a direction: near, and not much to the side. */
  beside([right, down]) {
    const [x, y] = this.screen(this.at);
    let [found, least] = [undefined, Infinity];
    this.data.numbers.forEach((_, index) => {
      if (index === this.at || !this.isShown(index)) return;
      const [left, top] = this.screen(index);
      const ahead = (left - x) * right + (top - y) * down;
      const aside = Math.abs((left - x) * down) + Math.abs((top - y) * right);
      const effort = ahead + 3 * aside;
      if (ahead > 1 && effort < least) [found, least] = [index, effort];
    });
    return found;
  }

  // ---------------------------------------------------------------------------------- card

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

  inWords(index) {
    const { true: truth, guess, numbers } = this.data;
    const read = guess[index] === "?" ? "no guess" : `read as ${guess[index]}`;
    const sign = this.wrong[index] ? "✗" : "✓";
    return `A ${truth[index]}, ${read} ${sign}\nnumber ${numbers[index].toLocaleString("en")}`;
  }

  paintPicture(index) {
    const { columns } = this.data;
    this.picture.width = this.picture.height = SIDE;
    // It may not have arrived yet: the words say which digit it is, and the picture follows.
    if (!this.sheet.complete || !this.sheet.naturalWidth) return;
    const from = [(index % columns) * SIDE, Math.floor(index / columns) * SIDE, SIDE, SIDE];
    this.picture.getContext("2d").drawImage(this.sheet, ...from, 0, 0, SIDE, SIDE);
  }

  hideCard() {
    const wasThere = this.at !== undefined;
    this.at = undefined;
    this.card.hidden = true;
    if (wasThere || this.press?.isDrag) this.draw();
  }

  choose(index) {
    this.setTriggerValue("chosen", this.data.numbers[index]);
  }

  end() {
    cancelAnimationFrame(this.frame);
    this.resizing.disconnect();
  }
}

const place = ({ offsetX, offsetY }) => [offsetX, offsetY];

/** Give numbers on the way from some to others; one that has no start or no end is at its end. */
function between(from, to, share) {
  if (!from || !to) return to;
  return to.map((end, index) => {
    const start = from[index] ?? end;
    return end === null ? null : start + (end - start) * share;
  });
}

function button(content, label, onClick) {
  const node = document.createElement("button");
  node.type = "button";
  node.append(...content);
  if (label) node.setAttribute("aria-label", label);
  node.setAttribute("aria-pressed", "false");
  node.onclick = onClick;
  return node;
}

export default mountedOnce((element) => new DigitMap(element));
