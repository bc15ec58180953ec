/* The strip of validation digits: what the network takes each of them for. */

import { paintDigit, unpackImages } from "../shared/digit_image.js";
import { build } from "../shared/elements.js";
import { part } from "../shared/mounting.js";

/** @typedef {{ pixels: string, labels: number[] }} LabelledDigits images packed, and what they are */
/** @typedef {import("../shared/run.js").Guesses} Guesses */

export class Digits {
  /** @param {HTMLElement} root */
  constructor(root) {
    this.root = root;
    this.caption = part(root, "digits-caption");
    this.list = part(root, "digits");
    this.pixels = "";
    /** @type {number[]} */
    this.labels = [];
    /** @type {Guesses | null | undefined} */
    this.shown = undefined;
  }

  /**
   * Draw the images, unless they are there already.
   *
   * @param {LabelledDigits | null} digits
   */
  setImages(digits) {
    this.root.hidden = !digits;
    if (!digits || digits.pixels === this.pixels) return;
    this.pixels = digits.pixels;
    this.labels = digits.labels;
    this.list.replaceChildren(...unpackImages(digits.pixels).map(itemFor));
    this.shown = undefined;
  }

  /**
   * Write the guesses under the images and mark them right or wrong.
   *
   * @param {Guesses | null} guesses
   */
  setGuesses(guesses) {
    if (this.root.hidden || guesses === this.shown) return;
    this.shown = guesses;
    const marks = this.labels.map((label, index) =>
      mark(this.list.children[index], label, guesses?.guesses[index], guesses?.confidence[index])
    );
    const right = marks.filter(Boolean).length;
    this.caption.textContent = captionInWords(guesses?.epoch ?? null, right, marks.length);
  }
}

/**
 * Mark one digit, and say whether its guess is right.
 *
 * @param {Element} item
 * @param {number} label
 * @param {number} [guess]
 * @param {number} [confidence] 0 to 1
 */
function mark(item, label, guess, confidence = 0) {
  const isKnown = guess !== undefined;
  const isRight = guess === label;
  item.className = isKnown ? (isRight ? "is-right" : "is-wrong") : "";
  const [image, words] = item.children;
  const verdict = isKnown ? `guessed ${guess}, ${isRight ? "right" : "wrong"}` : "no guess yet";
  image.setAttribute("aria-label", `a ${label}, ${verdict}`);
  item.setAttribute("title", isKnown ? `${Math.round(100 * confidence)} % sure` : "");
  const sign = isKnown ? (isRight ? "✓" : "✗") : "";
  words.replaceChildren(isKnown ? `${guess} ` : "", build("i", {}, sign));
  words.setAttribute("aria-hidden", "true");
  return isRight;
}

/**
 * Say how many digits the network gets right.
 *
 * @param {number | null} epoch from 0, -1 before the first batch; null where nothing is guessed yet
 * @param {number} right
 * @param {number} count
 */
export function captionInWords(epoch, right, count) {
  if (epoch === null) return `${count} validation digits: the network never trains on these.`;
  const when = epoch < 0 ? "Before the first batch" : `After epoch ${epoch + 1}`;
  return `${when} it gets ${right} of these ${count} validation digits right.`;
}

/** @param {Uint8Array} pixels */
function itemFor(pixels) {
  const canvas = document.createElement("canvas");
  canvas.setAttribute("role", "img");
  paintDigit(canvas, pixels);
  return build("li", {}, canvas, document.createElement("span"));
}
