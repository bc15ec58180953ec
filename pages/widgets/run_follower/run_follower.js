/* Watches runs over the socket of live events, and tells the page when one is in another state. */

import { Feed } from "../shared/feed.js";
import { mountedOnce } from "../shared/mounting.js";
import { Telling } from "../shared/telling.js";

/**
 * @typedef {object} Data
 * @property {Record<string, string>} statuses as the page knows them, by the runs' ids
 * @property {Record<string, number>} known the last event of each that the page knows
 */

class RunFollower {
  constructor() {
    this.telling = new Telling(() => this.report());
    /** @type {Data} */
    this.page = { statuses: {}, known: {} };
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
    this.telling.forget();
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
    if (this.telling.isDue("changed")) this.setTriggerValue?.("changed", true);
  }

  end() {
    this.telling.end();
    this.feed.end();
  }
}

export default mountedOnce(() => new RunFollower());
