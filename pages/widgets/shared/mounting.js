/* What every component begins with: its named parts, and one object for as long as it is mounted. */

/**
 * What Streamlit hands over at each drawing.
 *
 * @template Data
 * @typedef {object} Drawing
 * @property {Data} data what the Python of the widget gave
 * @property {HTMLElement} parentElement
 * @property {SetValue} setTriggerValue lets the page run again, once
 * @property {SetValue} setStateValue lets the page run again, and stays
 */

/** @typedef {(name: string, value: unknown) => void} SetValue */

/**
 * A component as long as it is mounted.
 *
 * @template Data
 * @typedef {object} Mounted
 * @property {(data: Data, setTriggerValue: SetValue, setStateValue: SetValue) => void} update
 *   takes what the page's script says; called at mounting, at reruns and at a change of theme
 * @property {() => void} [end]
 */

/**
 * Find the only element with an attribute of this value.
 *
 * @param {string} attribute
 * @returns {(root: Element, name: string) => any} the kind of element is the caller's business
 */
const finder = (attribute) => (root, name) => {
  const found = root.querySelector(`[${attribute}="${name}"]`);
  if (!found) throw new Error(`the markup has no ${attribute} “${name}”`);
  return found;
};

/** Find an element by its `data-part`. */
export const part = finder("data-part");

/** Find an element by its `data-testid`. */
export const byTestId = finder("data-testid");

/**
 * Find the container of the page that a component stands in, with what else is in it.
 *
 * @param {Element} element of the component
 * @returns {HTMLElement}
 */
export const containerOf = (
  element,
) => /** @type {HTMLElement} */ (element.closest("[data-testid='stVerticalBlock']"));

/**
 * Keep one object for each mounted component, through all the drawings of its page; then end it.
 *
 * @template Data
 * @param {(element: HTMLElement) => Mounted<Data>} build
 */
export function mountedOnce(build) {
  /** @type {WeakMap<HTMLElement, { shown: Mounted<Data> }>} */
  const mounted = new WeakMap();
  return (/** @type {Drawing<Data>} */ { data, parentElement, setTriggerValue, setStateValue }) => {
    const shown = mounted.get(parentElement)?.shown ?? build(parentElement);
    const drawing = { shown };
    mounted.set(parentElement, drawing);
    shown.update(data, setTriggerValue, setStateValue);
    parentElement.dataset.drawn = ""; // tells what is drawn from markup that waits for its script
    return () => {
      // Streamlit also ends a drawing that another one overtook while the script was on its way:
      // the component lives on in that one.
      if (mounted.get(parentElement) !== drawing) return;
      mounted.delete(parentElement);
      shown.end?.();
    };
  };
}
