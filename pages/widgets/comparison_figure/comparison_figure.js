/* The comparison figure: the curves of several runs, those that are going on as events come. */

import { heightOn, isNumber, rangeOfLoss, rangeOn } from "../shared/axes.js";
import { build } from "../shared/elements.js";
import { Feed } from "../shared/feed.js";
import { byTestId, mountedOnce, part } from "../shared/mounting.js";
import { loadPlotly } from "../shared/plotly.js";
import { Rhythm } from "../shared/rhythm.js";
import { stateInWords, WatchedRun } from "../shared/run.js";
import { Telling } from "../shared/telling.js";

const BUILD_AGAIN_AFTER = 5000; // milliseconds
const LETTERS = "ABCDEFGH";
const CLOSE = 0.05; // of the axis: letters at ends so close would lie on each other
const ASIDE = "\u00a0".repeat(3);

/**
 * @typedef {object} RunData a run as the page knows it
 * @property {string} id
 * @property {string} name
 * @property {string} colour
 * @property {string} status
 * @property {number} seq the last event that its numbers may lack nothing of
 * @property {number} epochs
 * @property {number | null} steps updates of an epoch
 * @property {Record<string, (number | null)[]>} history a number a complete epoch, and its seconds
 * @property {Record<string, string>} words
 */

/**
 * @typedef {object} Data
 * @property {string} plotly_url
 * @property {{ data: any[], layout: any }} figure of charts/comparison.py
 * @property {import("../shared/run.js").EpochCurve} metric
 * @property {"epochs" | "updates" | "seconds"} by
 * @property {import("../shared/axes.js").AccuracyAxis | null} axis
 * @property {string} alt
 * @property {RunData[]} runs
 */

/**
 * Make of what the page tells a run that goes on with events.
 *
 * @param {RunData} data
 */
export function watched({ id, status, epochs, seq, history, words }) {
  const run = new WatchedRun(id, status, epochs);
  run.seq = seq;
  history.seconds.forEach((seconds, epoch) => {
    const numbers = Object.entries(history).map(([name, values]) => [name, values[epoch]]);
    run.addEpoch(epoch, { ...Object.fromEntries(numbers), seconds });
  });
  Object.assign(run.words, words);
  return run;
}

/**
 * Return where the complete epochs of a run end, as the axis counts.
 *
 * @param {WatchedRun} run
 * @param {Data["by"]} by
 * @param {number | null} steps updates of an epoch
 */
export function placesOf(run, by, steps) {
  const epochs = run.seconds.map((_, epoch) => epoch + 1);
  if (by === "updates") return steps === null ? [] : epochs.map((epoch) => epoch * steps);
  let total = 0;
  return by === "seconds" ? run.seconds.map((each) => (total += each)) : epochs;
}

/**
 * Return how many steps aside each curve's letter stands, so that none lies on another.
 *
 * @param {{ x: number[], y: (number | null)[] }[]} curves
 * @param {number} close how near two ends may be on the axis of y before they need a step
 */
export function stepsAside(curves, close) {
  const steps = curves.map(() => 0);
  curves.forEach(({ x, y }, place) => {
    const [right, height] = [x.at(-1), y.at(-1)];
    for (let other = 0; other < place; other += 1) {
      const { x: otherX, y: otherY } = curves[other];
      const isClose = otherX.at(-1) === right && isNumber(height) &&
        Math.abs(Number(otherY.at(-1)) - Number(height)) < close;
      if (isClose) steps[place] = Math.max(steps[place], steps[other] + 1);
    }
  });
  return steps;
}

class Comparison {
  /** @param {HTMLElement} element */
  constructor(element) {
    /** @type {HTMLElement} */
    this.root = byTestId(element, "comparison-root");
    this.node = byTestId(this.root, "comparison-figure");
    this.mountedAt = performance.now();
    /** @type {Data | undefined} */
    this.page = undefined;
    /** @type {Map<string, WatchedRun>} */
    this.runs = new Map();
    this.isConnected = true;
    this.wanted = "";
    /** @type {Map<string, Telling>} */
    this.tellings = new Map(); // of each run's status
    this.rhythm = new Rhythm(() => this.draw());
    this.feed = new Feed({
      nextWish: () => this.nextWish(),
      onMessage: (message) => this.take(message),
      onConnection: (isConnected) => {
        this.isConnected = isConnected;
        this.rhythm.schedule();
      },
    });
  }

  /**
   * @param {Data} data
   * @param {import("../shared/mounting.js").SetValue} setTriggerValue
   */
  update(data, setTriggerValue) {
    this.setTriggerValue = setTriggerValue;
    const isFirst = this.page === undefined;
    this.page = data;
    const known = this.runs;
    this.runs = new Map(data.runs.map((each) => [each.id, known.get(each.id) ?? watched(each)]));
    for (const { id, epochs, words } of data.runs) {
      const run = this.runs.get(id);
      // What the socket said last is newer, but of another metric the page alone speaks.
      if (run) Object.assign(run, { epochs, words: { ...words, ...run.words } });
    }
    const wanted = Object.keys(this.nextWish()?.watch ?? {}).join();
    if (wanted !== this.wanted) this.feed.refresh();
    this.wanted = wanted;
    byTestId(this.root, "comparison-figure").setAttribute("aria-label", data.alt);
    if (isFirst) this.build(data.plotly_url);
    this.rhythm.schedule();
  }

  /** Ask for the runs that may still change. */
  nextWish() {
    const open = [...this.runs.values()].filter((run) => !run.isOver && !run.missing);
    const watch = Object.fromEntries(open.map((run) => [run.id, run.seq]));
    return open.length ? { watch } : null;
  }

  /** @param {import("../shared/run.js").Message} message */
  take(message) {
    this.runs.get(message.run)?.take(message);
    this.rhythm.schedule();
  }

  /** @param {string} address of plotly.js */
  async build(address) {
    while (!this.plotly && !this.rhythm.isEnded) {
      try {
        this.plotly = await loadPlotly(address);
      } catch (error) {
        console.warn(String(error));
        await new Promise((resolve) => setTimeout(resolve, BUILD_AGAIN_AFTER));
      }
    }
    this.rhythm.schedule();
  }

  draw() {
    if (!this.page) return;
    this.drawList(this.page);
    if (this.plotly && !this.rhythm.isEnded) this.drawChart(this.page);
    this.report(this.page);
  }

  /** @param {Data} page */
  drawChart({ figure, runs, by, axis, metric }) {
    const layout = structuredClone(figure.layout);
    const { color, fontFamily } = getComputedStyle(this.node);
    layout.font = { ...layout.font, color, family: fontFamily };
    /** @type {unknown[]} */
    const values = [];
    const traces = runs.map(({ id, steps }, place) => {
      const run = /** @type {WatchedRun} */ (this.runs.get(id));
      const x = placesOf(run, by, steps);
      const y = run.curves[metric].y.slice(0, x.length);
      values.push(...y);
      const told = y.map((value) => (isNumber(value) ? numberInWords(metric, Number(value)) : "–"));
      const heights = axis ? y.map((value) => heightOn(axis, value)) : y;
      return { ...figure.data[place], x, y: heights, customdata: told };
    });
    const range = axis ? rangeOn(axis, values) : rangeOfLoss(values);
    layout.yaxis.range = range;
    const steps = stepsAside(traces, CLOSE * (range[1] - range[0]));
    traces.forEach((trace, place) => {
      const letter = ASIDE.repeat(steps[place]) + LETTERS[place];
      const last = trace.x.length - 1;
      trace.text = Array.from(trace.x, (_, index) => (index === last ? letter : ""));
    });
    const end = Math.max(0, ...traces.flatMap(({ x }) => x));
    const [, right] = layout.xaxis.range;
    if (end > right) layout.xaxis.range = [0, end * 1.04];
    const isTouched = matchMedia("(pointer: coarse)").matches;
    if (isTouched) layout.dragmode = false;
    this.plotly.react(this.node, traces, layout, {
      responsive: true,
      displaylogo: false,
      displayModeBar: isTouched ? false : "hover",
      modeBarButtons: [["zoom2d", "pan2d", "resetScale2d", "toImage"]],
    });
    // Last: only when everything is on the page, tests may count on these numbers.
    const seqs = runs.map(({ id }) => [id, this.runs.get(id)?.seq]);
    this.root.dataset.seqs = JSON.stringify(Object.fromEntries(seqs));
  }

  /** @param {Data} page */
  drawList({ runs, metric }) {
    const list = part(this.root, "runs");
    while (list.children.length > runs.length) list.lastChild.remove();
    runs.forEach(({ id, name, colour }, place) => {
      if (!list.children[place]) list.append(emptyItem());
      const run = /** @type {WatchedRun} */ (this.runs.get(id));
      const item = list.children[place];
      item.style.setProperty("--run", colour);
      const words = [LETTERS[place], run.words[metric] ?? "–", name, this.stateOf(run)];
      words.forEach((text, index) => {
        const element = item.children[index];
        if (element.textContent !== text) element.textContent = text;
      });
    });
  }

  /** @param {WatchedRun} run */
  stateOf(run) {
    if (run.isOver && !run.isCaughtUp) return run.words.state ?? "";
    return run.isCaughtUp || run.missing || !this.isConnected
      ? stateInWords(run, this.isConnected)
      : run.words.state ?? "";
  }

  /**
   * Let the page run again when a run is in another state than the page knows.
   *
   * @param {Data} page
   */
  report({ runs }) {
    for (const { id, status } of runs) {
      const run = /** @type {WatchedRun} */ (this.runs.get(id));
      if (!run.isCaughtUp || run.status === status) continue;
      if (!this.tellingOf(id).isDue(run.statusSeq)) continue;
      const letter = LETTERS[runs.findIndex((each) => each.id === id)];
      part(this.root, "announcement").textContent = `${letter}: ${this.stateOf(run)}`;
      this.setTriggerValue?.("status_changed", { run_id: id, status: run.status });
    }
  }

  /** @param {string} id */
  tellingOf(id) {
    const telling = this.tellings.get(id) ??
      new Telling(() => this.rhythm.schedule(), this.mountedAt);
    this.tellings.set(id, telling);
    return telling;
  }

  end() {
    this.rhythm.end();
    for (const telling of this.tellings.values()) telling.end();
    this.feed.end();
    this.plotly?.purge(this.node);
  }
}

/**
 * Write a number beside a point; what is said below comes from the server.
 *
 * @param {string} metric
 * @param {number} value
 */
const numberInWords = (metric, value) =>
  metric.endsWith("accuracy") ? `${(100 * value).toFixed(1)} %` : value.toFixed(4);

const emptyItem = () =>
  build(
    "li",
    {},
    ...["letter", "number", "name", "state"].map((name) =>
      build("span", { className: `comparison-${name}` })
    ),
  );

export default mountedOnce((element) => new Comparison(element));
