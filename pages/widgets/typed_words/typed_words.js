/* Sends the words of a text area to the server while they are typed. */

import { containerOf, mountedOnce } from "../shared/mounting.js";

const PAUSE = 500; // milliseconds without a key
const TOLD = 50; // milliseconds after a field is left: by then Streamlit has told of its words

class TypedWords {
  /** @param {HTMLElement} element */
  constructor(element) {
    this.address = "";
    /** @type {string | undefined} */
    this.unsent = undefined;
    /** @type {Promise<unknown>} */
    this.sent = Promise.resolve();
    this.pause = 0;
    this.isTelling = false;
    this.listening = new AbortController();
    const { signal } = this.listening;
    const around = containerOf(element);
    around.addEventListener("input", (event) => this.note(event.target), { signal });
    around.addEventListener("focusout", () => this.leave(), { signal });
    addEventListener("click", (event) => this.delay(event), {
      capture: true,
      signal,
    });
    addEventListener("pagehide", () => this.send({ atOnce: true }), { signal });
  }

  /** @param {{ address: string }} data */
  update({ address }) {
    this.address = address;
  }

  /** @param {EventTarget | null} field */
  note(field) {
    if (!(field instanceof HTMLTextAreaElement)) return;
    this.unsent = field.value;
    clearTimeout(this.pause);
    this.pause = setTimeout(() => this.send(), PAUSE);
  }

  leave() {
    this.send();
    this.isTelling = true;
    setTimeout(() => (this.isTelling = false), TOLD);
  }

  /**
   * Let a click on a link wait until Streamlit has told of the words.
   *
   * A finger leaves a field in the very moment of its click. The link's page would be asked for
   * first, and the words, told as those of the page before, would bring that page back.
   *
   * @param {MouseEvent} event
   */
  delay(event) {
    if (!this.isTelling || event.ctrlKey || event.metaKey || event.shiftKey) return;
    const link = event.target instanceof Element && event.target.closest("a");
    if (!link) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    setTimeout(() => link.click(), TOLD);
  }

  /** One after the other, for what was typed last must be what is kept; unless the tab closes. */
  send({ atOnce = false } = {}) {
    const { address, unsent: body } = this;
    if (body === undefined) return;
    clearTimeout(this.pause);
    this.unsent = undefined;
    const put = () => fetch(address, { method: "PUT", body, keepalive: true });
    // A server that can't be reached now gets the words with the next ones.
    this.sent = (atOnce ? put() : this.sent.then(put)).catch(() => {
      this.unsent ??= body;
    });
  }

  end() {
    this.listening.abort();
    this.send();
  }
}

export default mountedOnce((element) => new TypedWords(element));
