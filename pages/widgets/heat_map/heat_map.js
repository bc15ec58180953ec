/* The heat map: a table of links. A click stays in this tab's session; with Ctrl it is any link. */

import { build } from "../shared/elements.js";
import { mountedOnce, part } from "../shared/mounting.js";

const FAINTEST = 0.08;
const STRONGEST = 0.6; // the page's text reads on it, light or dark

/**
 * @typedef {object} Cell
 * @property {string} text
 * @property {string} words
 * @property {number | null} shade 0 to 1
 * @property {string} address
 * @property {boolean} is_framed
 */

/**
 * @typedef {object} Data
 * @property {string} label
 * @property {[string, string[]]} rows
 * @property {[string, string[]]} columns
 * @property {Cell[][]} cells
 */

class HeatMap {
  /** @param {HTMLElement} element */
  constructor(element) {
    /** @type {HTMLTableElement} */
    this.table = part(element, "table");
    this.drawn = "";
  }

  /**
   * @param {Data} data
   * @param {import("../shared/mounting.js").SetValue} setTriggerValue
   */
  update(data, setTriggerValue) {
    this.setTriggerValue = setTriggerValue;
    const drawn = JSON.stringify(data);
    if (drawn === this.drawn) return;
    this.drawn = drawn;
    const focused = document.activeElement?.getAttribute("data-place");
    const [rowTitle, rows] = data.rows;
    const [columnTitle, columns] = data.columns;
    const corner = build("td", { className: "title" }, `${rowTitle} ↓`);
    const head = build("th", { className: "title", colSpan: columns.length }, `${columnTitle} →`);
    corner.style.background = "none";
    this.table.replaceChildren(
      build("caption", {}, data.label),
      build("tr", {}, build("th", {}), head),
      build("tr", {}, corner, ...columns.map((value) => build("th", { scope: "col" }, value))),
      ...data.cells.map((cells, row) =>
        build(
          "tr",
          {},
          build("th", { scope: "row" }, rows[row]),
          ...cells.map((cell, column) => this.cell(cell, row, column)),
        )
      ),
    );
    if (focused) {
      const link = this.table.querySelector(`[data-place="${focused}"]`);
      if (link instanceof HTMLElement) link.focus();
    }
  }

  /**
   * @param {Cell} cell
   * @param {number} row
   * @param {number} column
   */
  cell({ text, words, shade, address, is_framed: isFramed }, row, column) {
    const cell = build("td", { title: words }, address ? "" : text);
    if (!address) cell.setAttribute("aria-label", words);
    if (isFramed) cell.classList.add("is-framed");
    if (shade !== null) {
      cell.classList.add("is-shaded");
      const strength = FAINTEST + (STRONGEST - FAINTEST) * shade;
      cell.style.setProperty("--strength", strength.toFixed(3));
    }
    if (address) cell.append(this.link(text, words, address, row, column));
    return cell;
  }

  /**
   * @param {string} text
   * @param {string} words
   * @param {string} address
   * @param {number} row
   * @param {number} column
   */
  link(text, words, address, row, column) {
    const link = build("a", { href: address, ariaLabel: words }, text);
    link.dataset.place = `${row} ${column}`;
    link.onclick = (event) => {
      if (event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      this.setTriggerValue?.("chosen", [row, column]);
    };
    return link;
  }
}

export default mountedOnce((element) => new HeatMap(element));
