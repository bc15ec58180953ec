/* What is known of a run, from the server's messages alone. */

/** @typedef {"accuracy" | "loss" | "val_accuracy" | "val_loss"} EpochCurve at the ends of epochs */
/** @typedef {EpochCurve | "step_accuracy" | "step_loss"} Curve */
/** @typedef {{ x: number[], y: (number | null)[] }} Points epochs and values */

/**
 * @typedef {object} Words what the server says of the run, see live_words.py
 * @property {string} state
 * @property {string} epoch
 * @property {string} accuracy this and the next three: the last number of each curve
 * @property {string} val_accuracy
 * @property {string} loss
 * @property {string} val_loss
 * @property {string} compared
 * @property {string} complete
 * @property {string} curves
 */

/**
 * @typedef {object} Guesses what the network makes of the digits of the strip
 * @property {number} epoch from 0; -1 before the first batch
 * @property {number[]} guesses
 * @property {number[]} confidence 0 to 1
 */

/** @typedef {{ seq: number, kind: string, data: any }} RunEvent */

/**
 * @typedef {object} Message what comes over the socket
 * @property {string} run
 * @property {boolean} [missing]
 * @property {{ status: string, last_seq: number }} [situation]
 * @property {Partial<Words>} [words] those that are new
 * @property {RunEvent[]} [events]
 */

/** @type {readonly EpochCurve[]} */
export const EPOCH_CURVES = ["accuracy", "loss", "val_accuracy", "val_loss"];
const OVER = new Set(["FINISHED", "STOPPED", "FAILED"]);

/**
 * Return the curves of a run that has not begun.
 *
 * @returns {Record<Curve, Points>}
 */
export function emptyCurves() {
  const names = /** @type {Curve[]} */ (["step_accuracy", "step_loss", ...EPOCH_CURVES]);
  const entries = names.map((name) => [name, { x: [], y: [] }]);
  return Object.fromEntries(entries);
}

export class WatchedRun {
  /**
   * @param {string} id
   * @param {string | null} status as the page knows it
   * @param {number} epochs
   */
  constructor(id, status, epochs) {
    this.id = id;
    this.status = status;
    this.statusSeq = 0; // the last event by which the status is known
    this.epochs = epochs;
    this.seq = 0;
    /** @type {number | null} */
    this.situationSeq = null;
    this.isCaughtUp = false; // knows what happened before it began to watch
    this.missing = false;
    this.position = 0; // in epochs
    /** @type {Guesses | null} */
    this.guesses = null;
    /** @type {Partial<Words>} */
    this.words = {};
    this.curves = emptyCurves();
    /** @type {number[]} */
    this.seconds = []; // that each complete epoch took
  }

  get isOver() {
    return OVER.has(this.status ?? "");
  }

  get isComplete() {
    return this.isOver && this.seq >= (this.situationSeq ?? 0);
  }

  /** @param {Message} message */
  take({ run, missing, situation, words, events = [] }) {
    if (run !== this.id) return;
    if (missing) this.missing = true;
    if (situation) {
      this.situationSeq = this.statusSeq = situation.last_seq;
      this.status = situation.status;
    }
    Object.assign(this.words, words);
    for (const event of events) this.takeEvent(event);
    this.isCaughtUp ||= this.situationSeq !== null && this.seq >= this.situationSeq;
  }

  /** @param {RunEvent} event */
  takeEvent({ seq, kind, data }) {
    if (seq <= this.seq) return;
    this.seq = seq;
    if (kind === "progress") {
      this.reach(data.position);
      this.addPoint("step_accuracy", data.position, data.accuracy);
      this.addPoint("step_loss", data.position, data.loss);
    } else if (kind === "epoch") this.addEpoch(data.epoch, data);
    else if (kind === "digits") this.guesses = data;
    else if (kind === "status" && seq > (this.situationSeq ?? 0)) {
      // A late viewer gets the past too: an old status must not undo what the situation says.
      Object.assign(this, { status: data.status, statusSeq: seq });
    }
  }

  /**
   * Take the numbers of a complete epoch, once: the page may have told of it as well.
   *
   * @param {number} epoch from 0
   * @param {Record<EpochCurve | "seconds", number | null>} numbers
   */
  addEpoch(epoch, numbers) {
    this.reach(epoch + 1);
    if (epoch < this.seconds.length) return;
    for (const name of EPOCH_CURVES) this.addPoint(name, epoch + 1, numbers[name]);
    this.seconds.push(numbers.seconds ?? 0);
  }

  /** @param {number} position */
  reach(position) {
    this.position = Math.max(this.position, position);
  }

  /**
   * @param {Curve} name
   * @param {number} x
   * @param {number | null} y
   */
  addPoint(name, x, y) {
    this.curves[name].x.push(x);
    this.curves[name].y.push(y);
  }
}

/**
 * Say what a run is doing: in the server's words, unless they are not to be had.
 *
 * @param {WatchedRun | null} run
 * @param {boolean} isConnected
 */
export function stateInWords(run, isConnected) {
  if (!run) return "Choose your network and press Train.";
  if (run.missing) return "This run is not there any more. Somebody may have deleted it.";
  if (!isConnected && !run.isComplete) {
    const kept = run.isOver ? "the run is kept on the server" : "the run goes on on the server";
    return `Connection lost. Trying again. Nothing is lost: ${kept}.`;
  }
  return (run.isCaughtUp && run.words.state) || "Asking the server about this run.";
}
