/* The digit grid: one stop of the Tab key, arrow keys inside, a click or Enter chooses. */

import { paintDigit, unpackImages } from "../shared/digit_image.js";
import { build } from "../shared/elements.js";
import { isChoosing, isShortcut, setTabStop } from "../shared/keyboard.js";
import { mountedOnce, part } from "../shared/mounting.js";

const SIGNS = { right: "✓", wrong: "✗" };

/**
 * @typedef {object} Data
 * @property {string} pixels the images, packed
 * @property {string[]} captions
 * @property {string[]} descriptions
 * @property {boolean[] | null} right whether each was read right
 * @property {number[]} numbers what each image is called when it is chosen
 * @property {number | null} chosen
 * @property {boolean} can_choose
 * @property {string} label
 * @property {number} picture_size in rem
 */

class DigitGrid {
  /** @param {HTMLElement} element */
  constructor(element) {
    /** @type {HTMLElement} */
    this.list = part(element, "list");
    this.drawn = "";
    /** @type {HTMLElement[]} */
    this.items = [];
    this.list.onclick = ({ target }) => {
      const item = /** @type {Element} */ (target).closest('[role="option"]');
      if (item) this.choose(/** @type {HTMLElement} */ (item));
    };
    this.list.onkeydown = (event) => this.press(event);
  }

  /**
   * Take what the page's script says; items that stay keep their focus.
   *
   * @param {Data} data
   * @param {import("../shared/mounting.js").SetValue} setTriggerValue
   */
  update(data, setTriggerValue) {
    this.setTriggerValue = setTriggerValue;
    const { chosen, ...content } = data;
    const drawn = JSON.stringify(content);
    if (drawn !== this.drawn) this.draw(data);
    this.drawn = drawn;
    this.showChosen(chosen);
  }

  /** @param {Data} data */
  draw(data) {
    const hadFocus = this.list.contains(document.activeElement);
    this.list.style.setProperty("--picture", `${data.picture_size}rem`);
    this.list.setAttribute("role", data.can_choose ? "listbox" : "list");
    this.list.setAttribute("aria-label", data.label);
    this.items = unpackImages(data.pixels).map((pixels, index) => itemFor(pixels, index, data));
    this.list.replaceChildren(...this.items);
    if (hadFocus) this.items[0]?.focus();
  }

  /** @param {number | null} number */
  showChosen(number) {
    if (this.list.getAttribute("role") !== "listbox") return;
    for (const item of this.items) {
      item.setAttribute("aria-selected", String(Number(item.dataset.number) === number));
    }
    const focused = this.items.find((item) => item === document.activeElement);
    const selected = this.items.find((item) => item.ariaSelected === "true");
    setTabStop(this.items, focused ?? selected ?? this.items[0]);
  }

  /** @param {KeyboardEvent} event */
  press(event) {
    const index = this.items.findIndex((item) => item === event.target);
    if (index < 0 || isShortcut(event)) return;
    if (this.list.getAttribute("role") !== "listbox") return;
    /** @type {Record<string, number>} */
    const moves = {
      ArrowLeft: index - 1,
      ArrowRight: index + 1,
      ArrowUp: index - this.columns(),
      ArrowDown: index + this.columns(),
      Home: 0,
      End: this.items.length - 1,
    };
    if (isChoosing(event)) this.choose(this.items[index]);
    else if (event.key in moves) this.focus(moves[event.key]);
    else return;
    event.preventDefault();
  }

  /** @param {number} index */
  focus(index) {
    const item = this.items[index];
    if (!item) return;
    setTabStop(this.items, item);
    item.focus();
  }

  columns() {
    const top = this.items[0].offsetTop;
    const nextRow = this.items.findIndex((item) => item.offsetTop > top);
    return nextRow < 0 ? this.items.length : nextRow;
  }

  /** @param {HTMLElement} item */
  choose(item) {
    const number = Number(item.dataset.number);
    // Shown at once: the page's answer takes a moment.
    this.showChosen(number);
    this.setTriggerValue?.("chosen", number);
  }
}

/**
 * @param {Uint8Array} pixels
 * @param {number} index
 * @param {Data} data
 */
function itemFor(pixels, index, data) {
  const canvas = document.createElement("canvas");
  const mark = data.right && (data.right[index] ? "right" : "wrong");
  const [words, description] = [data.captions[index], data.descriptions[index]];
  paintDigit(canvas, pixels);
  const caption = build("span", {}, words);
  if (mark) caption.append(" ", build("i", {}, SIGNS[mark]));
  // Who speaks to the computer says what they read: it must be part of the name.
  const whole = description.includes(words) ? description : `${words}: ${description}`;
  const name = [whole, mark].filter(Boolean).join(", ");
  const className = mark ? `digit-item is-${mark}` : "digit-item";
  const item = build("div", { className, title: name }, canvas, caption);
  item.dataset.number = String(data.numbers[index]);
  if (data.can_choose) {
    item.setAttribute("role", "option");
    item.setAttribute("aria-label", name);
    canvas.setAttribute("aria-hidden", "true");
  } else {
    item.setAttribute("role", "listitem");
    canvas.setAttribute("role", "img");
    canvas.setAttribute("aria-label", name);
  }
  caption.setAttribute("aria-hidden", "true");
  return item;
}

export default mountedOnce((element) => new DigitGrid(element));
