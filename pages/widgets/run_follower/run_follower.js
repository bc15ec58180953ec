/* Watches runs over the socket of live events, and tells the page when one is in another state. */

import { Feed } from "../shared/feed.js";
import { mountedOnce, TRIGGER_AGAIN_AFTER } from "../shared/mounting.js";

const TRIGGER_NOT_BEFORE = 500; // milliseconds; while mounting, Streamlit takes no triggers

/**
 * @typedef {object} Data
 * @property {Record<string, string>} statuses as the page knows them, by the runs' ids
 * @property {Record<string, number>} known the last event of each that the page knows
 */

class RunFollower {
  constructor() {
    this.mountedAt = performance.now();
    /** @type {Data} */
    this.page = { statuses: {}, known: {} };
    this.hasReported = false;
    this.feed = new Feed({
      nextWish: () => Object.keys(this.page.known).length ? { watch: this.page.known } : null,
      onMessage: (message) => this.take(message),
      onConnection: () => {},
    });
  }

  /**
   * @param {Data} data
   * @param {import("../shared/mounting.js").SetValue} setTriggerValue
   */
  update(data, setTriggerValue) {
    this.setTriggerValue = setTriggerValue;
    this.page = data;
    this.hasReported = false;
    clearTimeout(this.timer);
    this.feed.refresh();
  }

  /** @param {import("../shared/run.js").Message} message */
  take({ run, missing, situation, events = [] }) {
    const known = this.page.statuses[run];
    if (known === undefined) return;
    const told = events.filter(({ kind }) => kind === "status").map(({ data }) => data.status);
    if (situation) told.push(situation.status);
    if (missing || told.some((status) => status !== known)) this.report();
  }

  report() {
    if (this.hasReported) return;
    this.hasReported = true;
    const wait = Math.max(0, this.mountedAt + TRIGGER_NOT_BEFORE - performance.now());
    this.timer = setTimeout(() => {
      this.setTriggerValue?.("changed", true);
      this.timer = setTimeout(() => {
        this.hasReported = false;
        this.report();
      }, TRIGGER_AGAIN_AFTER);
    }, wait);
  }

  end() {
    clearTimeout(this.timer);
    this.feed.end();
  }
}

export default mountedOnce(() => new RunFollower());
