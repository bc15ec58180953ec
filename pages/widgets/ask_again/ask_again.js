/* Asks the page for more as soon as what it has drawn is there. */

import { mountedOnce } from "../shared/mounting.js";

class AskAgain {
  constructor() {
    this.drawn = 0;
  }

  /**
   * @param {{ drawn: number }} data another number each time the page draws this
   * @param {import("../shared/mounting.js").SetValue} setTriggerValue
   */
  update({ drawn }, setTriggerValue) {
    if (drawn === this.drawn) return;
    this.drawn = drawn;
    setTriggerValue("again", true);
  }
}

export default mountedOnce(() => new AskAgain());
