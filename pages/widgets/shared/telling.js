/* Telling the page something until it shows that it has heard: while Streamlit mounts a component,
   which is long on a busy computer, it takes no triggers and says nothing of it. */

const NOT_BEFORE = 500; // milliseconds after mounting
const AGAIN_AFTER = 5000;

export class Telling {
  /**
   * @param {() => void} look is called when it is time to ask `isDue` again
   * @param {number} mountedAt by `performance.now()`
   */
  constructor(look, mountedAt = performance.now()) {
    this.look = look;
    this.mountedAt = mountedAt;
    /** @type {unknown} */
    this.told = undefined;
    /** @type {number | undefined} */
    this.timer = undefined;
  }

  /**
   * Check whether this is to be told now: not too soon after mounting, and then once in a while.
   *
   * @param {unknown} news what tells it from other news
   */
  isDue(news) {
    if (news === this.told) return false;
    const wait = this.mountedAt + NOT_BEFORE - performance.now();
    this.forget();
    this.timer = setTimeout(() => {
      this.forget();
      this.look();
    }, wait > 0 ? wait : AGAIN_AFTER);
    if (wait > 0) return false;
    this.told = news;
    return true;
  }

  /** The page has heard. */
  forget() {
    this.told = undefined;
    this.end();
  }

  end() {
    clearTimeout(this.timer);
  }
}
