/* What every component of ours begins with; put in front of its script, see browser_part.py. */

const part = (root, name) => root.querySelector(`[data-part="${name}"]`);

/** Keep one object a mounted component, through all the drawings of its page; then end it. */
function mountedOnce(build) {
  const mounted = new WeakMap();
  return ({ data, parentElement, setTriggerValue, setStateValue }) => {
    const shown = mounted.get(parentElement) ?? build(parentElement);
    mounted.set(parentElement, shown);
    shown.update(data, setTriggerValue, setStateValue);
    return () => {
      shown.end?.();
      if (mounted.get(parentElement) === shown) mounted.delete(parentElement);
    };
  };
}
