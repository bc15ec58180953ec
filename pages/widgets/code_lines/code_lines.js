/* A program whose lines explain themselves: one stop of the Tab key, arrow keys inside. */

import { build } from "../shared/elements.js";
import { ARROWS, isShortcut, setTabStop } from "../shared/keyboard.js";
import { mountedOnce, part } from "../shared/mounting.js";
import { within } from "../shared/numbers.js";

const HINT = "Point at a line, or use Tab and the arrow keys: here it says what the line does.";

/** @typedef {{ text: string, words: string, controls: string[] }} Line */

/** @param {string} control */
const controlOnPage = (control) => document.querySelector(`.st-key-${CSS.escape(control)}`);

class CodeLines {
  /** @param {HTMLElement} element */
  constructor(element) {
    /** @type {HTMLElement} */
    this.list = part(element, "list");
    this.words = part(element, "words");
    /** @type {HTMLButtonElement} */
    this.copy = part(element, "copy");
    this.program = "";
    /** @type {Line[]} those that are not empty */
    this.lines = [];
    /** @type {HTMLElement[]} */
    this.items = [];
    this.listening = new AbortController();
    const { signal } = this.listening;
    for (const kind of /** @type {const} */ (["pointerover", "focusin"])) {
      this.list.addEventListener(kind, ({ target }) => this.explain(this.lineAt(target)), {
        signal,
      });
      document.addEventListener(kind, ({ target }) => this.markLinesOf(target), { signal });
    }
    this.list.addEventListener("pointerleave", () => this.explain(this.focused()), { signal });
    this.list.addEventListener("focusout", () => this.explain(-1), { signal });
    this.list.addEventListener("keydown", (event) => this.press(event), { signal });
    this.copy.addEventListener("click", () => this.take(), { signal });
  }

  /** @param {{ lines: Line[] }} data */
  update({ lines }) {
    const program = lines.map(({ text }) => text).join("\n");
    if (program === this.program) return;
    const focused = this.focused();
    this.program = program;
    this.lines = lines.filter(({ text }) => text);
    this.items = this.lines.map((line) => {
      const className = lines[lines.indexOf(line) - 1]?.text === "" ? "is-apart" : "";
      return build("div", { role: "option", textContent: line.text, className });
    });
    this.list.replaceChildren(...this.items);
    setTabStop(this.items, this.items[0]);
    if (focused >= 0) this.focus(focused);
    else this.explain(-1);
  }

  /** @param {EventTarget | null} target */
  lineAt(target) {
    return this.items.findIndex((item) => item === target);
  }

  focused() {
    return this.lineAt(document.activeElement);
  }

  /** @param {KeyboardEvent} event */
  press(event) {
    const here = this.lineAt(event.target);
    const [, down] = ARROWS[event.key] ?? [0, 0];
    if (here < 0 || !down || isShortcut(event)) return;
    event.preventDefault();
    this.focus(here + down);
  }

  /** @param {number} index */
  focus(index) {
    const item = this.items[within(index, 0, this.items.length - 1)];
    setTabStop(this.items, item);
    item.focus();
  }

  /**
   * Say what a line does, and mark it and its controls.
   *
   * @param {number} index -1 for none
   */
  explain(index) {
    const line = this.lines[index];
    this.words.textContent = line?.words || HINT;
    this.mark(line?.words ? [index] : this.linesOf(document.activeElement));
    for (const marked of document.querySelectorAll("[data-meant-by-code]")) {
      marked.removeAttribute("data-meant-by-code");
    }
    for (const control of line?.controls ?? []) {
      controlOnPage(control)?.setAttribute("data-meant-by-code", "");
    }
  }

  /**
   * Mark the lines that a control decides about: the one that is pointed at, or has the focus.
   *
   * @param {EventTarget | null} target what is pointed at on the page
   */
  markLinesOf(target) {
    if (!(target instanceof Node) || this.list.contains(target) || this.focused() >= 0) return;
    const pointed = this.linesOf(target);
    this.mark(pointed.length ? pointed : this.linesOf(document.activeElement));
  }

  /** @param {Node | null} target */
  linesOf(target) {
    return [...this.lines.keys()].filter((index) =>
      this.lines[index].controls.some((control) => controlOnPage(control)?.contains(target))
    );
  }

  /** @param {number[]} indices */
  mark(indices) {
    this.items.forEach((item, index) => {
      item.classList.toggle("is-meant", indices.includes(index));
      item.setAttribute("aria-selected", String(indices.includes(index)));
    });
  }

  /** Pages that don't come over HTTPS have no clipboard: there the text is marked, to be copied. */
  async take() {
    try {
      await navigator.clipboard.writeText(this.program);
    } catch {
      getSelection()?.selectAllChildren(this.list);
      document.execCommand("copy");
    }
  }

  end() {
    this.explain(-1);
    this.listening.abort();
  }
}

export default mountedOnce((element) => new CodeLines(element));
