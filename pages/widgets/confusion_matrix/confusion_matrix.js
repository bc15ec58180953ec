/* The confusion matrix: one stop of the Tab key, arrow keys inside, a click or Enter chooses. */

import { mountedOnce, part } from "../shared/mounting.js";

const DIGITS = [...Array(10).keys()];
const FAINTEST = 0.12; // an error that happened once is still seen
const STRONGEST = 0.8; // the page's text reads on it, light or dark

const sum = (numbers) => numbers.reduce((total, number) => total + number, 0);
const asCount = (number) => number.toLocaleString("en-GB");
const asShare = (part, whole) => (whole ? `${((100 * part) / whole).toFixed(1)} %` : "–");
const digits = (number) => `${asCount(number)} ${number === 1 ? "digit" : "digits"}`;

class ConfusionMatrix {
  constructor(element) {
    this.table = part(element, "table");
    this.table.onclick = (event) => this.choose(event.target.closest("[data-true]"));
    this.table.onkeydown = (event) => this.press(event);
  }

  /** Take what the page's script says; the same counts are not drawn twice. */
  update({ chosen, ...content }, setTriggerValue) {
    this.setTriggerValue = setTriggerValue;
    const drawn = JSON.stringify(content);
    if (drawn !== this.drawn) this.draw(content);
    this.drawn = drawn;
    this.showChosen(chosen);
  }

  draw({ counts, label, shares, can_choose }) {
    const hadFocus = this.table.contains(document.activeElement);
    const place = this.place(document.activeElement);
    this.canChoose = can_choose;
    const rows = counts.map((row) => sum(row));
    const columns = DIGITS.map((guess) => sum(counts.map((row) => row[guess])));
    const errors = counts.flatMap((row, digit) => row.filter((_, guess) => guess !== digit));
    this.mostErrors = Math.max(1, ...errors);
    const caption = document.createElement("caption");
    caption.textContent = label;
    const head = this.row([
      this.corner(),
      ...DIGITS.map((guess) => this.head(null, guess, columns[guess])),
      this.sumHead("Sum"),
    ]);
    const body = counts.map((row, digit) =>
      this.row([
        this.head(digit, null, rows[digit]),
        ...row.map((count, guess) => this.cell(digit, guess, count, rows[digit], shares)),
        this.sum(rows[digit]),
      ])
    );
    const foot = this.row([
      this.sumHead("Sum"),
      ...columns.map((count) => this.sum(count)),
      this.sum(sum(rows)),
    ]);
    this.table.setAttribute("role", "grid");
    this.table.replaceChildren(caption, head, ...body, foot);
    this.stops = [...this.table.querySelectorAll("[data-true]")];
    if (hadFocus && place) this.focus(...place);
  }

  row(cells) {
    const row = document.createElement("tr");
    row.append(...cells);
    return row;
  }

  corner() {
    const corner = document.createElement("td");
    corner.className = "corner";
    corner.innerHTML = "<span>guess →</span><span>true ↓</span>";
    return corner;
  }

  /** A row's or a column's head; it chooses the whole of it. */
  head(digit, guess, count) {
    const head = document.createElement("th");
    const isRow = guess === null;
    head.scope = isRow ? "row" : "col";
    head.textContent = isRow ? digit : guess;
    this.makeStop(head, digit, guess);
    const words = isRow ? `True digit ${digit}` : `Guessed ${guess}`;
    head.setAttribute("aria-label", `${words}: ${digits(count)}`);
    head.title = head.getAttribute("aria-label");
    return head;
  }

  cell(digit, guess, count, whole, shares) {
    const cell = document.createElement("td");
    this.makeStop(cell, digit, guess);
    const written = shares ? asShare(count, whole) : asCount(count);
    cell.textContent = count ? written.replace(" %", "") : "";
    const verdict = digit === guess ? "read right" : `taken for ${guess}`;
    const words = `True digit ${digit}, ${verdict}: ${digits(count)}, ${asShare(count, whole)}`;
    cell.setAttribute("aria-label", words);
    cell.title = words;
    if (digit === guess) cell.className = "is-right";
    else if (count) {
      cell.className = "is-wrong";
      const strength = FAINTEST + (STRONGEST - FAINTEST) * (count / this.mostErrors);
      cell.style.setProperty("--strength", strength.toFixed(3));
    }
    return cell;
  }

  sumHead(words) {
    const head = document.createElement("th");
    head.className = "sum";
    head.textContent = words;
    return head;
  }

  sum(count) {
    const cell = document.createElement("td");
    cell.className = "sum";
    cell.textContent = asCount(count);
    return cell;
  }

  makeStop(cell, digit, guess) {
    cell.dataset.true = digit ?? "";
    cell.dataset.guess = guess ?? "";
    cell.tabIndex = -1;
  }

  showChosen([digit, guess]) {
    let selected = null;
    for (const stop of this.stops) {
      const [itsDigit, itsGuess] = this.choice(stop);
      const isChosen = (digit !== null || guess !== null) &&
        (digit === null || digit === itsDigit) &&
        (guess === null || guess === itsGuess);
      if (this.canChoose) stop.setAttribute("aria-selected", String(isChosen));
      if (itsDigit === digit && itsGuess === guess) selected = stop;
    }
    const focused = this.stops.find((stop) => stop === document.activeElement);
    this.setStop(focused ?? selected ?? this.stops[0]);
  }

  /** Let the Tab key stop at one cell only. */
  setStop(stop) {
    for (const each of this.stops) each.tabIndex = each === stop ? 0 : -1;
  }

  /** Row and column of a cell, heads at -1. */
  place(cell) {
    const choice = cell?.dataset?.true === undefined ? null : this.choice(cell);
    return choice && choice.map((digit) => digit ?? -1);
  }

  choice(cell) {
    return [cell.dataset.true, cell.dataset.guess].map((digit) =>
      digit === "" ? null : Number(digit)
    );
  }

  press(event) {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    const place = this.place(event.target);
    if (!place) return;
    const [row, column] = place;
    const moves = {
      ArrowLeft: [row, column - 1],
      ArrowRight: [row, column + 1],
      ArrowUp: [row - 1, column],
      ArrowDown: [row + 1, column],
      Home: [row, 0],
      End: [row, DIGITS.length - 1],
    };
    if (event.key === "Enter" || event.key === " ") this.choose(event.target);
    else if (event.key in moves) this.focus(...moves[event.key]);
    else return;
    event.preventDefault();
  }

  focus(row, column) {
    const asText = (digit) => (digit < 0 ? "" : String(digit));
    const stop = this.stops.find(
      ({ dataset }) => dataset.true === asText(row) && dataset.guess === asText(column),
    );
    if (!stop) return;
    this.setStop(stop);
    stop.focus();
  }

  choose(cell) {
    if (!cell || !this.canChoose) return;
    this.setTriggerValue("chosen", this.choice(cell));
  }
}

export default mountedOnce((element) => new ConfusionMatrix(element));
