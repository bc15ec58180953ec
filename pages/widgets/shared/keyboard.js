/* What several widgets do with keys: arrow keys inside, one stop of the Tab key for the whole. */

/** A step to the right and a step down for each arrow key. */
export const ARROWS = /** @type {Record<string, [number, number]>} */ ({
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
});

/**
 * Check that a key goes with another one that makes it the browser's business.
 *
 * @param {KeyboardEvent} event
 */
export const isShortcut = ({ altKey, ctrlKey, metaKey }) => altKey || ctrlKey || metaKey;

/**
 * Check for the keys that choose what has the focus.
 *
 * @param {KeyboardEvent} event
 */
export const isChoosing = ({ key }) => key === "Enter" || key === " ";

/**
 * Let the Tab key stop at one of many elements only.
 *
 * @param {Iterable<Element>} elements
 * @param {Element | undefined | null} stop
 */
export function setTabStop(elements, stop) {
  for (const element of elements) element.setAttribute("tabindex", element === stop ? "0" : "-1");
}
