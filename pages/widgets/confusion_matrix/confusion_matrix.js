/* The confusion matrix: one stop of the Tab key, arrow keys inside, a click or Enter chooses. */

import { build } from "../shared/elements.js";
import { isChoosing, isShortcut, setTabStop } from "../shared/keyboard.js";
import { mountedOnce, part } from "../shared/mounting.js";
import { asCount, asPercent } from "../shared/numbers.js";

const CLASSES = [...Array(10).keys()];
const FAINTEST = 0.12; // an error that happened once is still seen
const STRONGEST = 0.8; // the page's text reads on it, light or dark

/** @typedef {[number | null, number | null]} Choice true digit and guess; null for all */

/**
 * @typedef {object} Content
 * @property {number[][]} counts of true digits by guesses
 * @property {string} label
 * @property {boolean} shares write per cents of the row instead of counts
 * @property {boolean} can_choose
 */

/** @param {number[]} numbers */
const sum = (numbers) => numbers.reduce((total, number) => total + number, 0);

/** @param {number} number */
const digits = (number) => `${asCount(number)} ${number === 1 ? "digit" : "digits"}`;

class ConfusionMatrix {
  /** @param {HTMLElement} element */
  constructor(element) {
    /** @type {HTMLTableElement} */
    this.table = part(element, "table");
    this.drawn = "";
    this.canChoose = false;
    this.mostErrors = 1;
    /** @type {HTMLElement[]} */
    this.stops = [];
    this.table.onclick = ({ target }) => {
      const stop = /** @type {Element} */ (target).closest("[data-true]");
      if (stop) this.choose(/** @type {HTMLElement} */ (stop));
    };
    this.table.onkeydown = (event) => this.press(event);
  }

  /**
   * Take what the page's script says; the same counts are not drawn twice.
   *
   * @param {Content & { chosen: Choice }} data
   * @param {import("../shared/mounting.js").SetValue} setTriggerValue
   */
  update({ chosen, ...content }, setTriggerValue) {
    this.setTriggerValue = setTriggerValue;
    const drawn = JSON.stringify(content);
    if (drawn !== this.drawn) this.draw(content);
    this.drawn = drawn;
    this.showChosen(chosen);
  }

  /** @param {Content} content */
  draw({ counts, label, shares, can_choose: canChoose }) {
    const hadFocus = this.table.contains(document.activeElement);
    const place = placeOf(document.activeElement);
    this.canChoose = canChoose;
    const rows = counts.map((row) => sum(row));
    const columns = CLASSES.map((guess) => sum(counts.map((row) => row[guess])));
    const errors = counts.flatMap((row, digit) => row.filter((_, guess) => guess !== digit));
    this.mostErrors = Math.max(1, ...errors);
    const corner = { className: "corner", innerHTML: "<span>guess →</span><span>true ↓</span>" };
    const heads = CLASSES.map((guess) => headOf([null, guess], columns[guess]));
    const body = counts.map((row, digit) => {
      const cells = row.map((count, guess) => this.cell(digit, guess, count, rows[digit], shares));
      return build("tr", {}, headOf([digit, null], rows[digit]), ...cells, sumOf(rows[digit]));
    });
    this.table.setAttribute("role", "grid");
    this.table.replaceChildren(
      build("caption", {}, label),
      build("tr", {}, build("td", corner), ...heads, sumHead()),
      ...body,
      build("tr", {}, sumHead(), ...columns.map(sumOf), sumOf(sum(rows))),
    );
    this.stops = [...this.table.querySelectorAll("[data-true]")].map(
      (stop) => /** @type {HTMLElement} */ (stop),
    );
    if (hadFocus && place) this.focus(...place);
  }

  /**
   * @param {number} digit
   * @param {number} guess
   * @param {number} count
   * @param {number} whole
   * @param {boolean} shares
   */
  cell(digit, guess, count, whole, shares) {
    const written = shares ? asPercent(count, whole) : asCount(count);
    const verdict = digit === guess ? "read right" : `taken for ${guess}`;
    const words = `True digit ${digit}, ${verdict}: ${digits(count)}, ${asPercent(count, whole)}`;
    const cell = build("td", { title: words }, count ? written.replace(" %", "") : "");
    makeStop(cell, [digit, guess]);
    if (digit === guess) cell.className = "is-right";
    else if (count) {
      cell.className = "is-wrong";
      const strength = FAINTEST + (STRONGEST - FAINTEST) * (count / this.mostErrors);
      cell.style.setProperty("--strength", strength.toFixed(3));
    }
    return cell;
  }

  /** @param {Choice} chosen */
  showChosen([digit, guess]) {
    let selected = null;
    for (const stop of this.stops) {
      const [itsDigit, itsGuess] = choiceOf(stop);
      const isChosen = (digit !== null || guess !== null) &&
        (digit === null || digit === itsDigit) &&
        (guess === null || guess === itsGuess);
      if (this.canChoose) stop.setAttribute("aria-selected", String(isChosen));
      if (itsDigit === digit && itsGuess === guess) selected = stop;
    }
    const focused = this.stops.find((stop) => stop === document.activeElement);
    setTabStop(this.stops, focused ?? selected ?? this.stops[0]);
  }

  /** @param {KeyboardEvent} event */
  press(event) {
    if (isShortcut(event)) return;
    const target = /** @type {HTMLElement} */ (event.target);
    const place = placeOf(target);
    if (!place) return;
    const [row, column] = place;
    /** @type {Record<string, [number, number]>} */
    const moves = {
      ArrowLeft: [row, column - 1],
      ArrowRight: [row, column + 1],
      ArrowUp: [row - 1, column],
      ArrowDown: [row + 1, column],
      Home: [row, 0],
      End: [row, CLASSES.length - 1],
    };
    if (isChoosing(event)) this.choose(target);
    else if (event.key in moves) this.focus(...moves[event.key]);
    else return;
    event.preventDefault();
  }

  /**
   * @param {number} row -1 is the heads
   * @param {number} column
   */
  focus(row, column) {
    const stop = this.stops.find((each) => {
      const place = placeOf(each);
      return place?.[0] === row && place[1] === column;
    });
    if (!stop) return;
    setTabStop(this.stops, stop);
    stop.focus();
  }

  /** @param {HTMLElement} stop */
  choose(stop) {
    if (this.canChoose) this.setTriggerValue?.("chosen", choiceOf(stop));
  }
}

/**
 * Make a row's or a column's head; it chooses the whole of it.
 *
 * @param {Choice} choice
 * @param {number} count
 */
function headOf([digit, guess], count) {
  const isRow = guess === null;
  const title = `${isRow ? `True digit ${digit}` : `Guessed ${guess}`}: ${digits(count)}`;
  const head = build("th", { scope: isRow ? "row" : "col", title }, String(isRow ? digit : guess));
  makeStop(head, [digit, guess]);
  return head;
}

const sumHead = () => build("th", { className: "sum" }, "Sum");

/** @param {number} count */
const sumOf = (count) => build("td", { className: "sum" }, asCount(count));

/**
 * Let a cell be walked to, and be read out by its title.
 *
 * @param {HTMLElement} cell
 * @param {Choice} choice
 */
function makeStop(cell, [digit, guess]) {
  cell.dataset.true = String(digit ?? "");
  cell.dataset.guess = String(guess ?? "");
  cell.tabIndex = -1;
  cell.setAttribute("aria-label", cell.title);
}

/**
 * @param {HTMLElement} stop
 * @returns {Choice}
 */
function choiceOf({ dataset }) {
  const read = (/** @type {string | undefined} */ digit) => (digit ? Number(digit) : null);
  return [read(dataset.true), read(dataset.guess)];
}

/**
 * Return row and column of a cell, heads at -1.
 *
 * @param {Element | null} cell
 * @returns {[number, number] | null}
 */
function placeOf(cell) {
  if (!(cell instanceof HTMLElement) || cell.dataset.true === undefined) return null;
  const [digit, guess] = choiceOf(cell);
  return [digit ?? -1, guess ?? -1];
}

export default mountedOnce((element) => new ConfusionMatrix(element));
