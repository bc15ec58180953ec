/* Begins every page at its top, unless its address names a place in it. */

import { mountedOnce } from "../shared/mounting.js";

/** The page shown last, however often this was mounted for it. */
let shown = "";

class PageTop {
  /** @param {{ page: string }} data */
  update({ page }) {
    if (shown && shown !== page && !location.hash) {
      document.querySelector("[data-testid=stMain]")?.scrollTo(0, 0);
    }
    shown = page;
  }
}

export default mountedOnce(() => new PageTop());
