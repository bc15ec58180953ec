/* Asks every few seconds whether a class has changed, and tells the page. */

import { mountedOnce } from "../shared/mounting.js";
import { Telling } from "../shared/telling.js";

const LOOK_EVERY = 2500; // milliseconds
const GONE = 404;

/**
 * @typedef {object} Data
 * @property {string} address where the revision is asked for
 * @property {number} revision that the page knows
 */

class ClassFollower {
  constructor() {
    this.telling = new Telling(() => this.report());
    /** @type {Data} */
    this.page = { address: "", revision: 0 };
    this.heard = 0;
    /** @type {number | undefined} */
    this.timer = undefined;
    this.hasEnded = false;
    this.onVisibility = () => document.hidden || this.look();
    document.addEventListener("visibilitychange", this.onVisibility);
    this.wait();
  }

  /**
   * @param {Data} data
   * @param {import("../shared/mounting.js").SetValue} setTriggerValue
   */
  update(data, setTriggerValue) {
    this.setTriggerValue = setTriggerValue;
    this.page = data;
    this.heard = data.revision;
    this.telling.forget();
  }

  wait() {
    clearTimeout(this.timer);
    if (this.hasEnded || document.hidden) return;
    // Spread, so that a class does not ask in one instant.
    this.timer = setTimeout(() => this.look(), LOOK_EVERY * (0.75 + 0.5 * Math.random()));
  }

  async look() {
    clearTimeout(this.timer);
    const { address } = this.page;
    try {
      const answer = await fetch(address, { cache: "no-store" });
      if (address === this.page.address && (answer.ok || answer.status === GONE)) {
        this.heard = answer.ok ? Number(await answer.text()) : Infinity;
        this.report();
      }
    } catch { /* a server that can't be reached now is asked again */ }
    this.wait();
  }

  report() {
    // The answer may be a second old, and the page know more by now.
    if (this.heard > this.page.revision && this.telling.isDue(this.heard)) {
      this.setTriggerValue?.("changed", true);
    }
  }

  end() {
    this.hasEnded = true;
    document.removeEventListener("visibilitychange", this.onVisibility);
    clearTimeout(this.timer);
    this.telling.end();
  }
}

export default mountedOnce(() => new ClassFollower());
