/* Digits as pictures in sharp pixels. Put in front of the script of every component that shows
 * digits; see digit_image.py.
 */

const SIDE = 28;
const PIXELS = SIDE * SIDE;

/** Unpack images: bytes one after the other, in base64, 0 background to 255 ink. */
function unpackImages(packed) {
  const bytes = Uint8Array.from(atob(packed), (letter) => letter.charCodeAt(0));
  return Array.from({ length: bytes.length / PIXELS }, (_, index) =>
    bytes.subarray(index * PIXELS, (index + 1) * PIXELS),
  );
}

/** Draw an image white on black, a pixel for a pixel; CSS makes it large. */
function paintDigit(canvas, pixels) {
  canvas.width = canvas.height = SIDE;
  const context = canvas.getContext("2d");
  const image = context.createImageData(SIDE, SIDE);
  pixels.forEach((ink, index) => image.data.set([ink, ink, ink, 255], index * 4));
  context.putImageData(image, 0, 0);
}

/** Give a packed image as an address, for those who draw with SVG. */
function pictureAddress(packed) {
  const canvas = document.createElement("canvas");
  paintDigit(canvas, unpackImages(packed)[0]);
  return canvas.toDataURL();
}
