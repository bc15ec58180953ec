/* The digit grid: one stop of the Tab key, arrow keys inside, a click or Enter chooses. */

import { paintDigit, unpackImages } from "../shared/digit_image.js";
import { mountedOnce, part } from "../shared/mounting.js";

const SIGNS = { right: "✓", wrong: "✗" };

class DigitGrid {
  constructor(element) {
    this.list = part(element, "list");
    this.list.onclick = (event) => this.choose(event.target.closest('[role="option"]'));
    this.list.onkeydown = (event) => this.press(event);
  }

  /** Take what the page's script says; items that stay keep their focus. */
  update(data, setTriggerValue) {
    this.setTriggerValue = setTriggerValue;
    const { chosen, ...content } = data;
    const drawn = JSON.stringify(content);
    if (drawn !== this.drawn) this.draw(data);
    this.drawn = drawn;
    this.showChosen(chosen);
  }

  draw(data) {
    const hadFocus = this.list.contains(document.activeElement);
    this.list.style.setProperty("--picture", `${data.picture_size}rem`);
    this.list.setAttribute("role", data.can_choose ? "listbox" : "list");
    this.list.setAttribute("aria-label", data.label);
    const images = unpackImages(data.pixels);
    this.items = images.map((pixels, index) => this.item(pixels, index, data));
    this.list.replaceChildren(...this.items);
    if (hadFocus) this.items[0]?.focus();
  }

  item(pixels, index, data) {
    const item = document.createElement("div");
    const canvas = document.createElement("canvas");
    const caption = document.createElement("span");
    const mark = data.marks[index];
    paintDigit(canvas, pixels);
    caption.append(data.captions[index]);
    item.className = mark ? `digit-item is-${mark}` : "digit-item";
    if (mark) caption.append(" ", sign(mark));
    item.dataset.number = data.numbers[index];
    const [words, description] = [data.captions[index], data.descriptions[index]];
    // Who speaks to the computer says what they read: it must be part of the name.
    const whole = description.includes(words) ? description : `${words}: ${description}`;
    const name = [whole, mark].filter(Boolean).join(", ");
    item.title = name;
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
    item.append(canvas, caption);
    return item;
  }

  showChosen(number) {
    if (this.list.getAttribute("role") !== "listbox") return;
    for (const item of this.items) {
      item.setAttribute("aria-selected", String(Number(item.dataset.number) === number));
    }
    const focused = this.items.find((item) => item === document.activeElement);
    const selected = this.items.find((item) => item.ariaSelected === "true");
    this.setStop(focused ?? selected ?? this.items[0]);
  }

  /** Let the Tab key stop at one item only. */
  setStop(stop) {
    for (const item of this.items) item.tabIndex = item === stop ? 0 : -1;
  }

  press(event) {
    const index = this.items.indexOf(event.target);
    if (index < 0 || event.altKey || event.ctrlKey || event.metaKey) return;
    if (this.list.getAttribute("role") !== "listbox") return;
    const last = this.items.length - 1;
    const moves = {
      ArrowLeft: index - 1,
      ArrowRight: index + 1,
      ArrowUp: index - this.columns(),
      ArrowDown: index + this.columns(),
      Home: 0,
      End: last,
    };
    if (event.key === "Enter" || event.key === " ") this.choose(event.target);
    else if (event.key in moves) this.focus(moves[event.key]);
    else return;
    event.preventDefault();
  }

  focus(index) {
    const item = this.items[index];
    if (!item) return;
    this.setStop(item);
    item.focus();
  }

  columns() {
    const top = this.items[0].offsetTop;
    const nextRow = this.items.findIndex((item) => item.offsetTop > top);
    return nextRow < 0 ? this.items.length : nextRow;
  }

  choose(item) {
    if (!item) return;
    const number = Number(item.dataset.number);
    // Shown at once: the page's answer takes a moment.
    this.showChosen(number);
    this.setTriggerValue("chosen", number);
  }
}

function sign(mark) {
  const letter = document.createElement("i");
  letter.textContent = SIGNS[mark];
  return letter;
}

export default mountedOnce((element) => new DigitGrid(element));
