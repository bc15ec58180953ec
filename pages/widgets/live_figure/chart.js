/* The two plots: Plotly fills them, and they keep whatever a person zoomed. */

import { copySizes, heightOn, isNumber, rangeOfLoss, rangeOn } from "../shared/axes.js";
import { loadPlotly } from "../shared/plotly.js";
import { EPOCH_CURVES } from "../shared/run.js";

const NARROW = 500; // pixels
const ROOM_FOR_NOTE = 14; // heights of the text that the second line of an axis's name is long
const RELEASES = ["pointerup", "pointercancel"];
const NO_POINT = { x: [null], y: [null] };

/** @typedef {{ data: any[], layout: any }} Figure as Plotly describes it; charts/live.py made it */
/** @typedef {{ accuracy: number, words: string }} Guessing what it gets that does not look */
/** @typedef {{ epochs: number, step: number, marker_share: number }} EpochAxis */

export class Chart {
  /**
   * @param {any} node Plotly gives it a layout and data
   * @param {import("./notes.js").Notes} notes beside the plots
   * @param {() => void} onRelease
   */
  constructor(node, notes, onRelease) {
    this.node = node;
    this.notes = notes;
    this.isHeld = false; // by a finger or the mouse: drawing now would tear a zoom from the hand
    /** @type {Record<string, number[]>} */
    this.shown = {}; // the ranges that were drawn: where an axis has another one, a person zoomed
    /** @type {import("../shared/axes.js").AccuracyAxis | null} */
    this.accuracyAxis = null;
    this.epochs = this.width = 0;
    /** @type {Figure | null} */
    this.template = null; // whose sizes are drawn
    /** @type {ResizeObserver | null} */
    this.resizing = null;
    this.markerSize = this.markerShare = 1;
    node.addEventListener("pointerdown", () => (this.isHeld = true));
    this.release = () => {
      if (!this.isHeld) return;
      this.isHeld = false;
      onRelease();
    };
    for (const name of RELEASES) addEventListener(name, this.release);
  }

  /**
   * @param {string} address of plotly.js
   * @param {Figure} figure
   */
  async build(address, figure) {
    this.plotly = await loadPlotly(address);
    const layout = structuredClone(figure.layout);
    this.width = this.node.clientWidth;
    // A finger that scrolls the page over the figure must not zoom it, and finds no room for tools.
    const isTouched = matchMedia("(pointer: coarse)").matches;
    if (isTouched) layout.dragmode = false;
    await this.plotly.newPlot(this.node, structuredClone(figure.data), layout, {
      displaylogo: false,
      displayModeBar: isTouched || this.isNarrow ? false : "hover",
      modeBarButtons: [["zoom2d", "pan2d", "resetScale2d", "toImage"]],
    });
    this.template = figure;
    this.markerSize = this.trace("accuracy").marker.size;
    // After a zoom and in another size notes stand elsewhere; a zoom may have been taken back.
    this.node.on("plotly_relayout", () => this.accuracyAxis && this.draw());
    this.resizing = new ResizeObserver(([{ contentRect }]) => this.resize(contentRect.width));
    this.resizing.observe(this.node);
  }

  get isBuilt() {
    return this.resizing !== null;
  }

  get isNarrow() {
    return this.width < NARROW;
  }

  /** @param {string} name */
  trace(name) {
    return this.node.data.find((/** @type {any} */ trace) => trace.meta === name);
  }

  /**
   * Set the axes for another run; a zoom belongs to the run it was made in.
   *
   * @param {EpochAxis} axis
   */
  reset({ epochs, step, marker_share: markerShare }) {
    const { xaxis, xaxis2 } = this.node.layout;
    xaxis.dtick = xaxis2.dtick = step;
    this.epochs = epochs;
    this.shown = {};
    this.markerShare = markerShare;
    this.sizeMarkers();
  }

  /**
   * Draw accuracies on this axis from now on.
   *
   * @param {import("../shared/axes.js").AccuracyAxis} axis
   * @param {Guessing} guessing
   */
  setAccuracyAxis(axis, { accuracy, words }) {
    const { shapes: [line], yaxis } = this.node.layout;
    if (axis.title !== this.accuracyAxis?.title) delete this.shown.yaxis;
    this.accuracyAxis = axis;
    Object.assign(yaxis, axis.ticks);
    line.y0 = line.y1 = heightOn(axis, accuracy);
    this.notes.set("guessing", { axis: "yaxis", y: line.y0, words });
  }

  sizeMarkers() {
    const size = this.markerShare * this.markerSize;
    for (const trace of this.node.data) if (trace.marker) trace.marker.size = size;
  }

  /**
   * Take the sizes of another template; curves, axes and zoom stay.
   *
   * @param {Figure} figure
   */
  setSizes(figure) {
    if (figure === this.template) return;
    this.template = figure;
    copySizes(figure.layout, this.node.layout);
    copySizes(figure.data, this.node.data);
    this.markerSize = this.trace("accuracy").marker.size;
    this.sizeMarkers();
  }

  /** Take the page's text colour and font, and say whether they are new. */
  paint() {
    const { color, fontFamily } = getComputedStyle(this.node);
    const { layout } = this.node;
    if (layout.font.color === color && layout.font.family === fontFamily) return false;
    Object.assign(layout.font, { color, family: fontFamily });
    layout.modebar = { color, activecolor: color, bgcolor: "rgba(0, 0, 0, 0)" };
    return true;
  }

  /**
   * @param {Record<string, (number | null)[]> | null} previous curves of the run before
   * @param {[string, string] | null} names of its accuracies in the legend
   */
  setPrevious(previous, names) {
    for (const curve of EPOCH_CURVES) {
      const y = previous?.[curve] ?? [];
      this.setCurve(`previous_${curve}`, y.map((_, index) => index + 1), y);
      setThere(this.trace(`previous_${curve}`), Boolean(previous));
    }
    ["previous_accuracy", "previous_val_accuracy"].forEach((curve, place) => {
      const name = names?.[place] ?? "";
      Object.assign(this.trace(curve), { showlegend: Boolean(previous), name });
    });
  }

  /**
   * @param {Record<string, import("../shared/run.js").Points>} curves
   * @param {Partial<import("../shared/run.js").Words>} words
   */
  setCurves(curves, words) {
    for (const [name, { x, y }] of Object.entries(curves)) this.setCurve(name, x, y);
    this.setBest("val_accuracy", 1);
    this.setBest("val_loss", -1);
    for (const name of EPOCH_CURVES) {
      const axis = name.endsWith("accuracy") ? "yaxis" : "yaxis2";
      this.notes.set(name, { axis, y: this.trace(name).y.at(-1), words: words[name] ?? "" });
    }
  }

  /**
   * @param {string} name
   * @param {readonly number[]} x
   * @param {readonly (number | null)[]} y
   */
  setCurve(name, x, y) {
    const { accuracyAxis: axis } = this;
    const trace = this.trace(name);
    // New arrays: by them plotly.js knows that there is something to draw. A curve without a
    // point would be left out of the legend, and the plots would jump when its first one comes.
    Object.assign(trace, x.length ? { x: [...x], y: [...y] } : NO_POINT);
    if (!axis || !name.endsWith("accuracy")) return;
    trace.customdata = trace.y;
    trace.y = trace.y.map((/** @type {unknown} */ value) => heightOn(axis, value));
  }

  /**
   * Draw how far a curve has fallen behind its best epoch.
   *
   * @param {string} name
   * @param {1 | -1} better 1 where more is better
   */
  setBest(name, better) {
    const { x, y } = this.trace(name);
    const best = y.indexOf(
      better * Math.max(...y.filter(isNumber).map((/** @type {number} */ value) => better * value)),
    );
    const isBehind = best >= 0 && best < y.length - 1;
    const ends = { x: [x[best], x.at(-1)], y: [y[best], y[best]] };
    const line = this.trace(`best_${name}`);
    Object.assign(line, isBehind ? ends : NO_POINT);
    setThere(line, isBehind);
  }

  async draw() {
    this.fitAxes();
    this.makeRoom();
    // The figure's own layout goes in again, and with it whatever a person zoomed.
    await this.plotly.react(this.node, this.node.data, this.node.layout);
    if (this.node._fullLayout) this.notes.place(this.node._fullLayout, this.isNarrow);
  }

  fitAxes() {
    this.show(["xaxis", "xaxis2"], [0, this.epochs]);
    if (this.accuracyAxis) this.show(["yaxis"], rangeOn(this.accuracyAxis, this.accuracies()));
    const losses = this.atEpochEnds("loss");
    const [first] = losses.filter(isNumber);
    this.show(["yaxis2"], rangeOfLoss(first === undefined ? this.trace("step_loss").y : losses));
  }

  /** Gather what the axis has to reach: within the first epoch all, later no low beginning. */
  accuracies() {
    const steps = this.trace("step_accuracy").customdata.filter(isNumber);
    const ends = this.atEpochEnds("accuracy").filter(isNumber);
    return ends.length ? [...ends, Math.max(...steps)] : steps;
  }

  /**
   * @param {string} metric
   * @returns {unknown[]}
   */
  atEpochEnds(metric) {
    const names = EPOCH_CURVES.filter((name) => name.endsWith(metric));
    return [...names, ...names.map((name) => `previous_${name}`)].flatMap((name) => {
      const { customdata, y } = this.trace(name);
      return customdata ?? y;
    });
  }

  /**
   * Set the range of axes that go together, unless a person has zoomed one of them.
   *
   * @param {string[]} names
   * @param {[number, number]} range
   */
  show(names, range) {
    const axes = names.map((name) => this.node.layout[name]);
    const isZoomed = names.some((name, index) => {
      const { autorange, range: now } = axes[index];
      const known = [this.shown[name], this.template?.layout[name].range];
      return this.shown[name] && !autorange && !known.some((each) => String(each) === String(now));
    });
    if (isZoomed) return;
    names.forEach((name, index) => {
      Object.assign(axes[index], { range: [...range], autorange: false });
      this.shown[name] = [...range];
    });
  }

  /** Leave room for notes beside the plots, unless there is none. */
  makeRoom() {
    const { layout } = this.node;
    const { l, r } = this.template?.layout.margin;
    Object.assign(
      layout.margin,
      this.isNarrow ? { l: l - layout.font.size, r: layout.margin.t } : { l, r },
    );
    const [name, ...note] = (this.accuracyAxis?.title ?? "").split("<br>");
    const [foot, top] = layout.yaxis.domain;
    const plot = this.node.clientHeight * (top - foot);
    const hasRoom = !this.isNarrow && plot > ROOM_FOR_NOTE * layout.font.size;
    layout.yaxis.title.text = hasRoom ? [name, ...note].join("<br>") : name;
    const [bottom] = layout.yaxis.range;
    for (const line of layout.shapes) line.visible = line.y0 >= bottom;
  }

  /** @param {number} width in pixels */
  resize(width) {
    this.width = width;
    if (this.node.offsetParent) this.plotly.Plots.resize(this.node);
  }

  end() {
    for (const name of RELEASES) removeEventListener(name, this.release);
    this.resizing?.disconnect();
    if (this.isBuilt) this.plotly.purge(this.node);
  }
}

/**
 * Spare Plotly a trace that draws nothing: it needs as long for it as for any other.
 *
 * @param {any} trace
 * @param {boolean} isThere
 */
function setThere(trace, isThere) {
  if (!isThere) trace.visible = false;
  else if (trace.visible === false) trace.visible = true; // else the legend may have hidden it
}
