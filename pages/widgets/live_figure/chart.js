/* The two plots: Plotly fills them, and they keep whatever a person zoomed. */

import { copySizes, rangeOfData } from "./axes.js";
import { EPOCH_CURVES } from "./run.js";

const NARROW = 500; // pixels
const RELEASES = ["pointerup", "pointercancel"];
const AT_EPOCH_ENDS = ["accuracy", "val_accuracy", "previous_accuracy", "previous_val_accuracy"];

/** @typedef {{ data: any[], layout: any }} Figure as Plotly describes it; charts/live.py made it */
/** @typedef {{ epochs: number, step: number, marker_share: number }} EpochAxis */

/** @type {Promise<any> | null} */
let plotlyLoading = null;

/**
 * Load plotly.js once a tab, however many figures ask for it.
 *
 * @param {string} address
 */
function loadPlotly(address) {
  plotlyLoading ??= new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = String(new URL(address, document.baseURI));
    script.onload = () => resolve(/** @type {any} */ (window).Plotly);
    script.onerror = () => {
      plotlyLoading = null; // so that the next one tries again
      script.remove();
      reject(new Error("plotly.js did not arrive"));
    };
    document.head.append(script);
  });
  return plotlyLoading;
}

export class Chart {
  /**
   * @param {any} node Plotly gives it a layout and data
   * @param {() => void} onRelease
   */
  constructor(node, onRelease) {
    this.node = node;
    this.isZoomed = false;
    this.isHeld = false; // by a finger or the mouse: drawing now would tear a zoom from the hand
    /** @type {number[] | null} */
    this.shownRange = null;
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
    // A finger that scrolls the page over the figure must not zoom it, and finds no room for tools.
    const isTouched = matchMedia("(pointer: coarse)").matches;
    if (isTouched) layout.dragmode = false;
    await this.plotly.newPlot(this.node, structuredClone(figure.data), layout, {
      displaylogo: false,
      displayModeBar: isTouched || this.node.clientWidth < NARROW ? false : "hover",
      modeBarButtons: [["zoom2d", "pan2d", "resetScale2d", "toImage"]],
    });
    this.template = figure;
    this.markerSize = this.trace("accuracy").marker.size;
    this.resizing = new ResizeObserver(() => this.resize());
    this.resizing.observe(this.node);
  }

  get isBuilt() {
    return this.resizing !== null;
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
    const { xaxis, xaxis2, yaxis, yaxis2 } = this.node.layout;
    for (const axis of [xaxis, xaxis2]) {
      Object.assign(axis, { range: [0, epochs], autorange: false, dtick: step });
    }
    yaxis2.autorange = true;
    this.shownRange = [...yaxis.range];
    this.markerShare = markerShare;
    this.sizeMarkers();
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
   * @param {string | null} name of that run
   */
  setPrevious(previous, name) {
    for (const curve of EPOCH_CURVES) {
      const y = previous?.[curve] ?? [];
      Object.assign(this.trace(`previous_${curve}`), { x: y.map((_, index) => index + 1), y });
    }
    Object.assign(this.trace("previous_val_accuracy"), { showlegend: Boolean(previous), name });
  }

  /** @param {Record<string, import("./run.js").Points>} curves */
  setCurves(curves) {
    for (const [name, { x, y }] of Object.entries(curves)) {
      // New arrays: by them plotly.js knows that there is something to draw. A curve without a
      // point would be left out of the legend, and the plots would jump when its first one comes.
      Object.assign(
        this.trace(name),
        x.length ? { x: [...x], y: [...y] } : { x: [null], y: [null] },
      );
    }
  }

  /** @param {boolean} isZoomed */
  setZoom(isZoomed) {
    this.isZoomed = isZoomed;
    this.shownRange = [...this.node.layout.yaxis.range];
  }

  draw() {
    this.fitAccuracyAxis();
    // The figure's own layout goes in again, and with it whatever a person zoomed.
    this.plotly.react(this.node, this.node.data, this.node.layout);
  }

  fitAccuracyAxis() {
    const { yaxis, annotations, shapes } = this.node.layout;
    const isOurs = this.shownRange?.every((limit, index) => limit === yaxis.range[index]);
    if (!isOurs) return;
    const ends = () => AT_EPOCH_ENDS.flatMap((name) => this.trace(name).y);
    const range = this.isZoomed ? rangeOfData(ends(), this.trace("step_accuracy").y) : [0, 1];
    Object.assign(yaxis, { range, autorange: false });
    this.shownRange = [...range];
    annotations[0].visible = shapes[0].visible = range[0] <= shapes[0].y0;
  }

  resize() {
    if (this.node.offsetParent) this.plotly.Plots.resize(this.node);
  }

  end() {
    for (const name of RELEASES) removeEventListener(name, this.release);
    this.resizing?.disconnect();
    if (this.isBuilt) this.plotly.purge(this.node);
  }
}
