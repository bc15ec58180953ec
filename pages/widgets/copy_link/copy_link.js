/* Copies an address. Browsers give the clipboard to HTTPS and localhost only; elsewhere the old
   command does, which copies what is selected. */

import { mountedOnce, part } from "../shared/mounting.js";

class CopyLink {
  /** @param {HTMLElement} element */
  constructor(element) {
    /** @type {HTMLInputElement} */
    this.field = part(element, "address");
    this.said = part(element, "said");
    this.field.onfocus = () => this.field.select();
    part(element, "copy").onclick = () => this.copy();
  }

  /** @param {{ address: string }} data */
  update({ address }) {
    if (this.field.value === address) return;
    this.field.value = address;
    this.said.textContent = "";
  }

  async copy() {
    const isCopied = await copied(this.field);
    this.said.textContent = isCopied ? "Copied." : "Press Ctrl+C: the address is selected.";
  }
}

/** @param {HTMLInputElement} field */
async function copied(field) {
  try {
    await navigator.clipboard.writeText(field.value);
    return true;
  } catch {
    field.select();
    return document.execCommand("copy");
  }
}

export default mountedOnce((element) => new CopyLink(element));
