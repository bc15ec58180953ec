/* What every component of ours begins with; put in front of its script, see browser_part.py. */

const part = (root, name) => root.querySelector(`[data-part="${name}"]`);

/** Keep one object a mounted component, through all the drawings of its page; then end it. */
function mountedOnce(build) {
  const mounted = new WeakMap();
  return ({ data, parentElement, setTriggerValue, setStateValue }) => {
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
