/* Says what is wrong with an upload that Streamlit shows and the page does not have. */

import { containerOf, mountedOnce, part } from "../shared/mounting.js";

const PATIENCE = 2000; // milliseconds in which a file that has arrived may still come to the page

/** @typedef {{ hasFile: boolean, refused: string, lost: string }} Said */

/** Check whether the page's script is at work, and might yet take up the file. */
const isRunning = () =>
  document.querySelector("[data-testid='stApp'][data-test-script-state='running']") !== null;

class UploadTrouble {
  /** @param {HTMLElement} element */
  constructor(element) {
    this.words = part(element, "words");
    this.around = containerOf(element);
    /** @type {Said} */
    this.said = { hasFile: false, refused: "", lost: "" };
    this.wait = 0;
    this.watch = new MutationObserver(() => this.look());
    this.watch.observe(this.around, { childList: true, subtree: true });
  }

  /** @param {Said} said */
  update(said) {
    this.said = said;
    this.look();
  }

  look() {
    const { hasFile, refused, lost } = this.said;
    const isThere = this.shows("stFileChip") && !this.shows("stFileChipIconSpinner");
    clearTimeout(this.wait);
    if (this.shows("stFileChipIconError")) this.say(refused);
    else if (!isThere || hasFile) this.say("");
    else if (this.words.textContent !== lost) {
      this.wait = setTimeout(() => this.giveUp(), PATIENCE);
    }
  }

  giveUp() {
    if (isRunning()) this.wait = setTimeout(() => this.giveUp(), PATIENCE);
    else this.say(this.said.lost);
  }

  /** @param {string} name */
  shows(name) {
    return this.around.querySelector(`[data-testid="${name}"]`) !== null;
  }

  /** @param {string} words */
  say(words) {
    // Else the observer would call for what it has just done itself.
    if (this.words.textContent !== words) this.words.textContent = words;
  }

  end() {
    clearTimeout(this.wait);
    this.watch.disconnect();
  }
}

export default mountedOnce((element) => new UploadTrouble(element));
