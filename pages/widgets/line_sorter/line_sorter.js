/* Lines that are put into an order, by dragging them or by the buttons beside them. */

import { build } from "../shared/elements.js";
import { mountedOnce, part } from "../shared/mounting.js";

const ARROWS = { [-1]: "↑", 1: "↓" };

/** @typedef {{ name: string, text: string }} Line */

class LineSorter {
  /** @param {HTMLElement} element */
  constructor(element) {
    /** @type {HTMLElement} */
    this.list = part(element, "list");
    this.said = part(element, "said");
    /** @type {string} */
    this.given = "";
    /** @type {HTMLElement | null} */
    this.moving = null;
    this.list.onpointerdown = (event) => this.lift(event);
    this.list.onpointermove = (event) => this.drag(event);
    this.list.onpointerup = this.list.onpointercancel = () => this.drop();
  }

  /**
   * Take the lines; once they are here, their order is the browser's.
   *
   * @param {{ lines: Line[], marked: number | null }} data
   * @param {import("../shared/mounting.js").SetValue} _
   * @param {import("../shared/mounting.js").SetValue} setStateValue
   */
  update({ lines, marked }, _, setStateValue) {
    this.setStateValue = setStateValue;
    const given = JSON.stringify(lines.map(({ name }) => name).toSorted());
    if (given !== this.given) {
      this.given = given;
      this.list.replaceChildren(...lines.map((line) => this.itemFor(line)));
      this.numberButtons();
    }
    this.items().forEach((item, place) => item.classList.toggle("is-wrong", place === marked));
  }

  items() {
    return /** @type {HTMLElement[]} */ ([...this.list.children]);
  }

  /** @param {Line} line */
  itemFor({ name, text }) {
    const item = build("li", {});
    item.dataset.name = name;
    item.append(build("pre", {}, text), this.buttonFor(item, -1), this.buttonFor(item, 1));
    return item;
  }

  /**
   * @param {HTMLElement} item
   * @param {-1 | 1} step
   */
  buttonFor(item, step) {
    const onclick = () => this.move(item, step);
    return build("button", { type: "button", className: "mnist-button", onclick }, ARROWS[step]);
  }

  /**
   * @param {HTMLElement} item
   * @param {number} step
   */
  move(item, step) {
    const button = document.activeElement;
    const other = step < 0 ? item.previousElementSibling : item.nextElementSibling;
    if (step < 0) other?.before(item);
    else other?.after(item);
    this.tell(item);
    // It may have become the first or the last one, whose button is off.
    const isOff = button instanceof HTMLButtonElement && button.disabled;
    const on = isOff ? item.querySelector("button:enabled") : button;
    if (on instanceof HTMLElement) on.focus();
  }

  /** @param {PointerEvent} event */
  lift(event) {
    const target = /** @type {Element} */ (event.target);
    if (event.button !== 0 || target.closest("button")) return;
    this.moving = target.closest("li");
    if (!this.moving) return;
    this.list.setPointerCapture(event.pointerId);
    this.moving.classList.add("is-moving");
  }

  /** @param {PointerEvent} event */
  drag({ clientY }) {
    const { moving } = this;
    if (!moving) return;
    const next = this.items().find((item) => {
      const { top, height } = item.getBoundingClientRect();
      return item !== moving && clientY < top + height / 2;
    });
    if (next) next.before(moving);
    else this.list.append(moving);
  }

  drop() {
    const { moving } = this;
    this.moving = null;
    if (!moving) return;
    moving.classList.remove("is-moving");
    this.tell(moving);
  }

  /** @param {HTMLElement} item the one that was moved */
  tell(item) {
    this.numberButtons();
    const items = this.items();
    this.said.textContent = `place ${items.indexOf(item) + 1} of ${items.length}`;
    this.setStateValue?.("order", items.map(({ dataset }) => dataset.name));
  }

  numberButtons() {
    const items = this.items();
    items.forEach((item, place) => {
      const [up, down] = item.querySelectorAll("button");
      up.disabled = place === 0;
      down.disabled = place === items.length - 1;
      up.ariaLabel = `Move line ${place + 1} up`;
      down.ariaLabel = `Move line ${place + 1} down`;
    });
  }
}

export default mountedOnce((element) => new LineSorter(element));
