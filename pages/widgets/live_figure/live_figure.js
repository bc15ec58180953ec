/* The live figure: watches one run over one WebSocket and draws what happens.
 *
 * Streamlit calls the default export at the first drawing and again whenever the page gives new
 * data or another theme. What lives on between those calls, above all the figure's node with its
 * zoom, hangs on the element it was mounted in.
 *
 *   Feed   the socket: opens, comes back, names the last event it has
 *   Run    what is known of a run, from its events alone
 *   Words  the run in words
 *   Told   the curves in words, for those who can't see them
 *   Chart  the two plots
 *   Digits the strip of twenty images
 *   Live   ties them together
 */

import { paintDigit, unpackImages } from "../shared/digit_image.js";
import { byTestId, mountedOnce, part } from "../shared/mounting.js";

const DRAW_EVERY = 100; // milliseconds, as often as events come
const REST_AFTER = 5; // times as long as a drawing took: the trainer may share this machine
const RETRY_FIRST = 300;
const RETRY_AT_MOST = 5000;
const LOST_AFTER = 1500; // a shorter break is nobody's business
const SILENT_AFTER = 15000; // the server says something every five seconds
const ANNOUNCE_EVERY = 3000;
const TRIGGER_NOT_BEFORE = 500; // while mounting, Streamlit takes no triggers
const NARROW = 500; // pixels
const NARROW_PAGE = 640; // here Streamlit puts columns below each other
const MANY_EPOCHS = 40; // from here on markers are small, or they touch each other
const SIZES = new Set(["size", "width", "l", "r", "t", "b"]); // of text, lines and margins

const CURVES = ["accuracy", "loss", "val_accuracy", "val_loss"];
const OVER = new Set(["FINISHED", "STOPPED", "FAILED"]);

// ---------------------------------------------------------------------------------------- Feed

class Feed {
  constructor({ nextWish, onMessage, onConnection }) {
    this.nextWish = nextWish;
    this.onMessage = onMessage;
    this.onConnection = onConnection;
    this.failures = 0;
    this.onVisibility = () => (document.hidden ? this.close() : this.refresh());
    document.addEventListener("visibilitychange", this.onVisibility);
  }

  /** Ask for what the page now wants to see; opens or closes the socket as needed. */
  refresh() {
    const wish = this.nextWish();
    if (!wish) this.close();
    else if (this.socket?.readyState === WebSocket.OPEN) this.socket.send(JSON.stringify(wish));
    else if (!this.socket && !document.hidden) this.open();
  }

  open() {
    clearTimeout(this.retry);
    const address = new URL("/api/live", document.baseURI);
    address.protocol = address.protocol.replace("http", "ws");
    const socket = new WebSocket(address);
    this.socket = socket;
    socket.onopen = () => this.opened();
    socket.onmessage = (message) => {
      this.expectSigns();
      this.onMessage(JSON.parse(message.data));
    };
    socket.onclose = () => {
      if (this.socket === socket) this.lost();
    };
  }

  opened() {
    this.failures = 0;
    clearTimeout(this.notice);
    this.notice = null;
    this.expectSigns();
    this.onConnection(true);
    this.refresh();
  }

  lost() {
    this.drop();
    this.notice ??= setTimeout(() => this.onConnection(false), LOST_AFTER);
    const wait = Math.min(RETRY_FIRST * 2 ** this.failures++, RETRY_AT_MOST);
    // Spread, so that a class does not come back in one instant.
    this.retry = setTimeout(() => this.refresh(), wait * (0.75 + 0.5 * Math.random()));
  }

  expectSigns() {
    clearTimeout(this.silence);
    this.silence = setTimeout(() => this.lost(), SILENT_AFTER);
  }

  drop() {
    clearTimeout(this.silence);
    const socket = this.socket;
    this.socket = null;
    socket?.close();
  }

  close() {
    clearTimeout(this.retry);
    clearTimeout(this.notice);
    this.notice = null;
    this.drop();
  }

  end() {
    document.removeEventListener("visibilitychange", this.onVisibility);
    this.close();
  }
}

// ----------------------------------------------------------------------------------------- Run

class Run {
  constructor({ run_id, status, epochs }) {
    this.id = run_id;
    this.status = status;
    this.statusSeq = 0; // the last event by which the status is known
    this.epochs = epochs;
    this.seq = 0;
    this.situationSeq = 0;
    this.situation = null;
    this.isCaughtUp = false; // knows what happened before it began to watch
    this.missing = false;
    this.error = null;
    this.advice = null;
    this.progress = null;
    this.done = 0; // complete epochs
    this.digits = null;
    this.test = null;
    this.curves = {};
    for (const name of ["step_accuracy", "step_loss", ...CURVES]) {
      this.curves[name] = { x: [], y: [] };
    }
  }

  get isOver() {
    return OVER.has(this.status);
  }

  get isComplete() {
    return this.isOver && this.seq >= this.situationSeq;
  }

  get position() {
    return Math.max(this.progress?.position ?? 0, this.done);
  }

  get validationAccuracy() {
    return this.curves.val_accuracy.y.at(-1) ?? null;
  }

  take(message) {
    if (message.run !== this.id) return;
    if (message.missing) this.missing = true;
    if (message.situation) this.takeSituation(message.situation);
    if (message.seq) this.takeEvent(message);
    this.isCaughtUp ||= this.situation !== null && this.seq >= this.situationSeq;
  }

  takeSituation(situation) {
    this.situation = situation;
    this.situationSeq = this.statusSeq = situation.last_seq;
    this.status = situation.status;
  }

  takeEvent({ seq, kind, data }) {
    if (seq <= this.seq) return;
    this.seq = seq;
    if (kind === "status") this.takeStatus(seq, data);
    else if (kind === "progress") this.takeProgress(data);
    else if (kind === "epoch") this.takeEpoch(data);
    else if (kind === "digits") this.digits = data;
    else if (kind === "test") this.test = data;
  }

  takeStatus(seq, { status, error, advice }) {
    // A late viewer gets the past too: an old status must not undo what the situation says.
    if (seq > this.situationSeq) Object.assign(this, { status, statusSeq: seq });
    this.error = error;
    this.advice = advice;
  }

  takeProgress(progress) {
    this.progress = progress;
    this.addPoint("step_accuracy", progress.position, progress.accuracy);
    this.addPoint("step_loss", progress.position, progress.loss);
  }

  takeEpoch(record) {
    this.done = record.epoch + 1;
    for (const name of CURVES) this.addPoint(name, this.done, record[name]);
  }

  addPoint(name, x, y) {
    this.curves[name].x.push(x);
    this.curves[name].y.push(y);
  }
}

// --------------------------------------------------------------------------------------- Words

const asNumber = (number) => Math.round(number).toLocaleString("en-GB");
const asPercent = (fraction) => `${(100 * fraction).toFixed(1)} %`;

function asOrdinal(number) {
  const teens = number % 100 >= 11 && number % 100 <= 13;
  const ending = teens ? "th" : { 1: "st", 2: "nd", 3: "rd" }[number % 10] ?? "th";
  return `${number}${ending}`;
}

function stateInWords(run, isConnected) {
  if (!run) return "Choose your network and press Train.";
  if (run.missing) return "This run is not there any more. Somebody may have deleted it.";
  if (!isConnected && !run.isComplete) {
    return run.isOver
      ? "Connection lost. Trying again. Nothing is lost: the run is kept on the server."
      : "Connection lost. Trying again. Nothing is lost: the run goes on on the server.";
  }
  if (!run.isCaughtUp) return "Asking the server about this run.";
  const words = {
    QUEUED: waitingInWords,
    RUNNING: runningInWords,
    PAUSED: pausedInWords,
    FINISHED: finishedInWords,
    STOPPED: stoppedInWords,
    FAILED: failedInWords,
    INTERRUPTED: interruptedInWords,
  };
  return words[run.status](run);
}

function waitingInWords({ situation }) {
  if (!hasTrainer(situation)) {
    return "No trainer is running at the moment. Your run keeps its place and starts by itself.";
  }
  if (situation.workers_ready === 0) return "The trainer is warming up: about ten seconds.";
  const position = situation.queue_position;
  return position ? `Waiting: ${asOrdinal(position)} in the queue` : "Waiting for a trainer.";
}

const hasTrainer = (situation) => situation.server_alive && situation.workers > 0;

function runningInWords(run) {
  if (run.situation.stop_requested) return "Stopping. The network is kept as far as it got.";
  if (run.situation.pause_requested) return "Pausing.";
  if (run.done >= run.epochs) return "All epochs are done. Now come the test digits.";
  if (!run.progress) return "Starting: the first digits are on their way.";
  const speed = run.progress.digits_per_second;
  const suffix = speed ? `, ${asNumber(speed)} digits a second` : "";
  return epochInWords(run) + suffix;
}

function epochInWords(run) {
  const epoch = Math.max(run.progress?.epoch ?? 0, run.done);
  return `Epoch ${Math.min(epoch + 1, run.epochs)} of ${run.epochs}`;
}

function placeInWords(run) {
  if (run.position > run.done) return `in epoch ${run.done + 1} of ${run.epochs}`;
  if (run.done === 0) return "before the first epoch";
  return `after epoch ${run.done} of ${run.epochs}`;
}

const pausedInWords = (run) => `Paused ${placeInWords(run)}. Press Continue to go on.`;

function finishedInWords(run) {
  const epochs = `${run.done} ${run.done === 1 ? "epoch" : "epochs"}`;
  const test = run.test ? ` Test accuracy ${asPercent(run.test.accuracy)}.` : "";
  return run.done ? `Finished: ${epochs}.${test}` : "Finished.";
}

const stoppedInWords = (run) =>
  `Stopped ${placeInWords(run)}. The network is kept as far as it got.`;

const failedInWords = (run) => ["The run failed.", run.error, run.advice].filter(Boolean).join(" ");

function interruptedInWords({ situation }) {
  const words = "The worker stopped. The run goes on by itself from where it was";
  return hasTrainer(situation) ? `${words}.` : `${words}, as soon as a trainer is there.`;
}

// ---------------------------------------------------------------------------------------- Told

/** Say what the curves do, in the words of mnist_core.evaluation.accuracy.describe_curves. */
function curvesInWords(run) {
  if (!run?.done) return "No epoch is complete yet.";
  return CURVES.map((name) => curveInWords(name, run.curves[name])).join(" ");
}

function curveInWords(name, { x, y }) {
  const isAccuracy = name.endsWith("accuracy");
  const write = isAccuracy ? (value) => value.toFixed(2) : lossInWords;
  const title = `${name.startsWith("val_") ? "Validation" : "Training"} ${
    isAccuracy ? "accuracy" : "loss"
  }`;
  const known = x.map((epoch, index) => [epoch, y[index]]).filter(([, value]) =>
    Number.isFinite(value)
  );
  if (!known.length) return `${title} is not a number in any epoch.`;
  const isBetter = (one, other) => (isAccuracy ? one > other : one < other);
  const best = known.reduce((found, point) => (isBetter(point[1], found[1]) ? point : found));
  const turns = [known[0]];
  for (const point of [best, known.at(-1)]) {
    // A point that reads the same as the last one says nothing.
    if (write(point[1]) !== write(turns.at(-1)[1])) turns.push(point);
  }
  const gaps = known.length < y.length ? "; in some epochs it is not a number" : "";
  return `${title} ${wayInWords(turns, known.at(-1)[0], write)}${gaps}.`;
}

function wayInWords([[start, first], ...turns], end, write) {
  if (!turns.length) {
    if (start === end) return `is ${write(first)} in epoch ${start}`;
    return `stays at ${write(first)} from epoch ${start} to epoch ${end}`;
  }
  let before = first;
  const ways = turns.map(([epoch, value], index) => {
    const verb = value > before ? "rises" : "falls";
    const since = index ? "" : ` from ${write(first)} in epoch ${start}`;
    before = value;
    return `${verb}${since} to ${write(value)} in epoch ${epoch}`;
  });
  const same = turns.at(-1)[0] === end ? "" : `, the same as in epoch ${end}`;
  return ways.join(", then ") + same;
}

function lossInWords(loss) {
  if (loss >= 1e9) return loss.toExponential(1);
  if (loss >= 100) return asNumber(loss);
  return loss >= 0.1 || !loss ? loss.toFixed(2) : `${Number(loss.toPrecision(2))}`;
}

// --------------------------------------------------------------------------------------- Chart

let plotlyLoading = null;

/** Load plotly.js once a tab, however many figures ask for it. */
function loadPlotly(address) {
  plotlyLoading ??= new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = new URL(address, document.baseURI);
    script.onload = () => resolve(window.Plotly);
    script.onerror = () => {
      plotlyLoading = null; // so that the next one tries again
      script.remove();
      reject(new Error("plotly.js did not arrive"));
    };
    document.head.append(script);
  });
  return plotlyLoading;
}

class Chart {
  constructor(node, onRelease) {
    this.node = node;
    this.isZoomed = false;
    this.shownRange = null;
    this.isHeld = false; // by a finger or the mouse: drawing now would tear a zoom from the hand
    node.addEventListener("pointerdown", () => (this.isHeld = true));
    this.release = () => {
      if (!this.isHeld) return;
      this.isHeld = false;
      onRelease();
    };
    for (const name of ["pointerup", "pointercancel"]) addEventListener(name, this.release);
  }

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
    return this.resizing !== undefined;
  }

  trace(name) {
    return this.node.data.find((trace) => trace.meta === name);
  }

  /** Set the axes for another run; a zoom belongs to the run it was made in. */
  reset(epochs) {
    const { xaxis, xaxis2, yaxis, yaxis2 } = this.node.layout;
    for (const axis of [xaxis, xaxis2]) {
      Object.assign(axis, { range: [0, epochs], autorange: false, dtick: tickStep(epochs) });
    }
    yaxis2.autorange = true;
    this.shownRange = [...yaxis.range];
    this.epochs = epochs;
    this.sizeMarkers();
  }

  sizeMarkers() {
    const size = this.epochs > MANY_EPOCHS ? (5 / 9) * this.markerSize : this.markerSize;
    for (const trace of this.node.data) if (trace.marker) trace.marker.size = size;
  }

  /** Take the sizes of another template; curves, axes and zoom stay. */
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

  setPrevious(previous, name) {
    for (const curve of CURVES) {
      const y = previous?.[curve] ?? [];
      Object.assign(this.trace(`previous_${curve}`), { x: y.map((_, index) => index + 1), y });
    }
    Object.assign(this.trace("previous_val_accuracy"), { showlegend: Boolean(previous), name });
  }

  setCurves(curves) {
    for (const [name, { x, y }] of Object.entries(curves)) {
      // New arrays: by them plotly.js knows that there is something to draw. A curve without a
      // point would be left out of the legend, and the plots would jump when its first one comes.
      const isEmpty = x.length === 0;
      Object.assign(this.trace(name), {
        x: isEmpty ? [null] : [...x],
        y: isEmpty ? [null] : [...y],
      });
    }
  }

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
    const range = this.isZoomed ? this.rangeOfData() : [0, 1];
    Object.assign(yaxis, { range, autorange: false });
    this.shownRange = [...range];
    annotations[0].visible = shapes[0].visible = range[0] <= shapes[0].y0;
  }

  /** The accuracies at the ends of epochs; within the first epoch, all there is. */
  rangeOfData() {
    const names = ["accuracy", "val_accuracy", "previous_accuracy", "previous_val_accuracy"];
    const isThere = (value) => Number.isFinite(value);
    let values = names.flatMap((name) => this.trace(name).y).filter(isThere);
    if (!values.length) values = this.trace("step_accuracy").y.filter(isThere);
    if (!values.length) return [0, 1];
    const low = Math.min(...values);
    const high = Math.max(...values);
    const margin = Math.max((high - low) * 0.08, 0.002);
    return [Math.max(low - margin, 0), Math.min(high + margin, 1)];
  }

  resize() {
    if (this.node.offsetParent) this.plotly.Plots.resize(this.node);
  }

  end() {
    for (const name of ["pointerup", "pointercancel"]) removeEventListener(name, this.release);
    this.resizing?.disconnect();
    if (this.isBuilt) this.plotly.purge(this.node);
  }
}

/** Copy sizes from one figure's part to another's of the same shape, and nothing else. */
function copySizes(from, to) {
  for (const [name, value] of Object.entries(from)) {
    if (SIZES.has(name) && typeof value === "number") to[name] = value;
    else if (value && typeof value === "object" && to[name]) copySizes(value, to[name]);
  }
}

function tickStep(epochs) {
  for (let power = 1;; power *= 10) {
    const factor = [1, 2, 5].find((candidate) => epochs <= candidate * power * 10);
    if (factor) return factor * power;
  }
}

// -------------------------------------------------------------------------------------- Digits

class Digits {
  constructor(root) {
    this.root = root;
    this.caption = part(root, "digits-caption");
    this.list = part(root, "digits");
  }

  /** Draw the images, unless they are there already. */
  setImages(digits) {
    this.root.hidden = !digits;
    if (!digits || digits.pixels === this.pixels) return;
    this.pixels = digits.pixels;
    this.labels = digits.labels;
    this.list.replaceChildren(...unpackImages(digits.pixels).map(itemFor));
    this.shown = undefined;
  }

  /** Write the guesses under the images and mark them right or wrong. */
  setGuesses(digits) {
    if (this.root.hidden || digits === this.shown) return;
    this.shown = digits;
    const marks = this.labels.map((label, index) =>
      this.mark(this.list.children[index], label, digits?.guesses[index], digits?.confidence[index])
    );
    this.caption.textContent = captionInWords(digits, marks.filter(Boolean).length, marks.length);
  }

  mark(item, label, guess, confidence) {
    const isKnown = guess !== undefined;
    const isRight = guess === label;
    item.className = isKnown ? (isRight ? "is-right" : "is-wrong") : "";
    const [image, words] = item.children;
    const verdict = isKnown ? `guessed ${guess}, ${isRight ? "right" : "wrong"}` : "no guess yet";
    image.setAttribute("aria-label", `a ${label}, ${verdict}`);
    item.title = isKnown ? `${Math.round(100 * confidence)} % sure` : "";
    const sign = document.createElement("i");
    sign.textContent = isKnown ? (isRight ? "✓" : "✗") : "";
    words.replaceChildren(isKnown ? `${guess} ` : "", sign);
    words.setAttribute("aria-hidden", "true");
    return isRight;
  }
}

function captionInWords(digits, right, count) {
  if (!digits) return `${count} validation digits: the network never trains on these.`;
  const when = digits.epoch < 0 ? "Before the first batch" : `After epoch ${digits.epoch + 1}`;
  return `${when} it gets ${right} of these ${count} validation digits right.`;
}

function itemFor(pixels) {
  const item = document.createElement("li");
  const canvas = document.createElement("canvas");
  canvas.setAttribute("role", "img");
  paintDigit(canvas, pixels);
  item.append(canvas, document.createElement("span"));
  return item;
}

// ---------------------------------------------------------------------------------------- Live

class Live {
  constructor(element) {
    this.root = byTestId(element, "live-root");
    this.mountedAt = performance.now();
    this.run = null;
    this.isConnected = true;
    this.hasNews = true;
    this.announcedAt = -Infinity;
    this.digits = new Digits(byTestId(this.root, "live-digits"));
    this.chart = new Chart(byTestId(this.root, "live-figure"), () => this.schedule());
    this.feed = new Feed({
      nextWish: () => this.run && { watch: this.run.id, after: this.run.seq },
      onMessage: (message) => this.take(message),
      onConnection: (isConnected) => {
        this.isConnected = isConnected;
        this.schedule();
      },
    });
    this.zoom = part(this.root, "zoom");
    this.zoom.onchange = () => {
      if (!this.chart.isBuilt) return;
      this.chart.setZoom(this.zoom.checked);
      this.chart.draw();
    };
  }

  /** Take what the page's script says; called at mounting, at reruns and at a change of theme. */
  update(data, setTriggerValue) {
    this.setTriggerValue = setTriggerValue;
    if (data.status !== this.page?.status) this.reported = null;
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
    if (this.building === undefined) this.building = this.buildChart();
    this.hasNews = true;
    this.schedule();
  }

  changeRun(data) {
    this.run = data.run_id ? new Run(data) : null;
    this.isNewRun = true;
    this.feed.refresh();
  }

  /** On a phone the figure stands below the button that was pressed. */
  comeIntoSight() {
    if (this.run && innerWidth < NARROW_PAGE) this.root.scrollIntoView({ block: "start" });
  }

  async buildChart() {
    while (!this.chart.isBuilt && !this.isEnded) {
      try {
        await this.chart.build(this.page.plotly_url, this.page.figure);
      } catch (error) {
        console.warn(error.message);
        await new Promise((resolve) => setTimeout(resolve, RETRY_AT_MOST));
      }
    }
    if (this.isEnded) this.chart.end();
    this.isNewRun = this.hasNews = true;
    this.schedule();
  }

  take(message) {
    if (!this.run) return;
    for (const part of message.events ?? [message]) this.run.take(part);
    this.hasNews = true;
    this.schedule();
  }

  /** Draw in a while, once for all that came until then. */
  schedule() {
    if (this.isScheduled || this.isEnded) return;
    this.isScheduled = true;
    const pause = Math.max(DRAW_EVERY, REST_AFTER * (this.drawingTook ?? 0));
    const wait = Math.max(0, pause - (performance.now() - (this.drawnAt ?? 0)));
    this.timer = setTimeout(() => {
      this.frame = requestAnimationFrame(() => this.draw());
    }, wait);
  }

  draw() {
    this.isScheduled = false;
    this.drawnAt = performance.now();
    this.drawWords();
    this.digits.setGuesses(this.run?.digits ?? null);
    const isDrawable = this.chart.isBuilt && !this.chart.isHeld;
    if (isDrawable) this.drawChart();
    this.drawingTook = performance.now() - this.drawnAt;
    // Last: only when everything is on the page, tests may count on this number.
    if (isDrawable) this.root.dataset.lastSeq = this.run?.seq ?? 0;
    this.announce();
    this.report();
  }

  drawWords() {
    const { run, root } = this;
    byTestId(root, "live-state").textContent = stateInWords(run, this.isConnected);
    const accuracy = run?.validationAccuracy ?? null;
    byTestId(root, "live-validation-accuracy").textContent = accuracy === null
      ? "–"
      : asPercent(accuracy);
    const share = run ? Math.min(run.position / run.epochs, 1) : 0;
    const progress = byTestId(root, "live-progress");
    progress.setAttribute("aria-valuenow", Math.round(100 * share));
    if (run) progress.setAttribute("aria-valuetext", epochInWords(run));
    part(root, "progress-bar").style.transform = `scaleX(${share})`;
    const told = `Accuracy and loss, epoch by epoch. ${curvesInWords(run)}`;
    const figure = byTestId(root, "live-figure");
    if (figure.getAttribute("aria-label") !== told) figure.setAttribute("aria-label", told);
  }

  drawChart() {
    const isRepainted = this.chart.paint();
    if (!isRepainted && !this.hasNews) return;
    if (this.isNewRun) this.chart.reset(this.run?.epochs ?? 10);
    this.isNewRun = false;
    this.chart.setSizes(this.page.figure);
    this.chart.setPrevious(this.page.previous, this.page.previous_name);
    this.chart.setCurves((this.run ?? new Run({})).curves);
    this.chart.draw();
    this.hasNews = false;
  }

  /** Tell a screen reader about states and complete epochs, and not too often. */
  announce() {
    const { run } = this;
    if (!run?.isCaughtUp && !run?.missing) return;
    const isTraining = run.status === "RUNNING" && this.isConnected;
    const words = isTraining
      ? run.done && `Epoch ${run.done}: validation accuracy ${asPercent(run.validationAccuracy)}`
      : stateInWords(run, this.isConnected);
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
    if (!run?.isCaughtUp) return;
    // By its event: a run that paused, went on and paused again between two looks is news.
    if (run.status === this.page.status || run.statusSeq === this.reported) return;
    const wait = this.mountedAt + TRIGGER_NOT_BEFORE - performance.now();
    if (wait > 0) {
      clearTimeout(this.reporting);
      this.reporting = setTimeout(() => this.report(), wait);
      return;
    }
    this.reported = run.statusSeq;
    this.setTriggerValue("status_changed", { run_id: run.id, status: run.status });
  }

  end() {
    this.isEnded = true;
    for (const timer of [this.timer, this.announcing, this.reporting]) clearTimeout(timer);
    cancelAnimationFrame(this.frame);
    this.feed.end();
    this.chart.end();
  }
}

export default mountedOnce((element) => new Live(element));
