/* Digits as pictures in sharp pixels; digit_image.py packs them. */

export const SIDE = 28;
export const PIXELS = SIDE * SIDE;

/**
 * Unpack images: bytes one after the other, in base64, 0 background to 255 ink.
 *
 * @param {string} packed
 * @returns {Uint8Array[]} of `PIXELS` bytes each
 */
export function unpackImages(packed) {
  const bytes = Uint8Array.from(atob(packed), (letter) => letter.charCodeAt(0));
  return Array.from(
    { length: bytes.length / PIXELS },
    (_, index) => bytes.subarray(index * PIXELS, (index + 1) * PIXELS),
  );
}

/**
 * Return the pen of a canvas.
 *
 * @param {HTMLCanvasElement} canvas
 * @returns {CanvasRenderingContext2D}
 */
export function penOf(canvas) {
  return /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
}

/**
 * Draw an image white on black, a pixel for a pixel; CSS makes it large.
 *
 * @param {HTMLCanvasElement} canvas
 * @param {Uint8Array} pixels
 */
export function paintDigit(canvas, pixels) {
  canvas.width = canvas.height = SIDE;
  const pen = penOf(canvas);
  const image = pen.createImageData(SIDE, SIDE);
  pixels.forEach((ink, index) => image.data.set([ink, ink, ink, 255], index * 4));
  pen.putImageData(image, 0, 0);
}

/**
 * Return a packed image as an address, for those who draw with SVG.
 *
 * @param {string} packed
 */
export function pictureAddress(packed) {
  const canvas = document.createElement("canvas");
  paintDigit(canvas, unpackImages(packed)[0]);
  return canvas.toDataURL();
}
