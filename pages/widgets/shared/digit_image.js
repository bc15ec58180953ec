/* Digits as pictures in sharp pixels; digit_image.py packs them. */

export const SIDE = 28;
export const PIXELS = SIDE * SIDE;

const BITMAP_HEAD = 54 + 4 * 256;

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
 * Return a packed image as an address, for those who draw with SVG: a bitmap of grey levels, its
 * rows from the top. Not by way of a canvas: a browser may falsify what one gives back.
 *
 * @param {string} packed
 */
export function pictureAddress(packed) {
  const bytes = new Uint8Array(BITMAP_HEAD + PIXELS);
  const head = new DataView(bytes.buffer);
  bytes.set([0x42, 0x4d]); // BM
  for (const [place, value] of [[2, bytes.length], [10, BITMAP_HEAD], [14, 40], [18, SIDE]]) {
    head.setUint32(place, value, true);
  }
  head.setInt32(22, -SIDE, true);
  head.setUint32(26, 1 | (8 << 16), true); // a layer, eight bits a pixel
  for (let grey = 0; grey < 256; grey++) bytes.fill(grey, 54 + 4 * grey, 57 + 4 * grey);
  bytes.set(unpackImages(packed)[0], BITMAP_HEAD);
  return `data:image/bmp;base64,${btoa(String.fromCharCode(...bytes))}`;
}
