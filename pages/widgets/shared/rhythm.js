/* How often something live is drawn: as soon as there is news, and no more often than it can bear. */

const DRAW_EVERY = 100; // milliseconds, as often as events come
const REST_AFTER = 5; // times as long as a drawing took: the trainer may share this machine

export class Rhythm {
  /** @param {() => void} draw */
  constructor(draw) {
    this.draw = draw;
    this.isScheduled = this.isEnded = false;
    this.drawnAt = -Infinity;
    this.drawingTook = 0;
    /** @type {number | undefined} */
    this.timer = undefined;
    /** @type {number | undefined} */
    this.frame = undefined;
  }

  /** Draw in a while, once for all that came until then. */
  schedule() {
    if (this.isScheduled || this.isEnded) return;
    this.isScheduled = true;
    const pause = Math.max(DRAW_EVERY, REST_AFTER * this.drawingTook);
    const wait = Math.max(0, pause - (performance.now() - this.drawnAt));
    this.timer = setTimeout(() => {
      this.frame = requestAnimationFrame(() => this.beat());
    }, wait);
  }

  beat() {
    this.isScheduled = false;
    this.drawnAt = performance.now();
    this.draw();
    this.drawingTook = performance.now() - this.drawnAt;
  }

  end() {
    this.isEnded = true;
    clearTimeout(this.timer);
    if (this.frame !== undefined) cancelAnimationFrame(this.frame);
  }
}
