/* Drawing with SVG: nodes of the document are kept and changed, so that nothing flickers. */

/**
 * Make an element of SVG.
 *
 * @param {string} kind its tag and class: "circle.network-node"
 */
export function make(kind) {
  const [tag, className] = kind.split(".");
  const element = document.createElementNS("http://www.w3.org/2000/svg", tag);
  if (className) element.classList.add(className);
  return element;
}

/**
 * Set several attributes of an element.
 *
 * @param {Element} element
 * @param {Record<string, string | number | boolean>} attributes
 */
export function set(element, attributes) {
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, String(value));
}

/**
 * Give an element as many children of a kind as there are items, and each its item.
 *
 * @template Item
 * @param {Element} parent children of other kinds stay as they are
 * @param {string} kind tag and class: "circle.network-node"
 * @param {readonly Item[]} items
 * @param {(child: SVGElement, item: Item, index: number) => void} update
 */
export function keep(parent, kind, items, update) {
  const children = [...parent.children].filter((child) => child.matches(kind));
  for (const child of children.slice(items.length)) child.remove();
  items.forEach((item, index) => {
    const child = /** @type {SVGElement} */ (children[index] ?? make(kind));
    if (!child.parentNode) parent.append(child);
    update(child, item, index);
  });
}
