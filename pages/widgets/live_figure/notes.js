/* What is written beside the plots: the last number of each curve, and where guessing lies.
 *
 * Elements of the page over the figure: as text of Plotly's, each would cost a drawing as much as a
 * curve does.
 */

import { isNumber, movedApart } from "../shared/axes.js";

const LINE_HEIGHT = 1.3; // as in the style sheet
const GAP = 8; // pixels between a plot and what is written beside it

/** @typedef {{ axis: string, y: unknown, words: string }} Note the axis of Plotly, and where on it */

export class Notes {
  /** @param {HTMLElement} root has an element for each note, by its data-note */
  constructor(root) {
    this.root = root;
    /** @type {Record<string, Note>} */
    this.notes = {};
  }

  /**
   * @param {string} name
   * @param {Note} note without words or a number, it is not there
   */
  set(name, note) {
    this.notes[name] = note;
  }

  /**
   * Let notes stand on the height of what they are about, and not on each other.
   *
   * @param {any} drawn Plotly's full layout, which knows the pixels
   * @param {boolean} isNarrow there is no room beside the plots
   */
  place(drawn, isNarrow) {
    const { xaxis, font } = drawn;
    this.root.classList.toggle("is-narrow", isNarrow);
    this.root.style.fontSize = `${font.size}px`;
    this.root.style.left = `${xaxis._offset + xaxis._length + GAP}px`;
    for (const axis of ["yaxis", "yaxis2"]) {
      const { range: [bottom, top], _offset: offset, _length: length } = drawn[axis];
      /** @type {{ element: HTMLElement, place: number, size: number }[]} */
      const standing = [];
      for (const [name, { axis: own, y, words }] of Object.entries(this.notes)) {
        if (own !== axis) continue;
        /** @type {HTMLElement} */
        const element = /** @type {any} */ (this.root.querySelector(`[data-note="${name}"]`));
        const isGuessing = name === "guessing";
        const share = isNumber(y) && words ? (y - bottom) / (top - bottom) : NaN;
        const isBelow = isGuessing && share < 0;
        element.hidden = !(isBelow || (share >= 0 && share <= 1));
        if (element.hidden) continue;
        element.classList.toggle("is-below", isBelow);
        if (element.textContent !== words) element.textContent = words;
        const size = LINE_HEIGHT * font.size * parseFloat(element.dataset.size ?? "1");
        const place = isBelow ? size / 2 : share * length;
        standing.push({ element, place, size });
      }
      movedApart(standing).forEach((moved, index) => {
        const { element, place, size } = standing[index];
        const y = offset + length - place - moved - size / 2;
        element.style.transform = `translateY(${y}px)`;
      });
    }
  }
}
