/* The live figure: watches one run over one WebSocket and draws what happens.
 *
 * What lives on between the drawings of its page, above all the figure's node with its zoom, hangs
 * on the element it was mounted in.
 */

import { Feed } from "../shared/feed.js";
import { byTestId, mountedOnce, part } from "../shared/mounting.js";
import { Rhythm } from "../shared/rhythm.js";
import { emptyCurves, stateInWords, WatchedRun } from "../shared/run.js";
import { Telling } from "../shared/telling.js";
import { Chart } from "./chart.js";
import { Digits } from "./digits.js";
import { Notes } from "./notes.js";

const BUILD_AGAIN_AFTER = 5000; // milliseconds, as the next one
const ANNOUNCE_EVERY = 3000;
const NARROW_PAGE = 640; // pixels; here Streamlit puts columns below each other

/** @typedef {import("../shared/axes.js").AccuracyAxis} AccuracyAxis */

/**
 * @typedef {object} Data
 * @property {string | null} run_id
 * @property {string | null} status
 * @property {import("./chart.js").EpochAxis} axis
 * @property {Record<string, (number | null)[]> | null} previous
 * @property {[string, string] | null} previous_names of its accuracies
 * @property {import("./digits.js").LabelledDigits | null} digits
 * @property {string | null} stale_settings
 * @property {{ halving: AccuracyAxis, plain: AccuracyAxis }} accuracy_axes
 * @property {import("./chart.js").Guessing} guessing
 * @property {string} plain_in_words what the switch to the plain axis is called
 * @property {string} plotly_url
 * @property {import("./chart.js").Figure} figure
 * @property {string} no_epoch what stands for the curves where there is no run
 */

class Live {
  /** @param {HTMLElement} element */
  constructor(element) {
    /** @type {HTMLElement} */
    this.root = byTestId(element, "live-root");
    this.telling = new Telling(() => this.report());
    /** @type {Data | undefined} */
    this.page = undefined;
    /** @type {WatchedRun | null} */
    this.run = null;
    this.isConnected = this.hasNews = true;
    this.isNewRun = false;
    this.rhythm = new Rhythm(() => this.draw());
    this.announced = "";
    this.announcedAt = -Infinity;
    this.digits = new Digits(byTestId(this.root, "live-digits"));
    const notes = new Notes(part(this.root, "notes"));
    this.chart = new Chart(byTestId(this.root, "live-figure"), notes, () => this.rhythm.schedule());
    this.feed = new Feed({
      nextWish: () => this.run && { watch: this.run.id, after: this.run.seq },
      onMessage: (message) => this.take(message),
      onConnection: (isConnected) => {
        this.isConnected = isConnected;
        this.rhythm.schedule();
      },
    });
    this.plain = part(this.root, "plain");
    this.plain.onchange = () => {
      this.hasNews = true;
      this.rhythm.schedule();
    };
  }

  /**
   * @param {Data} data
   * @param {import("../shared/mounting.js").SetValue} setTriggerValue
   */
  update(data, setTriggerValue) {
    this.setTriggerValue = setTriggerValue;
    if (data.status !== this.page?.status) this.telling.forget();
    const isFirst = this.page === undefined;
    this.page = data;
    if (data.run_id !== (this.run?.id ?? null)) {
      this.changeRun(data);
      if (!isFirst) this.comeIntoSight();
    }
    this.digits.setImages(data.digits);
    part(this.root, "stale").textContent = data.stale_settings
      ? `These curves belong to: ${data.stale_settings}`
      : "";
    part(this.root, "plain-in-words").textContent = data.plain_in_words;
    part(this.root, "switch").hidden = false;
    if (isFirst) this.buildChart(data);
    this.hasNews = true;
    this.rhythm.schedule();
  }

  /** @param {Data} data */
  changeRun(data) {
    this.run = data.run_id ? new WatchedRun(data.run_id, data.status, data.axis.epochs) : null;
    this.isNewRun = true;
    this.feed.refresh();
  }

  /** On a phone the figure stands below the button that was pressed. */
  comeIntoSight() {
    if (this.run && innerWidth < NARROW_PAGE) this.root.scrollIntoView({ block: "start" });
  }

  /** @param {Data} data */
  async buildChart(data) {
    while (!this.chart.isBuilt && !this.rhythm.isEnded) {
      try {
        await this.chart.build(data.plotly_url, (this.page ?? data).figure);
      } catch (error) {
        console.warn(String(error));
        await new Promise((resolve) => setTimeout(resolve, BUILD_AGAIN_AFTER));
      }
    }
    if (this.rhythm.isEnded) this.chart.end();
    this.isNewRun = this.hasNews = true;
    this.rhythm.schedule();
  }

  /** @param {import("../shared/run.js").Message} message */
  take(message) {
    if (!this.run) return;
    this.run.take(message);
    this.hasNews = true;
    this.rhythm.schedule();
  }

  draw() {
    this.drawWords();
    this.digits.setGuesses(this.run?.guesses ?? null);
    const isDrawable = this.chart.isBuilt && !this.chart.isHeld;
    if (isDrawable) this.drawChart();
    // Last: only when everything is on the page, tests may count on this number.
    if (isDrawable) this.root.dataset.lastSeq = String(this.run?.seq ?? 0);
    this.announce();
    this.report();
  }

  drawWords() {
    const { run, root } = this;
    const words = run?.words ?? {};
    byTestId(root, "live-state").textContent = stateInWords(run, this.isConnected);
    byTestId(root, "live-validation-accuracy").textContent = words.val_accuracy ?? "–";
    part(root, "compared").textContent = words.compared ?? "";
    const share = run ? Math.min(run.position / run.epochs, 1) : 0;
    const progress = byTestId(root, "live-progress");
    progress.setAttribute("aria-valuenow", Math.round(100 * share));
    if (words.epoch) progress.setAttribute("aria-valuetext", words.epoch);
    part(root, "progress-bar").style.transform = `scaleX(${share})`;
    const told = `Accuracy and loss, epoch by epoch. ${words.curves ?? this.page?.no_epoch}`;
    const figure = byTestId(root, "live-figure");
    if (figure.getAttribute("aria-label") !== told) figure.setAttribute("aria-label", told);
  }

  drawChart() {
    const isRepainted = this.chart.paint();
    if (!this.page || (!isRepainted && !this.hasNews)) return;
    if (this.isNewRun) this.chart.reset(this.page.axis);
    this.isNewRun = false;
    this.chart.setSizes(this.page.figure);
    const { accuracy_axes: axes, guessing, previous, previous_names: names } = this.page;
    this.chart.setAccuracyAxis(this.plain.checked ? axes.plain : axes.halving, guessing);
    this.chart.setPrevious(previous, names);
    this.chart.setCurves(this.run?.curves ?? emptyCurves(), this.run?.words ?? {});
    this.chart.draw();
    this.hasNews = false;
  }

  /** Tell a screen reader about states and complete epochs, and not too often. */
  announce() {
    const { run } = this;
    if (!run?.isCaughtUp && !run?.missing) return;
    const isTraining = run.status === "RUNNING" && this.isConnected;
    const words = isTraining ? run.words.complete : stateInWords(run, this.isConnected);
    if (!words || words === this.announced) return;
    clearTimeout(this.announcing);
    const wait = this.announcedAt + ANNOUNCE_EVERY - performance.now();
    if (wait > 0) {
      this.announcing = setTimeout(() => this.announce(), wait);
      return;
    }
    this.announcedAt = performance.now();
    this.announced = words;
    part(this.root, "announcement").textContent = words;
  }

  /** Let the page run again when the run is in another state than the page knows. */
  report() {
    const { run } = this;
    if (!run?.isCaughtUp || run.status === this.page?.status) return;
    // By its event: a run that paused, went on and paused again between two looks is news.
    if (this.telling.isDue(run.statusSeq)) {
      this.setTriggerValue?.("status_changed", { run_id: run.id, status: run.status });
    }
  }

  end() {
    this.rhythm.end();
    clearTimeout(this.announcing);
    this.telling.end();
    this.feed.end();
    this.chart.end();
  }
}

export default mountedOnce((element) => new Live(element));
