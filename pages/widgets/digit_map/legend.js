/* Which digits are shown: all, some of the ten, or only those that were read wrong. */

import { build } from "../shared/elements.js";
import { asCount } from "../shared/numbers.js";

const CLASSES = [...Array(10).keys()].map(String);

export class Legend {
  /**
   * @param {HTMLElement} node
   * @param {readonly string[]} colours of the ten digits
   * @param {() => void} onChange
   */
  constructor(node, colours, onChange) {
    this.onChange = onChange;
    /** @type {Set<string>} */
    this.chosen = new Set();
    this.onlyWrong = false;
    this.buttons = CLASSES.map((digit, index) => {
      const dot = build("span", { className: "map-dot" });
      dot.style.background = colours[index];
      const toggle = button([dot, digit], () => this.toggle(digit));
      toggle.setAttribute("aria-label", `Show only ${digit}`);
      return toggle;
    });
    this.count = document.createElement("span");
    this.wrong = button([build("i", {}, "✕"), this.count], () => {
      this.onlyWrong = !this.onlyWrong;
      this.press();
    });
    this.wrong.dataset.testid = "map-wrong";
    node.replaceChildren(...this.buttons, this.wrong);
  }

  /** @param {string} digit */
  toggle(digit) {
    if (!this.chosen.delete(digit)) this.chosen.add(digit);
    this.press();
  }

  press() {
    CLASSES.forEach((digit, index) =>
      this.buttons[index].setAttribute("aria-pressed", String(this.chosen.has(digit)))
    );
    this.wrong.setAttribute("aria-pressed", String(this.onlyWrong));
    this.onChange();
  }

  /** @param {number} wrong how many digits were read wrong */
  tell(wrong) {
    this.count.textContent = `read wrong: ${asCount(wrong)}`;
  }

  /**
   * @param {string} digit
   * @param {boolean} isWrong
   */
  shows(digit, isWrong) {
    return (!this.chosen.size || this.chosen.has(digit)) && (isWrong || !this.onlyWrong);
  }
}

/**
 * @param {(Node | string)[]} content
 * @param {() => void} onClick
 */
function button(content, onClick) {
  const node = build("button", { type: "button", onclick: onClick }, ...content);
  node.setAttribute("aria-pressed", "false");
  return node;
}
